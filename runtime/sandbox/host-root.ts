// What a command finds in the `host` environment: the machine's own programs and libraries, read-only, and an /etc that
// says the same on every machine, except for where libraries are and which alternatives are chosen.
import {
    chmodSync,
    copyFileSync,
    lstatSync,
    lutimesSync,
    mkdirSync,
    promises,
    readdirSync,
    readlinkSync,
    writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { etcFiles, fixedMtimeSeconds, hostDirectories } from '../../compiler/plan/sandbox.ts';
import type { Failure } from '../failure.ts';
import { type Result, failure, success } from '../result.ts';
import type { Bind, Link } from './spec.ts';

export interface HostRoot {
    readonly binds: readonly Bind[];
    readonly links: readonly Link[];
}

/** The host's directories as they are on this machine, and `etcDirectory` (made by `prepareEtc`) as /etc. */
export function hostRoot(etcDirectory: string): HostRoot {
    const binds: Bind[] = [{ at: '/etc', from: etcDirectory, writable: false }];
    const links: Link[] = [];
    for (const path of hostDirectories) {
        const stats = lstatSync(path, { throwIfNoEntry: false });
        if (stats?.isSymbolicLink() === true) links.push({ at: path, to: readlinkSync(path) });
        else if (stats?.isDirectory() === true) binds.push({ at: path, from: path, writable: false });
    }
    return { binds, links };
}

/**
 * Fills `directory`, which must not exist yet, with what /etc is inside. Once is enough for many commands: it is bound read-only.
 * Its some hundred links are made beside other work: there are file systems that are slow with it.
 */
export async function prepareEtc(directory: string): Promise<Result<void, Failure>> {
    try {
        mkdirSync(directory, { mode: 0o755 });
        const links: Promise<void>[] = [];
        for (const entry of entriesOfEtc(directory)) {
            if (entry.kind === 'link') links.push(makeLink(entry));
            else makeEntry(entry);
        }
        await Promise.all(links);
        settle(directory);
        return success(undefined);
    } catch (error) {
        const { code = 'unknown', path = directory } = error as NodeJS.ErrnoException;
        return failure({ kind: 'system', code, operation: 'prepare /etc for the sandbox', path });
    }
}

async function makeLink({ to, target }: EtcEntry & { kind: 'link' }): Promise<void> {
    await promises.symlink(target, to);
    await promises.lutimes(to, fixedMtimeSeconds, fixedMtimeSeconds);
}

/** What the dynamic linker and Debian's links in /usr/bin need. */
export const etcFromHost: readonly string[] = ['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives'];

/** Something to be made at `to`. */
type EtcEntry =
    | { readonly kind: 'directory'; readonly to: string }
    | { readonly kind: 'link'; readonly to: string; readonly target: string }
    | { readonly kind: 'copy'; readonly to: string; readonly from: string }
    | { readonly kind: 'file'; readonly to: string; readonly text: string };

/** What `directory` is to have in it, parents first. */
function* entriesOfEtc(directory: string): Generator<EtcEntry> {
    for (const name of etcFromHost) yield* entriesBelow(join('/etc', name), join(directory, name));
    for (const [name, text] of Object.entries(etcFiles)) yield { kind: 'file', to: join(directory, name), text };
}

/** Directories, files and links; nothing else, and nothing that is not there. */
function* entriesBelow(from: string, to: string): Generator<EtcEntry> {
    const stats = lstatSync(from, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) yield { kind: 'link', to, target: readlinkSync(from) };
    else if (stats?.isFile() === true) yield { kind: 'copy', to, from };
    else if (stats?.isDirectory() === true) {
        yield { kind: 'directory', to };
        for (const name of readdirSync(from)) yield* entriesBelow(join(from, name), join(to, name));
    }
}

function makeEntry(entry: Exclude<EtcEntry, { kind: 'link' }>): void {
    if (entry.kind === 'directory') mkdirSync(entry.to);
    else if (entry.kind === 'copy') copyFileSync(entry.from, entry.to);
    else writeFileSync(entry.to, entry.text, { mode: 0o644 });
}

/** Fixed modes and times, whatever the host's files and this process' umask are. Links have theirs already. */
function settle(path: string): void {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
        const below = join(path, entry.name);
        if (entry.isDirectory()) settle(below);
        else if (entry.isFile()) settleOne(below, 0o644);
    }
    settleOne(path, 0o755);
}

function settleOne(path: string, mode: number): void {
    chmodSync(path, mode);
    lutimesSync(path, fixedMtimeSeconds, fixedMtimeSeconds);
}
