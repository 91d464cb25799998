// Brings a folder from outside into the store: an action's output or a user's sources. Every byte is copied into a
// new inode while it is hashed; an inode that somebody else may still hold open never becomes part of an object.
import { hasCode, refuse } from './guard.ts';
import { type ReadRules, readTree, type TreeSink } from './read-tree.ts';
import { createFile, finishFile, type Stage, stageDirectory, stageLink } from './stage.ts';
import type { Tree } from './tree.ts';

/** Copies the folder into the stage and gives it as a tree. */
export async function copyIntoStage(stage: Stage, folder: string, rules: ReadRules): Promise<Tree> {
    const sink: TreeSink = {
        directory: (path) => stageDirectory(stage, path),
        link: (path, target) => stageLink(stage, path, target),
        open: (path, executable) => {
            const file = createFile(stage, path);
            return { file, close: () => finishFile(stage, file, executable) };
        },
    };
    return await readFolder(folder, sink, rules);
}

/** As `readTree`; paths that are too long for the machine are refused like those that the rules forbid. */
export async function readFolder(folder: string, sink: TreeSink, rules: ReadRules): Promise<Tree> {
    try {
        return await readTree(folder, sink, rules);
    } catch (error) {
        if (!hasCode(error, 'ENAMETOOLONG')) throw error;
        const detail = 'a path that is too long for this machine';
        return refuse({ kind: 'bad-tree', what: rules.what, rule: 'limit', entry: '', detail });
    }
}
