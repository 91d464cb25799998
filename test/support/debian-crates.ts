// Crates that Debian has packaged: what librust-just-dev installs, on this machine or in the folder that RPKG_DEBIAN_CRATES
// names (test/support/debian-crates.sh makes one).
import * as fs from 'node:fs';

export interface DebianCrates {
    readonly folder: string;
    /** The version of just that is there. */
    readonly just: string;
}

/** Undefined, and said loudly, when they are not there. */
export function debianCrates(what: string): DebianCrates | undefined {
    const folder = process.env['RPKG_DEBIAN_CRATES'] ?? '/usr/share/cargo/registry';
    const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    const just = names.map((name) => /^just-(\d+\.\d+\.\d+)$/.exec(name)?.[1]).find((found) => found !== undefined);
    if (just !== undefined) return { folder, just };
    process.stderr.write(
        `\nSKIPPED: ${what}: ${folder} has no just; install librust-just-dev, or run test/support/debian-crates.sh sid FOLDER and set RPKG_DEBIAN_CRATES\n`,
    );
    return undefined;
}
