// A small machine around one sandbox: people who start it, folders that it is given, and a canary that must not change.
import { createHash, randomUUID } from 'node:crypto';
import {
    lchownSync,
    lstatSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    readlinkSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../../../runtime/failure.ts';
import type { Result } from '../../../runtime/result.ts';
import { hostRoot, prepareEtc } from '../../../runtime/sandbox/host-root.ts';
import type { Tier } from '../../../runtime/sandbox/sandbox.ts';
import type { Bind, Exit, SandboxSpec } from '../../../runtime/sandbox/spec.ts';
import { type ProgramCall, runProgram } from '../../../runtime/host/run-program.ts';

export interface Person {
    readonly name: string;
    readonly id: number;
}

const root = process.getuid?.() === 0;

/** Root drops to an ordinary user for a second round; an ordinary user has only itself. */
const people: readonly Person[] = root
    ? [
          { name: 'root', id: 0 },
          { name: 'an ordinary user', id: 65534 },
      ]
    : [{ name: 'an ordinary user (root was not tried: the tests do not run as root)', id: process.getuid?.() ?? -1 }];

const tiers: readonly Tier[] = ['bwrap', 'unshare'];

export const rounds = people.flatMap((person) => tiers.map((tier) => ({ person, tier })));

export interface World {
    readonly person: Person;
    readonly folder: string;
    /** Bound read-only at /rpkg/in. */
    readonly input: string;
    /** Bound writable at /rpkg/out. */
    readonly output: string;
    readonly canary: string;
    readonly binds: readonly Bind[];
    readonly links: SandboxSpec['links'];
}

export async function makeWorld(person: Person): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'rpkg-sandbox-'));
    const at = (name: string): string => join(folder, name);
    for (const name of ['input', 'output', 'canary', 'SECRET-CWD']) mkdirSync(at(name));
    writeFileSync(at('input/file'), 'input');
    writeFileSync(at('canary/file'), 'canary');
    const etc = await prepareEtc(at('etc'));
    if (!etc.ok) throw new Error(JSON.stringify(etc.failure));
    if (root) giveTo(folder, person.id);
    const host = hostRoot(at('etc'));
    const own: readonly Bind[] = [
        { at: '/rpkg/in', from: at('input'), writable: false },
        { at: '/rpkg/out', from: at('output'), writable: true },
    ];
    return {
        person,
        folder,
        input: at('input'),
        output: at('output'),
        canary: at('canary'),
        binds: [...host.binds, ...own],
        links: host.links,
    };
}

export function endWorld({ folder }: World): void {
    rmSync(folder, { recursive: true, force: true });
}

function giveTo(path: string, id: number): void {
    lchownSync(path, id, id);
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) giveTo(join(path, name), id);
}

/** Names, modes, link targets and bytes. */
export function hashFolder(folder: string): string {
    const hash = createHash('sha256');
    const add = (path: string): void => {
        const stats = lstatSync(path);
        hash.update(`${path}\0${stats.mode}\0${stats.isFile() || stats.isSymbolicLink() ? stats.size : 0}\0`);
        if (stats.isSymbolicLink()) hash.update(readlinkSync(path));
        else if (stats.isFile()) hash.update(readFileSync(path));
        else if (stats.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    };
    add(folder);
    return hash.digest('hex');
}

/** What is run in a world; everything not said is usual. */
export interface Request extends Partial<Omit<SandboxSpec, 'argv'>> {
    readonly argv: readonly string[];
    readonly cancelAfterMs?: number;
    readonly terminal?: boolean;
    /** Length of one more argument, too long for the driver's own command line. */
    readonly longWord?: number;
    /** What the starter of the sandbox may not do; see starter.py. */
    readonly restriction?: 'no namespaces' | 'half of /proc';
}

/** What the driver is told. */
export interface Job {
    readonly tier: Tier;
    readonly spec: SandboxSpec;
    readonly terminal: boolean;
    readonly longWord: number;
    readonly cancelAfterMs?: number;
    /** Where to write an `Outcome`. */
    readonly outcome: string;
}

export interface Outcome {
    readonly result: Result<Exit, Failure>;
    readonly stdout: string;
    readonly stderr: string;
    readonly elapsedMs: number;
    /** Of the process that opened the sandbox, afterwards. */
    readonly umask: number;
}

export const secrets = {
    environment: 'SECRET-ENVIRONMENT',
    argument: 'SECRET-ARGUMENT',
    folder: 'SECRET-CWD',
} as const;

/** How to start a process that runs the request: as the world's person, with secrets and open descriptors around it. */
export function driverCall(world: World, tier: Tier, request: Request): ProgramCall & { readonly outcome: string } {
    const { cancelAfterMs, terminal = false, longWord = 0, restriction = null, ...spec } = request;
    const outcome = join(world.folder, `outcome-${randomUUID()}`);
    const whole: SandboxSpec = {
        env: {},
        cwd: '/rpkg/out',
        binds: world.binds,
        links: world.links,
        limits: { timeoutMs: 30_000 },
        ...spec,
    };
    const job: Job = {
        tier,
        spec: whole,
        terminal,
        longWord,
        outcome,
        ...(cancelAfterMs === undefined ? {} : { cancelAfterMs }),
    };
    const settings = { user: world.person.id, canary: world.canary, terminal, restriction };
    const own = [
        process.execPath,
        fileURLToPath(new URL('./driver.ts', import.meta.url)),
        JSON.stringify(job),
        secrets.argument,
    ];
    return {
        program: '/usr/bin/python3',
        args: ['-I', join(import.meta.dirname, 'starter.py'), JSON.stringify(settings), ...own],
        cwd: join(world.folder, secrets.folder),
        environment: {
            RPKG_TEST_SECRET: secrets.environment,
            PATH: '/usr/bin:/bin',
            // Otherwise most of a test would be node reading our sources.
            NODE_COMPILE_CACHE: join(world.folder, 'compiled'),
        },
        timeoutMs: 90_000,
        outcome,
    };
}

/** Runs a command in a sandbox that another process opens, and waits for its end. */
export async function runIn(world: World, tier: Tier, request: Request): Promise<Outcome> {
    const call = driverCall(world, tier, request);
    const ended = await runProgram(call);
    if (ended.exitCode !== 0)
        throw new Error(`the driver failed: ${ended.cause} ${ended.stdout.toString()} ${ended.stderr}`);
    return JSON.parse(readFileSync(call.outcome, 'utf8')) as Outcome;
}

export function script(text: string): readonly string[] {
    return ['/bin/sh', '-eu', '-c', text];
}
