// The file in which a release pins the compiler that its makers build it with: src/stage0, before that src/stage0.json, and
// src/stage0.txt. Distributions take names, dates and hashes of downloads from it, or only the version.
import { isRecord } from './setting-types.ts';

export interface PinFile {
    readonly format: PinFormat;
    readonly compiler: { readonly version: string; readonly date: string };
    /** A nightly of rustfmt, where one is pinned. Only those who change the sources need it. */
    readonly rustfmt: { readonly version: string; readonly date: string } | undefined;
    /** Where the downloads lie, without a slash at its end; undefined where the file does not say. */
    readonly server: string | undefined;
    readonly downloads: readonly PinnedDownload[];
}

/** `json`: src/stage0.json, to 1.78 at least. `lines`: src/stage0, from 1.85 at the latest. `text`: src/stage0.txt, before 1.57. */
export type PinFormat = 'json' | 'lines' | 'text';

export interface PinnedDownload {
    /** Below the server: `dist/2025-01-09/rustc-1.84.0-x86_64-unknown-linux-gnu.tar.xz`. */
    readonly path: string;
    readonly sha256: string;
    /** `rustc`, `cargo`, `rust-std`, `clippy`, `rustfmt`, or `rust` for all in one. */
    readonly component: string;
    readonly version: string;
    readonly target: string;
    /** `gz` or `xz` */
    readonly compression: string;
}

/** The paths that a pin file can have in a source tree, the newest first. */
export const pinFilePaths: readonly string[] = ['src/stage0', 'src/stage0.json', 'src/stage0.txt'];

/** Undefined when the text is no pin file, or pins no compiler. */
export function readPinFile(text: string): PinFile | undefined {
    return text.trimStart().startsWith('{') ? readJson(text) : readLines(text);
}

function readJson(text: string): PinFile | undefined {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        return undefined;
    }
    if (!isRecord(value)) return undefined;
    const compiler = pinned(value['compiler']);
    if (compiler === undefined) return undefined;
    const server = isRecord(value['config']) ? value['config']['dist_server'] : value['dist_server'];
    return {
        format: 'json',
        compiler,
        rustfmt: pinned(value['rustfmt']),
        server: typeof server === 'string' ? withoutSlash(server) : undefined,
        downloads: downloadsOf(isRecord(value['checksums_sha256']) ? value['checksums_sha256'] : {}),
    };
}

function pinned(value: unknown): PinFile['compiler'] | undefined {
    if (!isRecord(value)) return undefined;
    const { version, date } = value;
    return typeof version === 'string' && typeof date === 'string' ? { version, date } : undefined;
}

/** `KEY=VALUE` of src/stage0, `KEY: VALUE` of src/stage0.txt. */
function readLines(text: string): PinFile | undefined {
    const lines = text.split('\n').map((line) => line.trim());
    const pairs = lines.map((line) => /^([^#\s=:]+)(=|: *)(.*)$/.exec(line)).filter((match) => match !== null);
    const values = Object.fromEntries(pairs.map(([, key = '', , value = '']) => [key, value]));
    const isText = values['compiler_version'] === undefined;
    const compiler = {
        version: values[isText ? 'rustc' : 'compiler_version'] ?? '',
        date: values[isText ? 'date' : 'compiler_date'] ?? '',
    };
    if (compiler.version === '' || compiler.date === '') return undefined;
    const [version, date] = [values['rustfmt_version'], values['rustfmt_date']];
    return {
        format: isText ? 'text' : 'lines',
        compiler,
        rustfmt: version === undefined || date === undefined ? undefined : { version, date },
        server: values['dist_server'] === undefined ? undefined : withoutSlash(values['dist_server']),
        downloads: downloadsOf(values),
    };
}

function downloadsOf(values: Readonly<Record<string, unknown>>): readonly PinnedDownload[] {
    return Object.entries(values).flatMap(([path, sha256]) => {
        const match =
            /^dist\/[^/]+\/([a-z]+(?:-[a-z]+)*)-(\d+\.\d+\.\d+(?:-(?:beta|nightly)(?:\.\d+)?)?|beta|nightly)-(.+)\.tar\.(gz|xz)$/.exec(
                path,
            );
        if (match === null || typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return [];
        const [, component = '', version = '', target = '', compression = ''] = match;
        return [{ path, sha256, component, version, target, compression }];
    });
}

function withoutSlash(url: string): string {
    return url.replace(/\/+$/, '');
}
