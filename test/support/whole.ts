// The installed rpkg as a user meets it: real processes with an environment of their own, a folder to work in, a store.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, inject } from 'vitest';
import { freshFolder } from './fresh-folder.ts';

const problem = inject('installationProblem');
if (problem !== '') throw new Error(problem);
export const installation = inject('installation');
export const rpkgProgram = `${installation}/bin/rpkg`;
export const helloRecipe = `${installation}/examples/hello/hello.rpkg`;

/** What every recipe may use, and the Rust toolchain itself rather than rustup's proxy, which would look into HOME. */
export const toolchain = sysroot();
export const systemPath = '/usr/bin:/bin:/usr/sbin:/sbin';
const usualPath = `${toolchain}/bin:${systemPath}`;

export interface Place {
    /** Where commands run unless they say otherwise. */
    readonly folder: string;
    readonly store: string;
    readonly env: Readonly<Record<string, string>>;
}

/** A fresh folder with an empty store and home; it goes away with the test. */
export function freshPlace(): Place {
    return placeIn(freshFolder());
}

/** The same in a folder that the caller looks after. */
export function placeIn(root: string): Place {
    const folder = `${root}/work`;
    const store = `${root}/store`;
    const home = `${root}/home`;
    for (const each of [folder, home]) fs.mkdirSync(each);
    return { folder, store, env: { PATH: usualPath, HOME: home, RPKG_STORE: store, LC_ALL: 'C.UTF-8' } };
}

/** Writes files below the place's folder. */
export function write(place: Place, files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
        const file = path.join(place.folder, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, text);
    }
}

/** A copy of the example's folder below the place's folder. */
export function copyHello(place: Place, name = 'hello'): string {
    const folder = `${place.folder}/${name}`;
    fs.cpSync(path.dirname(helloRecipe), folder, { recursive: true });
    return `${folder}/hello.rpkg`;
}

export interface Ran {
    /** The exit status, or the signal that ended it. */
    readonly exit: number | NodeJS.Signals;
    readonly out: string;
    readonly err: string;
}

export interface RunOptions {
    readonly cwd?: string;
    /** Added to the place's environment; undefined takes a variable away. */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** A program with arguments that starts rpkg: `unshare`, `setpriv`, `sh -c`. */
    readonly through?: readonly string[];
    /** Leads a process group of its own. */
    readonly group?: boolean;
}

export interface Started {
    readonly child: ChildProcess;
    readonly pid: number;
    readonly ended: Promise<Ran>;
}

export function startRpkg(place: Place, args: readonly string[], options: RunOptions = {}): Started {
    return start(place, [...(options.through ?? []), rpkgProgram, ...args], options);
}

/** Runs rpkg to its end. */
export async function rpkg(place: Place, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return await startRpkg(place, args, options).ended;
}

/** Runs any program in the place. */
export async function run(place: Place, argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return await start(place, argv, options).ended;
}

function start(place: Place, [program = '', ...args]: readonly string[], options: RunOptions): Started {
    const child = spawn(program, args, {
        cwd: options.cwd ?? place.folder,
        env: { ...place.env, ...options.env },
        detached: options.group === true,
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => err.push(part));
    const ended = new Promise<Ran>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code, signal) => {
            resolve({
                exit: code ?? signal ?? 0,
                out: Buffer.concat(out).toString(),
                err: Buffer.concat(err).toString(),
            });
        });
    });
    // Whoever only wants to kill it does not wait for the end.
    ended.catch(() => undefined);
    return { child, pid: child.pid ?? 0, ended };
}

/** Runs rpkg, which must succeed; gives what it answered. */
export async function answer(place: Place, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const ran = await rpkg(place, args, options);
    if (ran.exit !== 0) throw new Error(`rpkg ${args.join(' ')} ended with ${ran.exit}\n${ran.out}${ran.err}`);
    return ran.out;
}

export interface Built {
    readonly execution: string;
    readonly outputs: readonly { readonly name: string; readonly digest: string; readonly path: string }[];
}

/** Builds, and gives the digest and the path of the only output. */
export async function buildOne(
    place: Place,
    args: readonly string[],
    options: RunOptions = {},
): Promise<{ readonly digest: string; readonly path: string; readonly execution: string }> {
    const built = JSON.parse(await answer(place, ['build', '--json', ...args], options)) as Built;
    expect(built.outputs).toHaveLength(1);
    const [{ digest, path: at } = { digest: '', path: '' }] = built.outputs;
    return { digest, path: at, execution: built.execution };
}

/** Takes away what lets a build with nothing to do end early; results of actions stay. */
export function forgetAnswers(place: Place): void {
    fs.rmSync(`${place.store}/builds`, { recursive: true, force: true });
}

/** The store holds what its names say, and nothing of a process that is gone. */
export async function expectCleanStore(place: Place, options: RunOptions = {}): Promise<void> {
    const verified = await rpkg(place, ['store', 'verify'], options);
    expect(verified).toEqual({ exit: 0, out: 'every object is what its name says\n', err: '' });
}

/** The text with what differs from run to run replaced by words. */
export function plain(text: string, place: Place): string {
    return text
        .replaceAll(path.dirname(place.folder), 'PLACE')
        .replaceAll(installation, 'INSTALLATION')
        .replaceAll(/sha256:[0-9a-f]{64}\/\d+/g, 'TREE')
        .replaceAll(/[0-9a-f]{64}-\d+/g, 'OBJECT')
        .replaceAll(/sha256:[0-9a-f]{64}/g, 'HASH')
        .replaceAll(/\d{8}T\d{6}\.\d{3}-\d+/g, 'RUN')
        .replaceAll(/\b\d+\.\d s\b/g, 'TIME')
        .replaceAll(/sandbox (bwrap|unshare) \(.*?\)( with[a-z0-9_ ]*)?\)?$/gm, 'sandbox $1');
}

/** Processes whose command line holds the text. */
export function processesWith(text: string): readonly string[] {
    return processes((pid) => procText(pid, 'cmdline').includes(text));
}

/** Processes that work in the place, or see a part of it in their sandbox. */
export function processesOf(place: Place): readonly string[] {
    const root = path.dirname(place.folder);
    return processes((pid) => ['cmdline', 'mountinfo', 'environ'].some((file) => procText(pid, file).includes(root)));
}

function processes(matches: (pid: string) => boolean): readonly string[] {
    return fs
        .readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name) && matches(name))
        .map((pid) => `${pid} ${procText(pid, 'cmdline').replaceAll('\0', ' ')}`);
}

function procText(pid: string, file: string): string {
    try {
        return fs.readFileSync(`/proc/${pid}/${file}`, 'latin1');
    } catch {
        // It has ended meanwhile, or is not ours to look at.
        return '';
    }
}

/** Waits until the condition holds; throws after a while. */
export async function until(holds: () => boolean, what: string, patienceMs = 20_000): Promise<void> {
    const end = Date.now() + patienceMs;
    while (!holds()) {
        if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}

function sysroot(): string {
    const asked = spawnSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8', cwd: '/' });
    if (asked.status !== 0) throw new Error(`the tests need rustc: ${asked.stderr}`);
    return asked.stdout.trim();
}
