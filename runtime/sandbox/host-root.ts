// What a command finds in the `host` environment: the machine's own programs and libraries, read-only, and an /etc that
// says the same on every machine, except for where libraries are and which alternatives are chosen.
import {
    chmodSync,
    copyFileSync,
    lstatSync,
    lutimesSync,
    mkdirSync,
    readdirSync,
    readlinkSync,
    symlinkSync,
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

/** Fills `directory`, which must not exist yet, with what /etc is inside. Once is enough for many commands: it is bound read-only. */
export function prepareEtc(directory: string): Result<void, Failure> {
    try {
        mkdirSync(directory, { mode: 0o755 });
        for (const name of etcFromHost) copyEntry(join('/etc', name), join(directory, name));
        for (const [name, text] of Object.entries(etcFiles))
            writeFileSync(join(directory, name), text, { mode: 0o644 });
        settle(directory);
        return success(undefined);
    } catch (error) {
        const { code = 'unknown', path = directory } = error as NodeJS.ErrnoException;
        return failure({ kind: 'system', code, operation: 'prepare /etc for the sandbox', path });
    }
}

/** What the dynamic linker and Debian's links in /usr/bin need. */
export const etcFromHost: readonly string[] = ['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives'];

/** Directories, files and links; nothing else, and nothing that is not there. */
function copyEntry(from: string, to: string): void {
    const stats = lstatSync(from, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) symlinkSync(readlinkSync(from), to);
    else if (stats?.isFile() === true) copyFileSync(from, to);
    else if (stats?.isDirectory() === true) {
        mkdirSync(to);
        for (const name of readdirSync(from)) copyEntry(join(from, name), join(to, name));
    }
}

/** Fixed modes and times, whatever the host's files and this process' umask are. */
function settle(path: string): void {
    const stats = lstatSync(path);
    if (stats.isDirectory()) for (const name of readdirSync(path)) settle(join(path, name));
    if (!stats.isSymbolicLink()) chmodSync(path, stats.isDirectory() ? 0o755 : 0o644);
    lutimesSync(path, fixedMtimeSeconds, fixedMtimeSeconds);
}
