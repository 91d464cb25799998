// Cargo.lock, formats 1 to 4, as far as pinning needs it: which packages, from where, with which checksum.
// (Format 1 keeps checksums in `[metadata]`, 2 and later in each package; 3 and 4 differ only in git urls.)
import { parse } from 'smol-toml';

export interface LockedPackage {
    readonly name: string;
    readonly version: string;
    /** `registry+URL`, `sparse+URL`, `git+URL#COMMIT`; undefined for packages of the workspace itself. */
    readonly source: string | undefined;
    /** Hex SHA-256 of the `.crate` file. */
    readonly checksum: string | undefined;
}

export type ParsedLock =
    | { readonly ok: true; readonly packages: readonly LockedPackage[] }
    | { readonly ok: false; readonly message: string };

type Table = Record<string, unknown>;

/** Reads a Cargo.lock. `message` is one line that names what is wrong with the text. */
export function parseCargoLock(text: string): ParsedLock {
    let document: Table;
    try {
        document = parse(text);
    } catch (error) {
        return {
            ok: false,
            message: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? 'not TOML',
        };
    }
    const version = document['version'] ?? 1;
    if (typeof version !== 'number' || version < 1 || version > 4) {
        return { ok: false, message: `lock file format ${JSON.stringify(version)} is not known; 1 to 4 are` };
    }
    const entries = document['package'] ?? [];
    if (!Array.isArray(entries)) return { ok: false, message: '`package` is not a list' };
    const metadata = isTable(document['metadata']) ? document['metadata'] : {};
    const packages: LockedPackage[] = [];
    for (const entry of entries as unknown[]) {
        const read = readPackage(entry, metadata);
        if (typeof read === 'string') return { ok: false, message: read };
        packages.push(read);
    }
    return { ok: true, packages };
}

function isTable(value: unknown): value is Table {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readPackage(entry: unknown, metadata: Table): LockedPackage | string {
    if (!isTable(entry)) return 'an entry of `package` is not a table';
    const { name, version, source } = entry;
    if (typeof name !== 'string' || typeof version !== 'string') return 'a package lacks its name or version';
    if (source !== undefined && typeof source !== 'string') return `the source of \`${name}\` is not text`;
    const checksum = entry['checksum'] ?? metadata[`checksum ${name} ${version} (${source ?? ''})`];
    if (checksum !== undefined && !(typeof checksum === 'string' && /^[0-9a-f]{64}$/.test(checksum))) {
        return `the checksum of \`${name} ${version}\` is not a SHA-256`;
    }
    return { name, version, source, checksum };
}
