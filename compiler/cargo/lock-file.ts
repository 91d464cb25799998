// Cargo.lock, formats 1 to 4: which packages, from where, with which checksum, and what they depend on.
// (Format 1 keeps checksums in `[metadata]`, 2 and later in each package; 3 and 4 differ only in git urls.)
import { parse, TomlError } from 'smol-toml';

export interface LockedPackage {
    readonly name: string;
    readonly version: string;
    /** `registry+URL`, `sparse+URL`, `git+URL#COMMIT`; undefined for packages of the workspace itself. */
    readonly source: string | undefined;
    /** Hex SHA-256 of the `.crate` file. */
    readonly checksum: string | undefined;
    /** `NAME`, `NAME VERSION` or `NAME VERSION (SOURCE)`: as much as tells the package from others. */
    readonly dependencies: readonly string[];
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
        if (error instanceof TomlError) return broken(`line ${error.line}: ${error.message.split('\n')[0] ?? ''}`);
        throw error;
    }
    const version = document['version'] ?? 1;
    if (version !== 1 && version !== 2 && version !== 3 && version !== 4) {
        return broken(`lock file format ${JSON.stringify(version)} is not known; 1 to 4 are`);
    }
    const { package: entries = [], root, metadata } = document;
    if (!Array.isArray(entries)) return broken('`package` is not a list');
    // Before 2017 the workspace's own package stood apart.
    const all = root === undefined ? (entries as unknown[]) : [root, ...(entries as unknown[])];
    const packages: LockedPackage[] = [];
    const seen = new Set<string>();
    for (const entry of all) {
        const read = readPackage(entry, isTable(metadata) ? metadata : {});
        if (typeof read === 'string') return broken(read);
        const key = [read.name, read.version, read.source].join('\n');
        if (seen.has(key)) return broken(`\`${read.name} ${read.version}\` is there twice`);
        seen.add(key);
        packages.push(read);
    }
    return { ok: true, packages };
}

function broken(message: string): ParsedLock {
    return { ok: false, message };
}

function isTable(value: unknown): value is Table {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readPackage(entry: unknown, metadata: Table): LockedPackage | string {
    if (!isTable(entry)) return 'an entry of `package` is not a table';
    const { name, version, source } = entry;
    if (typeof name !== 'string' || typeof version !== 'string') return 'a package lacks its name or version';
    if (source !== undefined && typeof source !== 'string') return `the source of \`${name}\` is not text`;
    const found = entry['checksum'] ?? metadata[`checksum ${name} ${version} (${source ?? ''})`];
    // What format 1 says of a repository or a folder.
    const checksum = found === '<none>' ? undefined : found;
    if (checksum !== undefined && !(typeof checksum === 'string' && /^[0-9a-f]{64}$/.test(checksum))) {
        return `the checksum of \`${name} ${version}\` is not a SHA-256`;
    }
    const { dependencies = [] } = entry;
    if (!Array.isArray(dependencies) || !dependencies.every((each) => typeof each === 'string')) {
        return `the dependencies of \`${name}\` are not a list of texts`;
    }
    return { name, version, source, checksum, dependencies };
}
