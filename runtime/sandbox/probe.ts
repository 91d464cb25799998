// What this machine lets a sandbox do, found by trying. For people: the executor never asks, it just runs.
import { accessSync, closeSync, constants, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../failure.ts';
import { findProgram } from '../host/programs.ts';
import { runProgram } from '../host/run-program.ts';
import { anonymousFile } from './anonymous-file.ts';
import { hostRoot, prepareEtc } from './host-root.ts';
import { type Tier, openSandbox, usualFolders } from './sandbox.ts';
import { filterArchitecture } from './seccomp.ts';
import { remedyFor } from './unavailable.ts';

export interface Capability {
    readonly name: string;
    readonly ok: boolean;
    /** Whether the default tier cannot do without it. */
    readonly needed: boolean;
    /** What was found. */
    readonly detail: string;
    /** What to do; empty when it is there, or when nothing needs to be done. */
    readonly remedy: string;
}

/** Tries everything, one after the other. `folders` are those that `openSandbox` is given. */
export async function probeSandbox(folders: readonly string[] = usualFolders): Promise<readonly Capability[]> {
    const tools: Tools = { find: (name) => findProgram(name, folders), folders };
    const found: Capability[] = [];
    for (const { name, needed, look } of probes) found.push({ name, needed, ...(await look(tools)) });
    return found;
}

interface Tools {
    readonly find: (name: string) => string | undefined;
    readonly folders: readonly string[];
}

type Finding = Omit<Capability, 'name' | 'needed'>;

interface Probe {
    readonly name: string;
    readonly needed: boolean;
    readonly look: (tools: Tools) => Finding | Promise<Finding>;
}

const probes: readonly Probe[] = [
    { name: 'user namespaces', needed: true, look: namespaces },
    { name: 'own /proc', needed: true, look: ownProc },
    { name: 'bubblewrap', needed: true, look: bubblewrap },
    { name: 'tier bwrap', needed: true, look: (tools) => tier(tools, 'bwrap') },
    { name: 'system call filter', needed: true, look: filter },
    { name: 'tier unshare', needed: false, look: (tools) => tier(tools, 'unshare') },
    { name: 'overlay', needed: false, look: overlay },
    { name: 'cgroups', needed: false, look: cgroups },
    { name: 'ordinary user', needed: false, look: ordinaryUser },
];

async function namespaces(tools: Tools): Promise<Finding> {
    return finding(await tryUnshare(tools, ['/bin/true']), 'can be created');
}

async function ownProc(tools: Tools): Promise<Finding> {
    return finding(await tryUnshare(tools, ['--pid', '--fork', '--mount-proc', '/bin/true']), 'can be mounted');
}

async function overlay(tools: Tools): Promise<Finding> {
    const script = 'mount -t tmpfs none /sys && cd /sys && mkdir a b && mount -t overlay -o lowerdir=a:b none a';
    const tried = await tryUnshare(tools, ['--mount', '/bin/sh', '-c', script]);
    return { ...finding(tried, 'can be mounted in a user namespace'), remedy: '' };
}

const leastBubblewrap = [0, 8];
/** The first that makes mount points without following links. */
const firmBubblewrap = [0, 12];

async function bubblewrap(tools: Tools): Promise<Finding> {
    const path = tools.find('bwrap');
    if (path === undefined) return { ok: false, detail: 'not installed', remedy: 'apt install bubblewrap' };
    const said = await run(path, ['--version']);
    const version = /(\d+)\.(\d+)/.exec(said.text)?.slice(1).map(Number) ?? [0, 0];
    const detail = `${path}, version ${version.join('.')}`;
    if ((statSync(path).mode & 0o6000) !== 0)
        return { ok: false, detail: `${detail}, set-user-ID`, remedy: `chmod u-s ${path}` };
    if (isBefore(version, leastBubblewrap)) return { ok: false, detail, remedy: 'install bubblewrap 0.8 or newer' };
    const followsLinks = ', follows links when it makes mount points (CVE-2026-87766), which rpkg never gives it';
    return { ok: true, detail: isBefore(version, firmBubblewrap) ? detail + followsLinks : detail, remedy: '' };
}

function isBefore(
    [major = 0, minor = 0]: readonly number[],
    [otherMajor = 0, otherMinor = 0]: readonly number[],
): boolean {
    return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

async function tier(tools: Tools, name: Tier): Promise<Finding> {
    return finding(await tryTier(tools, name, ['/bin/true']), 'runs a command');
}

async function filter(tools: Tools): Promise<Finding> {
    const architecture = filterArchitecture(process.arch);
    if (architecture === undefined) return { ok: false, detail: `there is none for ${process.arch}`, remedy: '' };
    const tried = await tryTier(tools, 'bwrap', ['/bin/grep', '-x', 'Seccomp:.2', '/proc/self/status']);
    return finding(tried, `active, for ${architecture}`);
}

function cgroups(): Finding {
    try {
        const controllers = readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').trim();
        return { ok: controllers !== '', detail: `version 2: ${controllers || 'no controllers'}`, remedy: '' };
    } catch {
        const kinds = ['memory', 'pids'].filter((kind) => mayWrite(join('/sys/fs/cgroup', kind)));
        return { ok: kinds.length > 0, detail: `version 1, writable: ${kinds.join(' ') || 'none'}`, remedy: '' };
    }
}

function ordinaryUser(): Finding {
    if (process.getuid?.() !== 0) return { ok: true, detail: 'yes', remedy: '' };
    const detail = 'no: commands can read what only root may read below /usr';
    return { ok: false, detail, remedy: 'run rpkg as an ordinary user' };
}

interface Tried {
    readonly ok: boolean;
    readonly text: string;
    readonly remedy: string;
}

function finding({ ok, text, remedy }: Tried, good: string): Finding {
    return { ok, detail: ok ? good : text, remedy: ok ? '' : remedy };
}

async function tryUnshare(tools: Tools, words: readonly string[]): Promise<Tried> {
    const unshare = tools.find('unshare');
    if (unshare === undefined) return { ok: false, text: 'unshare is not installed', remedy: 'apt install util-linux' };
    return await run(unshare, ['--user', '--map-root-user', ...words]);
}

async function run(program: string, args: readonly string[]): Promise<Tried> {
    const ended = await runProgram({
        program,
        args,
        cwd: '/',
        environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
        timeoutMs: trialMs,
    });
    const text = (ended.stdout.toString() + ended.stderr).trim() || ended.cause;
    return { ok: ended.exitCode === 0, text, remedy: remedyFor(text) };
}

const trialMs = 10_000;

async function tryTier(tools: Tools, name: Tier, argv: readonly string[]): Promise<Tried> {
    const sandbox = await openSandbox(name, tools.folders);
    if (!sandbox.ok) return refused(sandbox.failure);
    const folder = mkdtempSync(join(tmpdir(), 'rpkg-doctor-'));
    const output = anonymousFile('');
    try {
        const etc = await prepareEtc(join(folder, 'etc'));
        if (!etc.ok) return refused(etc.failure);
        const spec = { argv, env: {}, cwd: '/tmp', ...hostRoot(join(folder, 'etc')), limits: { timeoutMs: trialMs } };
        const exit = await sandbox.value.run(spec, { stdout: output, stderr: output, terminal: false });
        if (!exit.ok) return refused(exit.failure);
        return {
            ok: exit.value.kind === 'exit' && exit.value.code === 0,
            text: JSON.stringify(exit.value),
            remedy: '',
        };
    } finally {
        closeSync(output);
        rmSync(folder, { recursive: true });
    }
}

function refused(problem: Failure): Tried {
    if (problem.kind !== 'sandbox-unavailable') return { ok: false, text: JSON.stringify(problem), remedy: '' };
    return { ok: false, text: problem.cause, remedy: problem.remedy };
}

function mayWrite(path: string): boolean {
    try {
        accessSync(path, constants.W_OK);
        return true;
    } catch {
        return false;
    }
}
