// Packages → a root file system with all of them configured. What dpkg and the maintainer scripts do happens in a sandbox
// that sees the packages and the new root, and of the host only its /usr, to unpack the first packages with.
import {
    closeSync,
    copyFileSync,
    linkSync,
    lstatSync,
    mkdirSync,
    openSync,
    readdirSync,
    readFileSync,
    rmdirSync,
    unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Hash } from '../../compiler/plan/digest.ts';
import type { DebianPackage } from '../../compiler/plan/plan.ts';
import type { FetchContext } from '../fetch/context.ts';
import { demand } from '../host/demand.ts';
import { missingTool } from '../host/missing-tool.ts';
import { findProgram, sandboxFolders, userFolders } from '../host/programs.ts';
import { keptHostRoot } from '../sandbox/kept-etc.ts';
import { type Installer, openInstaller } from '../sandbox/installer.ts';
import { usualFolders } from '../sandbox/sandbox.ts';
import type { Bind, Link } from '../sandbox/spec.ts';
import { refuse } from '../store/guard.ts';
import type { Store } from '../store/store.ts';
import { cleanScript, configureScript, foreignLibraries, unpackScript } from './install-scripts.ts';
import { rootPlaces } from './root-places.ts';

/** Fills `folder`, an empty one on the store's file system. All packages are blobs of the store. Throws refusals. */
export async function installPackages(
    packages: readonly DebianPackage[],
    folder: string,
    context: FetchContext,
): Promise<string> {
    for (const tool of ['dpkg-deb', 'tar']) {
        if (findProgram(tool, sandboxFolders) === undefined) refuse(missingTool(tool, 'unpacking the first packages'));
    }
    const installer = demand(openInstaller([...usualFolders, ...userFolders(context.environment)]));
    const root = join(folder, 'root');
    const files = join(folder, 'packages');
    mkdirSync(root, { mode: 0o700 });
    mkdirSync(files);
    for (const [index, one] of packages.entries()) {
        shareFile(context.store.blobPath(one.hash as Hash), join(files, fileName(index)));
    }
    const named = packages.map((one, index) => ({ ...one, file: fileName(index) }));
    const essential = named.filter((one) => one.essential === true).map(({ file }) => file);
    const others = named.filter((one) => one.essential !== true).map(({ file }) => file);
    const run: Running = { installer, folder, files, context };
    const host = demand(await keptHostRoot(context.store));
    const work = { at: '/rpkg/root', from: root, writable: true };
    await runScript(run, unpackScript(essential), [...host.binds, work], host.links);
    await runInRoot(run, root, configureScript(essential, others));
    await runInRoot(run, root, cleanScript);
    for (const name of foreignLibraries) removeUnused(root, name);
    return root;
}

/** The folder and its link, when no package brought anything for it. */
function removeUnused(root: string, name: string): void {
    const folder = join(root, 'usr', name);
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true || readdirSync(folder).length > 0) return;
    rmdirSync(folder);
    unlinkSync(join(root, name));
}

/** Blobs may not be shared with what could write to them; a read-only bind cannot. */
function shareFile(from: string, to: string): void {
    try {
        linkSync(from, to);
    } catch {
        copyFileSync(from, to);
    }
}

function fileName(index: number): string {
    return `${String(index).padStart(5, '0')}.deb`;
}

interface Running {
    readonly installer: Installer;
    readonly folder: string;
    readonly files: string;
    readonly context: FetchContext;
}

async function runInRoot(run: Running, root: string, script: string): Promise<void> {
    const { binds, links } = rootPlaces(root, { writable: true });
    await runScript(run, script, binds, links);
}

async function runScript(
    { installer, folder, files, context }: Running,
    script: string,
    binds: readonly Bind[],
    links: readonly Link[],
): Promise<void> {
    const log = join(folder, 'log');
    const output = openSync(log, 'a', 0o600);
    try {
        const spec = {
            argv: ['/bin/sh', '-eu', '-c', script],
            env: installEnvironment,
            cwd: '/rpkg/packages',
            binds: [...binds, { at: '/rpkg/packages', from: files, writable: false }],
            links,
            limits: { timeoutMs: 3_600_000, outputBytes: 256 * 2 ** 20 },
        };
        const { signal } = context;
        const io = { stdout: output, stderr: output, terminal: false, ...(signal === undefined ? {} : { signal }) };
        const exit = demand(await installer.run(spec, io));
        if (exit.kind === 'exit' && exit.code === 0) return;
        if (exit.kind === 'cancelled') refuse({ kind: 'interrupted', signal: String(signal?.reason) });
        refuse({ kind: 'packages', problem: 'install', what: lastWords(log), detail: keptLog(log, context.store) });
    } finally {
        closeSync(output);
    }
}

/** Nothing here may differ from one machine or day to the next. */
const installEnvironment = {
    DEBCONF_NONINTERACTIVE_SEEN: 'true',
    DEBIAN_FRONTEND: 'noninteractive',
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    SOURCE_DATE_EPOCH: '1',
    SYSTEMD_OFFLINE: '1',
    TZ: 'UTC',
};

/** What dpkg said in the end; the whole log is kept. */
function lastWords(log: string): string {
    const lines = readFileSync(log, 'utf8').split('\n');
    const said = lines.filter((line) =>
        /^(?:dpkg: error|dpkg-deb: error|tar: |bwrap: |E: | installed | new )/.test(line),
    );
    return (said.length > 0 ? said : lines.filter((line) => line.trim() !== '')).slice(-2).join('; ').slice(0, 500);
}

function keptLog(log: string, store: Store): string {
    const kept = join(store.root, 'failed', 'environment.log');
    mkdirSync(join(store.root, 'failed'), { recursive: true });
    copyFileSync(log, kept);
    return kept;
}
