// The programs that rpkg is compared with. None is needed to build or to use rpkg, so a missing one is told, not worked around.
import { execFileSync } from 'node:child_process';
import { findProgram } from '../../runtime/host/programs.ts';
import type { Workbench } from './workbench.ts';

/** Debian's packages. */
const packages = {
    bwrap: 'bubblewrap',
    cargo: 'cargo',
    'nix-build': 'nix-bin',
    ninja: 'ninja-build',
    time: 'time',
} as const;

export type PeerProgram = keyof typeof packages;

/** The program's path, or how to get it. */
export function findPeer(
    bench: Workbench,
    name: PeerProgram,
): { readonly path: string } | { readonly missing: string } {
    const path = findProgram(name, bench.programFolders);
    return path === undefined ? { missing: `${name} is not installed: apt install ${packages[name]}` } : { path };
}

/** Cargo itself: what rustup puts on the PATH would cost it some time to look up the toolchain. */
export function findCargo(bench: Workbench): { readonly path: string } | { readonly missing: string } {
    const rustup = findProgram('rustup', bench.programFolders);
    if (rustup === undefined) return findPeer(bench, 'cargo');
    return { path: output(bench, rustup, 'which', 'cargo') };
}

/** First line of what a program says of itself; undefined when it is not there. */
export function versionOf(bench: Workbench, name: PeerProgram): string | undefined {
    const found = findPeer(bench, name);
    if ('missing' in found) return undefined;
    return output(bench, found.path, '--version').split('\n')[0];
}

function output(bench: Workbench, program: string, ...args: readonly string[]): string {
    return execFileSync(program, args, {
        encoding: 'utf8',
        env: bench.env,
        stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
}
