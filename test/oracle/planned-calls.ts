// What a plan calls. Each action of a unit is started in a sandbox as it stands in the plan, but for the program at the end:
// rustc, or the build script, is a recorder there. What build scripts told comes from a finished build in a store.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { unitPlaces } from '../../compiler/lower/unit-places.ts';
import { sortedEntries } from '../../compiler/plan/bytes.ts';
import { untold } from './allowed-differences.ts';
import { commandLine, withGrants } from '../../compiler/plan/command-line.ts';
import { parseTreeDigest } from '../../compiler/plan/digest.ts';
import { splitRef } from '../../compiler/plan/graph.ts';
import type { Plan, RunAction, TreeRef } from '../../compiler/plan/plan.ts';
import { hostDirectories } from '../../compiler/plan/sandbox.ts';
import type { Outputs } from '../../runtime/event.ts';
import { readEventLog, recordedRuns } from '../../runtime/event-log.ts';
import { openStore, type Store } from '../../runtime/store/store.ts';
import { demand } from '../support/demand.ts';
import { type Call, mapCall } from './call.ts';
import { readCalls, writeRecorder } from './recorder.ts';

interface Stage {
    readonly plan: Plan;
    readonly store: Store;
    readonly built: ReadonlyMap<string, Outputs>;
    readonly jobs: number;
    /** For what is made on the way. */
    readonly below: string;
}

/** The plan was the last one to be built in the store. */
export async function plannedCalls(
    plan: Plan,
    { store: root, jobs, below }: { readonly store: string; readonly jobs: number; readonly below: string },
): Promise<readonly Call[]> {
    const store = demand(await openStore(root));
    const stage: Stage = { plan, store, built: lastRun(root), jobs, below };
    const calls = Object.entries(plan.actions).flatMap(([id, action]) =>
        action.kind === 'run' && id.startsWith('unit.') ? [plannedCall(stage, id, action)] : [],
    );
    await store.close();
    return calls;
}

/** The program that the plan calls rustc. */
export function plannedRustc({ environments }: Plan): string {
    const tool = environments['host']?.tools['rustc'];
    if (tool === undefined) throw new Error('the plan has no rustc');
    return tool.mount === undefined ? '/usr/bin/rustc' : `${tool.mount}/bin/rustc`;
}

const notesPlace = '/rpkg/notes';

function plannedCall(stage: Stage, id: string, action: RunAction): Call {
    const folder = fs.mkdtempSync(path.join(stage.below, 'call-'));
    const make = (name: string): string => {
        const made = path.join(folder, name);
        fs.mkdirSync(made);
        return made;
    };
    const notes = make('notes');
    const recorder = path.join(folder, 'recorder');
    writeRecorder(recorder, notesPlace, '');
    const readable = Object.entries(action.mounts).flatMap(([place, { tree }]) => {
        const there = folderOf(stage, tree, () => fs.mkdtempSync(path.join(folder, 'tree-')));
        if (there === undefined) return [];
        return [[place, place === unitPlaces.script ? recorders(there, make('script'), recorder) : there] as const];
    });
    const writable = [...Object.values(action.outputs), action.scratch];
    const variables = sortedEntries(action.env)
        .filter(([name]) => !Object.hasOwn(untold, name))
        .map(([name, value]) => `${name}=${withGrants(value, { jobs: stage.jobs, jobserver: '' })}`);
    execFileSync(
        'bwrap',
        [
            ...['--unshare-pid', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--dir', action.cwd],
            ...hostDirectories.flatMap((each) => ['--ro-bind-try', each, each]),
            ...['--ro-bind', recorder, plannedRustc(stage.plan)],
            ...readable.flatMap(([place, from]) => ['--ro-bind', from, place]),
            ...writable.flatMap((place, index) => ['--bind', make(`output-${index}`), place]),
            ...['--bind', notes, notesPlace, '--chdir', action.cwd],
            // PWD is all that a sandbox adds.
            ...['--', '/usr/bin/env', '-i', ...variables, `PWD=${action.cwd}`, ...commandLine(action)],
        ],
        { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const [call, ...more] = readCalls(notes);
    if (call === undefined || more.length > 0) throw new Error(`${id} makes ${more.length} calls too many`);
    return { ...mapCall(call, (text) => text), argv: call.argv.flatMap((word) => expand(word, readable)) };
}

/** Argument files as rustc reads them: one argument a line. */
function expand(word: string, mounts: readonly (readonly [string, string])[]): readonly string[] {
    if (!word.startsWith('@')) return [word];
    const file = word.slice(1);
    const [place, from] = mounts.find(([at]) => file.startsWith(`${at}/`)) ?? [];
    if (place === undefined || from === undefined) throw new Error(`${file} is in no mount`);
    const text = fs.readFileSync(from + file.slice(place.length), 'utf8');
    return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** A folder with the recorder under each name of another one. */
function recorders(like: string, folder: string, recorder: string): string {
    for (const name of fs.readdirSync(like)) fs.copyFileSync(recorder, path.join(folder, name));
    return folder;
}

/** Of a tree that matters for what is called: texts of the plan, outputs of the build, and unions of those. */
function folderOf(stage: Stage, tree: TreeRef, make: () => string): string | undefined {
    const { action: id, output } = splitRef(tree);
    const action = stage.plan.actions[id];
    if (action?.kind === 'run') {
        const digest = parseTreeDigest(stage.built.get(id)?.[output] ?? '');
        if (digest === undefined) throw new Error(`${tree} was not built`);
        return stage.store.objectPath(digest);
    }
    if (action?.kind === 'write') {
        const folder = make();
        for (const [name, { text }] of Object.entries(action.files)) fs.writeFileSync(path.join(folder, name), text);
        return folder;
    }
    if (action?.kind !== 'compose' || action.union === undefined) return undefined;
    const folder = make();
    for (const part of action.union) {
        const from = folderOf(stage, part, make);
        for (const name of from === undefined ? [] : fs.readdirSync(from)) {
            const to = path.join(folder, name);
            if (!fs.existsSync(to)) fs.linkSync(path.join(from ?? '', name), to);
        }
    }
    return folder;
}

function lastRun(store: string): ReadonlyMap<string, Outputs> {
    const [run = ''] = recordedRuns(store);
    return new Map(
        (readEventLog(store, run) ?? []).flatMap((event) =>
            event.kind === 'action-cached' || event.kind === 'action-finished'
                ? [[event.action, event.outputs] as const]
                : [],
        ),
    );
}
