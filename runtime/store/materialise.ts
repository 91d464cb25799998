// A private copy of an object that an action may write to. Nothing in it shares an inode with the store.
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { fixedMtimeSeconds } from '../../compiler/plan/sandbox.ts';
import { objectEntries } from './object-entries.ts';
import { Pace } from './pace.ts';

const copyFile = promisify(fs.copyFile);

/** Above this a copy is worth waiting for beside other work. */
const largeBytes = 1024 * 1024;

const copyFlags = fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE;

/** Copies the object into an empty directory, writable for its owner, with the times that every action sees. */
export async function copyObject(object: string, to: string): Promise<void> {
    const pace = new Pace();
    const directories = [to];
    for (const { kind, path } of objectEntries(object)) {
        const target = `${to}/${path}`;
        if (kind === 'directory') {
            fs.mkdirSync(target, 0o755);
            directories.push(target);
        } else if (kind === 'link') {
            fs.symlinkSync(fs.readlinkSync(`${object}/${path}`), target);
            fs.lutimesSync(target, fixedMtimeSeconds, fixedMtimeSeconds);
        } else {
            await copyOne(`${object}/${path}`, target);
        }
        if (pace.due()) await pace.rest();
    }
    for (const path of directories.reverse()) {
        fs.chmodSync(path, 0o755);
        fs.utimesSync(path, fixedMtimeSeconds, fixedMtimeSeconds);
    }
}

async function copyOne(from: string, to: string): Promise<void> {
    const { size, mode } = fs.lstatSync(from);
    if (size > largeBytes) await copyFile(from, to, copyFlags);
    else fs.copyFileSync(from, to, copyFlags);
    fs.chmodSync(to, (mode & 0o100) === 0 ? 0o644 : 0o755);
    fs.utimesSync(to, fixedMtimeSeconds, fixedMtimeSeconds);
}
