// A tree that is being written in the store's temporary folder, not yet visible. Every producer of objects writes
// through these calls, so that all objects look alike: modes, times, and nothing that is not synced.
import * as fs from 'node:fs';
import { fixedMtimeSeconds } from '../../compiler/plan/sandbox.ts';
import { type OpenFile, writeAllSync } from './content.ts';
import { FileSyncs, type SyncRounds } from './durable.ts';
import { onFile } from './guard.ts';
import { Pace } from './pace.ts';

export const fileMode = 0o444;
export const executableMode = 0o555;
export const directoryMode = 0o555;

/** While it is written only its owner may enter it; publishing makes it a directory like all others. */
export const stagedRootMode = 0o700;

const newFile = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL | fs.constants.O_NOFOLLOW;

export interface Stage {
    readonly root: string;
    /** Relative paths, parents first. */
    readonly directories: string[];
    readonly syncs: FileSyncs;
    readonly pace: Pace;
}

/** Begins a tree in a directory that exists and is empty. */
export function openStage(root: string): Stage {
    return { root, directories: [], syncs: new FileSyncs(), pace: new Pace() };
}

export function stageDirectory(stage: Stage, path: string): void {
    fs.mkdirSync(`${stage.root}/${path}`, stagedRootMode);
    stage.directories.push(path);
}

export function stageLink(stage: Stage, path: string, target: string): void {
    const absolute = `${stage.root}/${path}`;
    fs.symlinkSync(target, absolute);
    fs.lutimesSync(absolute, fixedMtimeSeconds, fixedMtimeSeconds);
}

/** A new file to write to; it must be given to `finishFile`. */
export function createFile(stage: Stage, path: string): OpenFile {
    const absolute = `${stage.root}/${path}`;
    return { descriptor: fs.openSync(absolute, newFile, 0o600), path: absolute };
}

/** Sets mode and time; the file is closed and synced with the rest. */
export function finishFile(stage: Stage, file: OpenFile, executable: boolean): void {
    try {
        onFile(file.path, () => {
            fs.fchmodSync(file.descriptor, executable ? executableMode : fileMode);
            fs.futimesSync(file.descriptor, fixedMtimeSeconds, fixedMtimeSeconds);
        });
    } catch (error) {
        fs.closeSync(file.descriptor);
        throw error;
    }
    stage.syncs.add(file);
}

export function stageBytes(stage: Stage, path: string, bytes: Uint8Array, executable: boolean): void {
    const file = createFile(stage, path);
    try {
        writeAllSync(file, bytes);
    } catch (error) {
        fs.closeSync(file.descriptor);
        throw error;
    }
    finishFile(stage, file, executable);
}

/** Takes over a file that rpkg itself wrote on this file system and nobody else has open. */
export function stageOwnFile(stage: Stage, path: string, own: string, executable: boolean): void {
    const absolute = `${stage.root}/${path}`;
    fs.renameSync(own, absolute);
    const descriptor = fs.openSync(absolute, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    finishFile(stage, { descriptor, path: absolute }, executable);
}

/** One more name for a file or link of an object. Objects never change, so their inodes can be shared. */
export function stageHardLink(stage: Stage, path: string, existing: string): void {
    fs.linkSync(existing, `${stage.root}/${path}`);
}

/** Waits until all of the tree is on the disk and looks as an object does, but for the mode of its root. */
export async function sealStage(stage: Stage, rounds: SyncRounds): Promise<void> {
    const directories = stage.directories.map((path) => `${stage.root}/${path}`).reverse();
    for (const path of directories) {
        fs.utimesSync(path, fixedMtimeSeconds, fixedMtimeSeconds);
        fs.chmodSync(path, directoryMode);
        if (stage.pace.due()) await stage.pace.rest();
    }
    fs.utimesSync(stage.root, fixedMtimeSeconds, fixedMtimeSeconds);
    await rounds.sync([...directories, stage.root], stage.syncs);
}
