// Nix as a peer: single-user, its own store and state in one folder, sandboxed, no substituters, no nixpkgs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../runtime/host/programs.ts';
import { type Command, timed } from './command.ts';
import { isolationProbe } from './many-steps.ts';
import { findPeer } from './peers.ts';
import { newFolder, type Workbench } from './workbench.ts';

export interface Nix {
    readonly program: string;
    /** The shell inside the sandbox: Nix binds it without its libraries, so it must need none. */
    readonly shell: string;
}

/** Nix as installed, once it has shown that it can build in its sandbox here; else what is in the way. */
export async function findNix(bench: Workbench): Promise<Nix | { readonly missing: string }> {
    const found = findPeer(bench, 'nix-build');
    if ('missing' in found) return found;
    const shell = findProgram('busybox', bench.programFolders);
    if (shell === undefined) return { missing: 'busybox is not installed: apt install busybox-static' };
    const nix = { program: found.path, shell };
    const folder = newFolder(bench, 'nix-probe');
    const file = join(folder, 'probe.nix');
    writeFileSync(file, isolationProbe(file));
    try {
        await timed(bench, nixBuild(bench, nix, folder, file));
        return nix;
    } catch (error) {
        return {
            missing: `nix-build does not work in its sandbox here: ${error instanceof Error ? error.message : String(error)}`,
        };
    }
}

/** `nix-build FILE` with everything that Nix keeps below `folder`. */
export function nixBuild(bench: Workbench, { program, shell }: Nix, folder: string, file: string): Command {
    const options = {
        sandbox: 'true',
        'sandbox-fallback': 'false',
        'sandbox-paths': `/bin/sh=${shell}`,
        // As root Nix would else look for a group of users to build as.
        'build-users-group': '',
        substitute: 'false',
        substituters: '',
    };
    const words = Object.entries(options).flatMap(([name, value]) => ['--option', name, value]);
    return {
        program,
        args: [file, '--no-out-link', '--quiet', '--max-jobs', String(bench.jobs), '--cores', '1', ...words],
        env: {
            HOME: folder,
            NIX_STORE_DIR: join(folder, 'store'),
            NIX_STATE_DIR: join(folder, 'state'),
            NIX_LOG_DIR: join(folder, 'log'),
            NIX_CONF_DIR: join(folder, 'conf'),
        },
    };
}
