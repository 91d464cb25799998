// Where the folders of a root file system appear in a sandbox: each directly below `/`, which is the sandbox's own.
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { ownPlaces } from '../../compiler/plan/sandbox.ts';
import type { HostRoot } from '../sandbox/host-root.ts';
import type { Bind, Link } from '../sandbox/spec.ts';

/** Files directly in the root are not shown: nothing a build needs is there. */
export function rootPlaces(root: string, { writable }: { readonly writable: boolean }): HostRoot {
    const binds: Bind[] = [];
    const links: Link[] = [];
    for (const name of readdirSync(root).sort(compareBytes)) {
        if (ownPlaces.includes(name)) continue;
        const from = join(root, name);
        const stats = lstatSync(from);
        if (stats.isSymbolicLink()) links.push({ at: `/${name}`, to: readlinkSync(from) });
        else if (stats.isDirectory()) binds.push({ at: `/${name}`, from, writable });
    }
    return { binds, links };
}
