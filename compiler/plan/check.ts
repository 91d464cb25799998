// Rules of a plan that a JSON Schema cannot state. Whoever takes a plan from outside, or has just made one, runs them:
// the executor and the emitters rely on them without looking again.
import { sortedEntries } from './bytes.ts';
import { commandLine } from './command-line.ts';
import { parseHash, parseTreeDigest } from './digest.ts';
import { splitRef, topologicalOrder, treesOf } from './graph.ts';
import { own } from './own.ts';
import type {
    Action,
    Command,
    ComposeAction,
    DebianPackage,
    Environment,
    HostTool,
    Plan,
    RootEnvironment,
    RunAction,
    Source,
} from './plan.ts';
import { sandboxRoot, toolsFolder } from './sandbox.ts';

export interface PlanProblem {
    /** JSON pointer into the plan. */
    readonly at: string;
    readonly message: string;
}

type PlanContent = Omit<Plan, 'digest'>;

/** Notes a broken rule at the pointer segments, which are relative to what is being checked. */
type Say = (message: string, ...segments: readonly (string | number)[]) => void;

/** All rules that the plan breaks; empty when it may be executed and emitted. */
export function checkPlan(plan: PlanContent): readonly PlanProblem[] {
    const problems: PlanProblem[] = [];
    const sayAt =
        (...start: readonly (string | number)[]): Say =>
        (message, ...segments) =>
            void problems.push({ at: pointer(...start, ...segments), message });
    checkValues(plan, [], sayAt());
    for (const key of ['name', 'version', 'kind'] as const) {
        if (hasControls(plan.subject[key])) sayAt('subject', key)('holds a control character');
    }
    for (const [name, environment] of sortedEntries(plan.environments)) {
        checkTools(environment, sayAt('environments', name, 'tools'));
        if (environment.kind === 'rootfs') checkRoot(plan, environment, sayAt('environments', name));
    }
    for (const [id, action] of sortedEntries(plan.actions)) checkAction(plan, id, action, sayAt('actions', id));
    for (const [name, tree] of sortedEntries(plan.outputs)) {
        const say = sayAt('outputs', name);
        if (!outputPattern.test(name)) say(outputRule);
        if (!givesTree(plan, tree)) say(`no action gives \`${tree}\``);
    }
    const { cycle } = topologicalOrder(plan);
    if (cycle.length > 0) sayAt('actions')(`actions need each other: ${cycle.join(' → ')}`);
    return problems;
}

/** A JSON pointer (RFC 6901) from its segments. */
export function pointer(...segments: readonly (string | number)[]): string {
    return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Ids become file names and make targets; with the name of an output they must fit into 255 bytes. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._+@-]{0,179}$/;
const outputPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const outputRule = 'an output name has letters, digits, `_` and `-`';
const envPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** One name below the sandbox root, or two. None may lie inside another, so that no mount point is in a tree of a package. */
const placePattern = /^\/rpkg(?:\/[A-Za-z0-9][A-Za-z0-9._+-]{0,99}){1,2}$/;
/** The name becomes a shell variable, `-` written as `_`. */
const toolPattern = /^\/rpkg\/tools\/[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** The kernel's limit for one argument or variable, its NUL included. */
const longestWordBytes = 128 * 1024;

const controls = /[\u0000-\u001f\u007f]/;

function hasControls(text: string): boolean {
    return controls.test(text);
}

/** What has no canonical JSON has no digest; and half of a surrogate pair cannot be written to a file. */
function checkValues(value: unknown, at: readonly (string | number)[], say: Say): void {
    if (typeof value === 'string' && !value.isWellFormed()) say('is not Unicode', ...at);
    if (typeof value === 'number' && !Number.isSafeInteger(value)) say('is too large', ...at);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value as Readonly<Record<string, unknown>>)) {
        if (!key.isWellFormed()) say('has a key that is not Unicode', ...at);
        checkValues(member, [...at, key], say);
    }
}

function checkRoot(plan: PlanContent, { tree, digest }: RootEnvironment, say: Say): void {
    if (!givesTree(plan, tree)) say(`no action gives \`${tree}\``, 'tree');
    if (parseTreeDigest(digest) === undefined) say(`\`${digest}\` is not a tree digest`, 'digest');
}

