// A tree without some of its paths. Its digest needs the structure of the whole, so the object is read once; its folder is
// made of new directories and of further names for the object's files.
import { refuse } from './guard.ts';
import { type Folders, linkOrCopy } from './compose-tree.ts';
import { type Stage, stageDirectory } from './stage.ts';
import { emptyDirectory, type Tree } from './tree.ts';
import { findBadLink } from './tree-links.ts';

/** The tree without the paths; those that are not in it are ignored. Shares what is not on the way to one. */
export function treeWithout(what: string, tree: Tree, paths: readonly string[]): Tree {
    const left = paths.reduce((rest, path) => withoutPath(rest, path.split('/')), tree);
    const bad = findBadLink(left);
    if (bad !== undefined) refuse({ kind: 'bad-tree', what, entry: bad.path, ...bad.problem });
    return left;
}

function withoutPath(tree: Tree, [name = '', ...rest]: readonly string[]): Tree {
    const node = tree.entries.get(name);
    if (node === undefined) return tree;
    const changed: Tree = emptyDirectory();
    for (const [each, child] of tree.entries) if (each !== name) changed.entries.set(each, child);
    if (rest.length === 0) return changed;
    // A path through a link names nothing.
    if (node.kind !== 'directory') return tree;
    changed.entries.set(name, withoutPath(node, rest));
    return changed;
}

/** Writes a part of an object into the stage. */
export async function linkPartIntoStage(stage: Stage, part: Tree, object: string, folders: Folders): Promise<void> {
    const pending: { readonly prefix: string; readonly directory: Tree }[] = [{ prefix: '', directory: part }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        for (const [name, node] of next.directory.entries) {
            const path = next.prefix + name;
            if (node.kind === 'directory') {
                stageDirectory(stage, path);
                pending.push({ prefix: `${path}/`, directory: node });
            } else {
                linkOrCopy(stage, path, `${object}/${path}`, folders);
            }
            if (stage.pace.due()) await stage.pace.rest();
        }
    }
}
