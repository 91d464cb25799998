// What a sandbox can be asked for. The rule that matters most: every mount point is a directory that the sandbox itself
// makes on its own tmpfs, so none may lie inside another bind. Bubblewrap before 0.12 follows a package's symbolic links
// when it makes mount points (CVE-2026-87766).
import { sandboxRoot } from '../../compiler/plan/sandbox.ts';
import type { SandboxSpec } from './spec.ts';

export interface SpecProblem {
    /** The path, variable or setting that is wrong. */
    readonly subject: string;
    readonly message: string;
}

/** All that is wrong with a request, without looking at any file. Empty when it may run. */
export function checkSpec(spec: SandboxSpec): readonly SpecProblem[] {
    return [...checkCommand(spec), ...checkEnvironment(spec), ...checkPlaces(spec), ...checkLimits(spec)];
}

/** Where the sandbox mounts something of its own. */
const ownMounts: readonly string[] = ['/proc', '/dev', '/tmp'];
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Less than this and the programs that set up the sandbox do not start. */
const leastMemory = 16 * 1024 * 1024;

function checkCommand({ argv, cwd, binds, links }: SandboxSpec): SpecProblem[] {
    const problems: SpecProblem[] = [];
    const [program] = argv;
    if (program === undefined || !program.startsWith('/'))
        problems.push({ subject: program ?? 'argv', message: 'a program is named by its absolute path' });
    else if (program.includes('='))
        problems.push({
            subject: program,
            message: 'the path of a program holds no `=`, or env(1) takes it for a variable',
        });
    if (argv.some((word) => word.includes('\0')))
        problems.push({ subject: 'argv', message: 'an argument holds no NUL' });
    const rooms = [sandboxRoot, '/tmp', ...binds.map(({ at }) => at), ...links.map(({ at }) => at)];
    const exists = rooms.some((room) => isWithin(cwd, room)) || rooms.some((room) => isWithin(room, cwd));
    if (!isNormal(cwd) || !exists)
        problems.push({ subject: cwd, message: 'the working directory is not a place in the sandbox' });
    return problems;
}

function checkEnvironment({ env, cwd }: SandboxSpec): SpecProblem[] {
    const problems: SpecProblem[] = [];
    for (const [name, value] of Object.entries(env)) {
        if (!variable.test(name))
            problems.push({ subject: name, message: 'a variable name has letters, digits and `_`' });
        if (value.includes('\0')) problems.push({ subject: name, message: 'a variable holds no NUL' });
        if (name === 'PWD' && value !== cwd)
            problems.push({ subject: name, message: 'PWD names the working directory' });
    }
    return problems;
}

function checkPlaces({ binds, links }: SandboxSpec): SpecProblem[] {
    const problems: SpecProblem[] = [];
    const places = [...binds.map(({ at }) => at), ...links.map(({ at }) => at)];
    for (const [index, at] of places.entries()) {
        if (!isNormal(at) || at === '/') problems.push({ subject: at, message: 'is not an absolute normalised path' });
        const around = ownMounts.find((own) => isWithin(at, own) || isWithin(own, at));
        if (around !== undefined) problems.push({ subject: at, message: `lies inside or around ${around}` });
        const other = places.find((place, position) => position !== index && isWithin(at, place));
        if (other !== undefined)
            problems.push({ subject: at, message: `lies inside ${other}, which is another place` });
    }
    for (const { at, from } of binds) {
        if (!isNormal(from))
            problems.push({ subject: at, message: 'comes from a path that is not absolute and normalised' });
    }
    for (const { at, to } of links) {
        if (to === '' || to.includes('\0')) problems.push({ subject: at, message: 'is a link to nothing' });
    }
    return problems;
}

function checkLimits({ limits }: SandboxSpec): SpecProblem[] {
    const problems: SpecProblem[] = [];
    if (!(limits.timeoutMs > 0)) problems.push({ subject: 'timeoutMs', message: 'is more than zero' });
    if (
        limits.memoryBytes !== undefined &&
        !(Number.isSafeInteger(limits.memoryBytes) && limits.memoryBytes >= leastMemory)
    )
        problems.push({ subject: 'memoryBytes', message: `is a whole number, at least ${leastMemory}` });
    if (limits.outputBytes !== undefined && !(Number.isSafeInteger(limits.outputBytes) && limits.outputBytes >= 0))
        problems.push({ subject: 'outputBytes', message: 'is a whole number' });
    return problems;
}

/** Absolute, without `.`, `..`, empty parts or NUL. */
function isNormal(path: string): boolean {
    if (path === '/') return true;
    if (!path.startsWith('/') || path.includes('\0')) return false;
    return path
        .slice(1)
        .split('/')
        .every((part) => part !== '' && part !== '.' && part !== '..');
}

/** The same path counts as within. */
function isWithin(path: string, directory: string): boolean {
    return path === directory || directory === '/' || path.startsWith(`${directory}/`);
}
