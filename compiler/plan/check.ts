// Rules of a plan that a JSON Schema cannot state. Whoever takes a plan from outside, or has just made one, runs them:
// the executor and the emitters rely on them without looking again.
import { sortedEntries } from './bytes.ts';
import { parseHash, parseTreeDigest } from './digest.ts';
import { splitRef, topologicalOrder, treesOf } from './graph.ts';
import type { Action, ComposeAction, Plan, RunAction, Source, WriteAction } from './plan.ts';
import { sandboxRoot } from './sandbox.ts';

export interface PlanProblem {
    /** JSON pointer into the plan. */
    readonly at: string;
    readonly message: string;
}

/** All rules that the plan breaks; empty when it may be executed and emitted. */
export function checkPlan(plan: Omit<Plan, 'digest'>): readonly PlanProblem[] {
    const problems = sortedEntries(plan.actions).flatMap(([id, action]) => checkAction(plan, id, action));
    for (const [name, tree] of sortedEntries(plan.outputs)) {
        if (!givesTree(plan, tree))
            problems.push({ at: pointer('outputs', name), message: `no action gives \`${tree}\`` });
    }
    const { cycle } = topologicalOrder(plan);
    if (cycle.length > 0) problems.push({ at: '/actions', message: `actions need each other: ${cycle.join(' → ')}` });
    return problems;
}

/** A JSON pointer (RFC 6901) from its segments. */
export function pointer(...segments: readonly (string | number)[]): string {
    return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Ids become file names and make targets. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._+@-]{0,199}$/;
const outputPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const envPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** One name directly below the sandbox root, so that no mount point can lie inside a tree of a package. */
const topPattern = /^\/rpkg\/[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

function checkAction(plan: Omit<Plan, 'digest'>, id: string, action: Action): PlanProblem[] {
    const problems: PlanProblem[] = [];
    const say = (message: string, ...segments: readonly (string | number)[]): void => {
        problems.push({ at: pointer('actions', id, ...segments), message });
    };
    if (!idPattern.test(id)) say('an action id has letters, digits and `. _ + @ -`, at most 200 of them');
    for (const { at, tree } of treesOf(action)) {
        if (!givesTree(plan, tree))
            say(`no action gives \`${tree}\``, action.kind === 'run' ? 'mounts' : 'entries', at);
    }
    switch (action.kind) {
        case 'fetch':
            checkSource(action.source, (message) => say(message, 'source'));
            break;
        case 'write':
            checkRelativePaths(Object.keys((action satisfies WriteAction).files), (message, path) =>
                say(message, 'files', path),
            );
            break;
        case 'compose':
            checkRelativePaths(Object.keys((action satisfies ComposeAction).entries), (message, path) =>
                say(message, 'entries', path),
            );
            break;
        case 'run':
            checkRun(plan, action, say);
            break;
    }
    return problems;
}

function givesTree(plan: Pick<Plan, 'actions'>, tree: string): boolean {
    const { action: id, output } = splitRef(tree);
    const action = Object.hasOwn(plan.actions, id) ? plan.actions[id] : undefined;
    if (action === undefined) return false;
    return action.kind === 'run' ? Object.hasOwn(action.outputs, output) : output === 'out';
}

function checkSource(source: Source, say: (message: string) => void): void {
    if ((source.type === 'local' || source.type === 'git') && parseTreeDigest(source.tree) === undefined) {
        say(`\`${source.tree}\` is not a tree digest`);
    }
    if ('hash' in source && parseHash(source.hash) === undefined) say(`\`${source.hash}\` is not a sha256 hash`);
    if (source.type === 'file' && !isSegment(source.name)) say(`\`${source.name}\` is not a file name`);
    if (source.type === 'crate' && !/^[A-Za-z0-9_-]+$/.test(source.name)) say(`\`${source.name}\` is not a crate name`);
    if (source.type === 'crate' && !/^[0-9A-Za-z.+-]+$/.test(source.version))
        say(`\`${source.version}\` is not a version`);
    if (source.type === 'git' && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(source.commit))
        say('a commit is named by its whole hash');
}

function isSegment(name: string): boolean {
    return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

/** Relative, normalised, and none a parent of another one. */
function checkRelativePaths(paths: readonly string[], say: (message: string, path: string) => void): void {
    const all = new Set(paths);
    for (const path of paths) {
        const segments = path.split('/');
        if (!segments.every(isSegment)) say('a path in a tree is relative, without `.`, `..` and empty parts', path);
        for (let length = 1; length < segments.length; length++) {
            const parent = segments.slice(0, length).join('/');
            if (all.has(parent)) say(`lies inside \`${parent}\`, which is another entry`, path);
        }
    }
}

function checkRun(
    plan: Omit<Plan, 'digest'>,
    action: RunAction,
    say: (message: string, ...at: (string | number)[]) => void,
): void {
    const environment = Object.hasOwn(plan.environments, action.environment);
    if (!environment) say(`there is no environment \`${action.environment}\``, 'environment');
    if (action.commands.length === 0) say('an action that runs needs a command', 'commands');
    for (const [index, command] of action.commands.entries()) {
        const words = 'argv' in command ? command.argv : [command.script];
        if (words.some((word) => word.includes('\0'))) say('a command holds no NUL', 'commands', index);
        if ('argv' in command && !(command.argv[0]?.startsWith('/') ?? false))
            say('a program is named by its absolute path', 'commands', index);
    }
    for (const [name, value] of Object.entries(action.env)) {
        if (!envPattern.test(name)) say('a variable name has letters, digits and `_`', 'env', name);
        if (value.includes('\0')) say('a variable holds no NUL', 'env', name);
    }
    checkPlaces(plan, action, say);
}

/** Mounts, outputs and scratch lie side by side below the sandbox root; an output may be a mount that is writable. */
function checkPlaces(
    plan: Omit<Plan, 'digest'>,
    action: RunAction,
    say: (message: string, ...at: (string | number)[]) => void,
): void {
    const tools = Object.values(plan.environments[action.environment]?.tools ?? {});
    const taken = new Set([
        `${sandboxRoot}/tools`,
        ...tools.flatMap(({ mount }) => (mount === undefined ? [] : [mount])),
    ]);
    const take = (path: string, ...at: (string | number)[]): void => {
        if (!topPattern.test(path)) say(`a place is one name below ${sandboxRoot}`, ...at);
        if (taken.has(path)) say('two things cannot be at one place', ...at);
        taken.add(path);
    };
    take(action.scratch, 'scratch');
    for (const path of Object.keys(action.mounts)) take(path, 'mounts', path);
    for (const [name, path] of Object.entries(action.outputs)) {
        if (!outputPattern.test(name)) say('an output name has letters, digits, `_` and `-`', 'outputs', name);
        if (action.mounts[path]?.writable !== true) take(path, 'outputs', name);
    }
    const below = [action.scratch, ...Object.keys(action.mounts), ...Object.values(action.outputs)];
    if (
        !below.some((path) => action.cwd === path || action.cwd.startsWith(`${path}/`)) ||
        action.cwd.split('/').includes('..')
    ) {
        say('the working directory lies in a mount, an output or the scratch directory', 'cwd');
    }
}