function checkTools({ tools }: Environment, say: Say): void {
    const roots = new Map<string, string>();
    for (const [name, tool] of sortedEntries(tools)) {
        checkTool(tool, (message, ...at) => say(message, name, ...at));
        const { mount, root } = tool;
        if (mount === undefined || root === undefined) continue;
        if ((roots.get(mount) ?? root) !== root) say('another tool has something else at this place', name, 'mount');
        roots.set(mount, root);
    }
}

function checkTool({ mount, root, version }: HostTool, say: Say): void {
    if ((mount === undefined) !== (root === undefined)) say('`mount` and `root` come together');
    if (mount !== undefined && !toolPattern.test(mount)) {
        say(`a tool is one name below ${toolsFolder}, of small letters, digits and \`-\``, 'mount');
    }
    if (root !== undefined && !isNormal(root)) say('is not an absolute normalised path', 'root');
    if (hasControls(version)) say('holds a control character', 'version');
}

function checkAction(plan: PlanContent, id: string, action: Action, say: Say): void {
    if (!idPattern.test(id)) say('an action id has letters, digits and `. _ + @ -`, at most 180 of them');
    for (const { at, tree } of treesOf(action)) {
        if (!givesTree(plan, tree)) say(`no action gives \`${tree}\``, ...at);
    }
    switch (action.kind) {
        case 'fetch':
            checkSource(action.source, (message, ...at) => say(message, 'source', ...at));
            break;
        case 'write':
            checkRelativePaths(Object.keys(action.files), (message, path) => say(message, 'files', path));
            break;
        case 'compose':
            checkRelativePaths(Object.keys(action.entries), (message, path) => say(message, 'entries', path));
            checkUnion(plan, action, say);
            break;
        case 'select':
            checkRelativePaths(action.without, (message, path) =>
                say(message, 'without', action.without.indexOf(path)),
            );
            break;
        case 'run':
            checkRun(plan, action, say);
            break;
    }
}

function givesTree(plan: Pick<Plan, 'actions'>, tree: string): boolean {
    const { action: id, output } = splitRef(tree);
    const action = own(plan.actions, id);
    if (action === undefined) return false;
    return action.kind === 'run' ? Object.hasOwn(action.outputs, output) : output === 'out';
}

function checkSource(source: Source, say: Say): void {
    if ('tree' in source && parseTreeDigest(source.tree) === undefined) {
        say(`\`${source.tree}\` is not a tree digest`);
    }
    if (source.type === 'debian') checkPackages(source.packages, say);
    if ('hash' in source && parseHash(source.hash) === undefined) say(`\`${source.hash}\` is not a sha256 hash`);
    if (source.type === 'file' && !isSegment(source.name)) say(`\`${source.name}\` is not a file name`);
    if (source.type === 'crate' && !/^[A-Za-z0-9_-]+$/.test(source.name)) say(`\`${source.name}\` is not a crate name`);
    if (source.type === 'crate' && !/^[0-9A-Za-z.+-]+$/.test(source.version))
        say(`\`${source.version}\` is not a version`);
    if (source.type === 'git' && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(source.commit))
        say('a commit is named by its whole hash');
}

function checkPackages(packages: readonly DebianPackage[], say: Say): void {
    for (const [index, { name, hash, path }] of packages.entries()) {
        if (!/^[a-z0-9][a-z0-9.+-]*$/.test(name)) say(`\`${name}\` is not the name of a package`, 'packages', index);
        if (parseHash(hash) === undefined) say(`\`${hash}\` is not a sha256 hash`, 'packages', index);
        if (!path.split('/').every(isSegment)) say('a path in an archive is relative', 'packages', index);
    }
}

function isSegment(name: string): boolean {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || hasControls(name)) return false;
    return Buffer.byteLength(name) <= 255;
}

/** Absolute, without `.`, `..` and empty parts. */
function isNormal(path: string): boolean {
    return path.startsWith('/') && path.slice(1).split('/').every(isSegment);
}

/** Relative, normalised, and none a parent of another one. */
function checkRelativePaths(paths: readonly string[], say: (message: string, path: string) => void): void {
    const all = new Set(paths);
    for (const path of paths) {
        const segments = path.split('/');
        if (!segments.every(isSegment))
            say('a path in a tree is relative, without `.`, `..`, empty parts and control characters', path);
        for (let length = 1; length < segments.length; length++) {
            const parent = segments.slice(0, length).join('/');
            if (all.has(parent)) say(`lies inside \`${parent}\`, which is another entry`, path);
        }
    }
}

