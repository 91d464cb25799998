// Makes a folder itself into an object, without copying what is in it. Only for a folder that rpkg made, on the store's
// file system, in which nobody can have anything open any more: the output of an action whose namespace is gone.
import * as fs from 'node:fs';
import { fixedMtimeSeconds } from '../../compiler/plan/sandbox.ts';
import { readFolder } from './import-tree.ts';
import type { ReadRules } from './read-tree.ts';
import { finishFile, openStage, type Stage, stagedRootMode, stageLink } from './stage.ts';
import type { Tree } from './tree.ts';

export interface OwnFolder {
    readonly tree: Tree;
    /** Gives everything the modes and times of an object. Undefined when the folder cannot be one, and must be copied. */
    readonly settle: () => Promise<Stage | undefined>;
}

/** Reads and checks the folder; what is changed before `settle` is only what could not be read otherwise. */
export async function readOwnFolder(root: string, rules: ReadRules): Promise<OwnFolder> {
    const directories: string[] = [];
    const links: { readonly path: string; readonly target: string }[] = [];
    const files: { readonly path: string; readonly executable: boolean }[] = [];
    const sink = {
        directory: (path: string) => void directories.push(path),
        link: (path: string, target: string) => void links.push({ path, target }),
        open: (path: string, executable: boolean) => {
            files.push({ path, executable });
            return undefined;
        },
    };
    const tree = await readFolder(root, sink, rules);
    const settle = async (): Promise<Stage | undefined> => {
        if (ignoresCase(root, tree)) return undefined;
        const stage = openStage(root);
        stage.directories.push(...directories);
        // A directory that may not be written to cannot be moved, nor can a link in it be replaced.
        for (const path of ['.', ...directories]) fs.chmodSync(`${root}/${path}`, stagedRootMode);
        for (const { path, target } of links) settleLink(stage, path, target);
        for (const { path, executable } of files) {
            finishFile(stage, openFile(`${root}/${path}`), executable);
            if (stage.pace.due()) await stage.pace.rest();
        }
        return stage;
    };
    return { tree, settle };
}

function openFile(path: string): { readonly descriptor: number; readonly path: string } {
    return { descriptor: fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW), path };
}

function settleLink(stage: Stage, path: string, target: string): void {
    const absolute = `${stage.root}/${path}`;
    if (fs.readlinkSync(absolute) === target) {
        fs.lutimesSync(absolute, fixedMtimeSeconds, fixedMtimeSeconds);
    } else {
        fs.unlinkSync(absolute);
        stageLink(stage, path, target);
    }
}

/** An empty directory can be told to take names without regard to case, on file systems that know that. */
function ignoresCase(path: string, { entries }: Tree): boolean {
    for (const [name, node] of entries) {
        if (node.kind === 'directory' && ignoresCase(`${path}/${name}`, node)) return true;
    }
    const other = [...entries.keys()].map(inOtherCase).find((name) => name !== undefined && !entries.has(name));
    return other !== undefined && fs.lstatSync(`${path}/${other}`, { throwIfNoEntry: false }) !== undefined;
}

/** Undefined for a name without letters. */
function inOtherCase(name: string): string | undefined {
    const upper = name.toUpperCase();
    const other = upper === name ? name.toLowerCase() : upper;
    return other === name || Buffer.byteLength(other) > 255 ? undefined : other;
}
