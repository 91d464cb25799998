// A store in a temporary folder, a real sandbox, and an executor around them: plans written by hand are really run.
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import type { EventBody } from '../../runtime/event.ts';
import { type Executed, type ExecuteOptions, executePlan } from '../../runtime/execute.ts';
import { performerFor, type PerformOptions } from '../../runtime/perform.ts';
import { success } from '../../runtime/result.ts';
import { hostRoot, prepareEtc } from '../../runtime/sandbox/host-root.ts';
import { openSandbox, type Tier } from '../../runtime/sandbox/sandbox.ts';
import { openStore, type Store } from '../../runtime/store/store.ts';
import { demand } from './demand.ts';
import { freshFolder } from './fresh-folder.ts';

export interface Workshop {
    readonly folder: string;
    readonly store: Store;
    /** Runs the plan; everything not said is usual. */
    build(plan: Plan, changes?: Changes): Promise<Ran>;
    /** Puts a folder's content into the store, as a source or to compare it. */
    treeOf(path: string): Promise<TreeDigest>;
}

type Changes = Partial<
    Pick<ExecuteOptions, 'keepGoing' | 'signal' | 'wanted' | 'jobs' | 'now'> &
        Pick<PerformOptions, 'mode'> & { readonly onEvent: (event: EventBody) => void }
>;

export interface Ran extends Executed {
    readonly events: readonly EventBody[];
}

export async function openWorkshop(tier: Tier = 'bwrap', folder: string = freshFolder()): Promise<Workshop> {
    const store = demand(await openStore(join(folder, 'store')));
    const sandbox = demand(await openSandbox(tier));
    const root = hostRoot(await sharedEtc());
    let runs = 0;
    return {
        folder,
        store,
        async build(plan, { mode = 'build', onEvent, ...changes } = {}) {
            const events: EventBody[] = [];
            const settings = {
                report: (event: EventBody) => {
                    events.push(event);
                    onEvent?.(event);
                },
                signal: new AbortController().signal,
                now: () => Date.now(),
                run: `run${++runs}`,
                jobs: 2,
                keepGoing: false,
                sandbox: tier,
                ...changes,
            };
            const fetch = { store, baseDir: folder, offline: true, environment: {}, report: () => undefined };
            const hostRootOnce = () => Promise.resolve(success(root));
            const performer = performerFor({ ...settings, plan, store, sandbox, hostRoot: hostRootOnce, fetch, mode });
            return { ...(await executePlan(plan, { ...settings, performer })), events };
        },
        treeOf: async (path) => demand(await store.importTree(path, { what: path })),
    };
}

const scratch = fs.mkdtempSync(join(tmpdir(), 'rpkg-test-'));
let etc: Promise<string> | undefined;

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** One for all tests of a file: it is only ever read. */
function sharedEtc(): Promise<string> {
    const folder = join(scratch, 'etc');
    return (etc ??= prepareEtc(folder).then((made) => (demand(made), folder)));
}

/** Relative path → text; `{ program }` is executable, `{ link }` a symbolic link, `null` an empty folder. */
export type Entries = Readonly<
    Record<string, string | null | { readonly program: string } | { readonly link: string }>
>;

export function fillFolder(folder: string, entries: Entries): void {
    fs.mkdirSync(folder, { recursive: true });
    for (const [path, entry] of Object.entries(entries)) {
        const at = join(folder, path);
        fs.mkdirSync(dirname(at), { recursive: true });
        if (entry === null) fs.mkdirSync(at);
        else if (typeof entry === 'string') fs.writeFileSync(at, entry);
        else if ('link' in entry) fs.symlinkSync(entry.link, at);
        else fs.writeFileSync(at, entry.program, { mode: 0o755 });
    }
}

/** The failures, with the ends of their logs: for a plan that should not have failed. */
export function failuresOf(ran: Ran): readonly unknown[] {
    return ran.failures.map((failure) =>
        'log' in failure ? { ...failure, text: fs.readFileSync(failure.log, 'utf8').slice(-1000) } : failure,
    );
}

/** What `fillFolder` would have to be given to make this folder. */
export function entriesOf(folder: string): Entries {
    const found: [string, Entries[string]][] = [];
    const walk = (below: string): void => {
        for (const entry of fs.readdirSync(join(folder, below), { withFileTypes: true })) {
            const path = join(below, entry.name);
            const at = join(folder, path);
            if (entry.isSymbolicLink()) found.push([path, { link: fs.readlinkSync(at) }]);
            else if (!entry.isDirectory()) found.push([path, fileEntry(at)]);
            else if (fs.readdirSync(at).length === 0) found.push([path, null]);
            else walk(path);
        }
    };
    walk('');
    return Object.fromEntries(found);
}

function fileEntry(at: string): Entries[string] {
    const text = fs.readFileSync(at, 'utf8');
    return (fs.statSync(at).mode & 0o100) === 0 ? text : { program: text };
}

/** What an action gave. */
export function outputOf(workshop: Workshop, ran: Ran, action: string, output = 'out'): Entries {
    const tree = ran.trees.get(action)?.[output];
    if (tree === undefined) throw new Error(`${action} gave no ${output}: ${JSON.stringify(ran.failures)}`);
    return entriesOf(workshop.store.objectPath(tree));
}

/** Everything that is still in the temporary folder of the store. */
export function leftovers({ store }: Workshop): readonly string[] {
    return fs.readdirSync(`${store.root}/tmp`).flatMap((owner) => fs.readdirSync(`${store.root}/tmp/${owner}`));
}

/** What happened, one line each: `action-cached build`. */
export function kinds(ran: Ran): readonly string[] {
    return ran.events.map((event) => ('action' in event ? `${event.kind} ${event.action}` : event.kind));
}