/** What is united must be known to be flat before there is a tree: an output of commands, or a union again. */
function checkUnion(plan: PlanContent, { union, entries }: ComposeAction, say: Say): void {
    if (union === undefined) return;
    if (Object.keys(entries).length > 0) say('a union has no entries', 'entries');
    for (const [index, tree] of union.entries()) {
        const part = own(plan.actions, splitRef(tree).action);
        const fits = part?.kind === 'run' || (part?.kind === 'compose' && part.union !== undefined);
        if (part !== undefined && !fits) say('a union is made of outputs of commands and of unions', 'union', index);
    }
}

function checkRun(plan: PlanContent, action: RunAction, say: Say): void {
    const surroundings = own(plan.environments, action.environment);
    if (surroundings === undefined) say(`there is no environment \`${action.environment}\``, 'environment');
    const root = surroundings?.kind === 'rootfs' ? surroundings.tree : undefined;
    if (action.root !== root) say('the root is the tree of the environment, if that has one', 'root');
    if (action.commands.length === 0) say('an action that runs needs a command', 'commands');
    for (const [index, command] of action.commands.entries()) {
        checkCommand(command, (message) => say(message, 'commands', index));
    }
    if (commandLine(action).some(isTooLong)) say('a word is longer than the kernel takes: 128 KiB', 'commands');
    for (const [name, value] of sortedEntries(action.env)) {
        if (!envPattern.test(name)) say('a variable name has letters, digits and `_`', 'env', name);
        if (value.includes('\0')) say('a variable holds no NUL', 'env', name);
        if (name === 'PWD' && value !== action.cwd) say('PWD names the working directory', 'env', name);
        if (isTooLong(`${name}=${value}`)) say('is longer than the kernel takes: 128 KiB', 'env', name);
    }
    checkPlaces(action, say);
}

function isTooLong(word: string): boolean {
    return Buffer.byteLength(word) >= longestWordBytes;
}

function checkCommand(command: Command, say: Say): void {
    const words = 'argv' in command ? command.argv : [command.script];
    if (words.some((word) => word.includes('\0'))) say('a command holds no NUL');
    if (!('argv' in command)) return;
    const [program = ''] = command.argv;
    if (!program.startsWith('/')) say('a program is named by its absolute path');
    if (program.includes('=')) say('the path of a program holds no `=`, or env(1) takes it for a variable');
}

/** Mounts, outputs and scratch lie side by side below the sandbox root; one output may be at a mount that is writable. */
function checkPlaces(action: RunAction, say: Say): void {
    const taken = new Set([toolsFolder]);
    /** The folder above each place. */
    const parents = new Map<string, string>();
    const take = (path: string, ...at: readonly string[]): void => {
        const parent = path.slice(0, path.lastIndexOf('/'));
        if (!placePattern.test(path)) say(`a place is one name or two below ${sandboxRoot}`, ...at);
        else if (taken.has(path)) say('two things cannot be at one place', ...at);
        else if (taken.has(parent)) say(`lies inside \`${parent}\`, which is another place`, ...at);
        else if (parents.has(path)) say(`\`${parents.get(path) ?? ''}\`, which is another place, lies inside`, ...at);
        taken.add(path);
        parents.set(parent, path);
    };
    take(action.scratch, 'scratch');
    for (const [path, mount] of sortedEntries(action.mounts)) {
        // A writable one is taken by the output that is at the same place.
        if (!mount.writable || !Object.values(action.outputs).includes(path)) take(path, 'mounts', path);
    }
    for (const [name, path] of sortedEntries(action.outputs)) {
        if (!outputPattern.test(name)) say(outputRule, 'outputs', name);
        take(path, 'outputs', name);
    }
    for (const [index, name] of (action.early ?? []).entries()) {
        const path = own(action.outputs, name);
        if (path === undefined) say(`there is no output \`${name}\``, 'early', index);
        else if (Object.hasOwn(action.mounts, path))
            say('an output that is not empty at first is not early', 'early', index);
    }
    for (const name of Object.keys(action.identity ?? {})) {
        if (!Object.hasOwn(action.outputs, name)) say(`there is no output \`${name}\``, 'identity', name);
    }
    const { cwd } = action;
    if (!isNormal(cwd) || ![...taken].some((path) => path !== toolsFolder && isWithin(cwd, path))) {
        say('the working directory lies in a mount, an output or the scratch directory', 'cwd');
    }
}

function isWithin(path: string, folder: string): boolean {
    return path === folder || path.startsWith(`${folder}/`);
}
