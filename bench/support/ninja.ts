// Ninja as a peer: the actions of a plan as edges that run the same command under the same bubblewrap settings. Ninja
// makes no directories beforehand, copies no outputs, keeps no store and syncs nothing: it shows what the sandbox alone costs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, withGrants } from '../../compiler/plan/command-line.ts';
import type { Plan, RunAction } from '../../compiler/plan/plan.ts';
import { shellCommand } from '../../compiler/plan/quote.ts';
import { bubblewrapIsolation, sandboxRoot } from '../../compiler/plan/sandbox.ts';
import { type HostRoot, hostRoot } from '../../runtime/sandbox/host-root.ts';
import { filterArchitecture, seccompFilter } from '../../runtime/sandbox/seccomp.ts';
import type { Command } from './command.ts';
import { writtenFile } from './many-steps.ts';
import { findPeer } from './peers.ts';
import type { Workbench } from './workbench.ts';

export interface Ninja {
    readonly ninja: string;
    readonly bwrap: string;
}

export function findNinja(bench: Workbench): Ninja | { readonly missing: string } {
    const ninja = findPeer(bench, 'ninja');
    const bwrap = findPeer(bench, 'bwrap');
    if ('missing' in ninja) return ninja;
    return 'missing' in bwrap ? bwrap : { ninja: ninja.path, bwrap: bwrap.path };
}

export function ninjaCommand(bench: Workbench, { ninja }: Ninja, folder: string): Command {
    return { program: ninja, args: ['-j', String(bench.jobs)], cwd: folder };
}

/** The descriptor that the shell of an edge opens on the filter. */
const filterDescriptor = 9;

interface NinjaSandbox {
    readonly bwrap: string;
    /** What `prepareEtc` made. */
    readonly etc: string;
}

/** Writes `build.ninja` for the plan's run actions into an empty folder, and makes the directories that they write to. */
export function writeNinjaFolder(folder: string, plan: Plan, { bwrap, etc }: NinjaSandbox): void {
    const sandbox = { bwrap, host: hostRoot(etc), filter: writeFilter(folder) };
    const edges = Object.entries(plan.actions).flatMap(([id, action]) => {
        if (action.kind !== 'run') return [];
        const places = [action.scratch, ...Object.values(action.outputs)].map((at) => ({
            at,
            from: join(folder, id, at),
        }));
        for (const { from } of places) mkdirSync(from, { recursive: true });
        const [at = ''] = Object.values(action.outputs);
        return [
            `build ${id}${at}/${writtenFile}: run\n    line = ${line(action, places, sandbox).replaceAll('$', '$$$$')}\n`,
        ];
    });
    writeFileSync(join(folder, 'build.ninja'), `rule run\n    command = $line\n\n${edges.join('')}`);
}

/** Undefined for a processor that rpkg has no filter for. */
function writeFilter(folder: string): string | undefined {
    const architecture = filterArchitecture(process.arch);
    if (architecture === undefined) return undefined;
    const path = join(folder, 'filter');
    writeFileSync(path, seccompFilter(architecture));
    return path;
}

interface EdgeSandbox {
    readonly bwrap: string;
    readonly host: HostRoot;
    readonly filter: string | undefined;
}

/** In the order of rpkg's own settings. */
function line(
    action: RunAction,
    places: readonly { at: string; from: string }[],
    { bwrap, host, filter }: EdgeSandbox,
): string {
    const words = [
        bwrap,
        ...bubblewrapIsolation,
        '--new-session',
        ...(filter === undefined ? [] : ['--seccomp', String(filterDescriptor)]),
        '--clearenv',
        ...Object.entries(action.env).flatMap(([name, value]) => [
            '--setenv',
            name,
            withGrants(value, { jobs: 1, jobserver: '' }),
        ]),
        ...host.binds.flatMap(({ at, from }) => ['--ro-bind', from, at]),
        ...places.flatMap(({ at, from }) => ['--bind', from, at]),
        ...host.links.flatMap(({ at, to }) => ['--symlink', to, at]),
        ...['--dir', sandboxRoot, '--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--tmpfs', '/tmp'],
        ...['--remount-ro', '/proc', '--remount-ro', '/', '--chdir', action.cwd],
        '--',
        ...commandLine(action),
    ];
    const input = filter === undefined ? '' : ` ${filterDescriptor}<${shellCommand([filter])}`;
    return `exec ${shellCommand(words)}${input}`;
}
