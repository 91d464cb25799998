// The tree of a commit, as the store writes it. Submodules stay what a plain checkout makes of them: empty directories.
import { isUtf8 } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../store/guard.ts';
import { Pace } from '../store/pace.ts';
import { contentDigest, emptyDirectory, type LinkNode } from '../store/tree.ts';
import { findBadLink } from '../store/tree-links.ts';
import { printable, type TreeProblem, targetProblem } from '../store/tree-rules.ts';
import { type FileSource, type PendingFile, type PendingTree, place } from '../store/write-tree.ts';
import { type GitEntry, listCommit, readObjects } from './git-objects.ts';
import type { Git } from './git-program.ts';

/** Small trees never touch the disk twice; of large ones only this much is held in memory. */
const memoryBytes = 16 << 20;

/** Reads all of the commit. Contents that memory should not hold wait in `folder`. */
export async function treeOfCommit(git: Git, commit: string, folder: string, what: string): Promise<PendingTree> {
    const entries = await listCommit(git, commit, what);
    const tree: PendingTree = emptyDirectory();
    const withContent = entries.filter(({ kind }) => kind !== 'submodule');
    for (const { path, kind } of entries) {
        if (kind === 'submodule') place<Leaf | PendingTree>(what, tree, path, emptyDirectory());
    }
    const pace = new Pace();
    let held = 0;
    let next = 0;
    for await (const bytes of readObjects(
        git,
        withContent.map(({ object }) => object),
        what,
    )) {
        const entry = withContent[next++];
        if (entry === undefined) break;
        held += bytes.length;
        const overflow = held <= memoryBytes ? undefined : join(folder, String(next));
        place<Leaf>(what, tree, entry.path, leafOf(entry, bytes, overflow, what));
        if (pace.due()) await pace.rest();
    }
    const bad = findBadLink(tree);
    if (bad !== undefined) refuseEntry(what, bad.path, bad.problem);
    return tree;
}

type Leaf = PendingFile | LinkNode;

/** Content goes to the file `overflow` when there is one. */
function leafOf(entry: GitEntry, bytes: Buffer, overflow: string | undefined, what: string): Leaf {
    if (entry.kind === 'link') {
        const target = bytes.toString();
        const problem = isUtf8(bytes) ? targetProblem(target) : notUtf8;
        if (problem !== undefined) refuseEntry(what, entry.path, problem);
        return { kind: 'link', target };
    }
    if (overflow !== undefined) writeFileSync(overflow, bytes, { flag: 'wx', mode: 0o600 });
    const source: FileSource =
        overflow === undefined ? { kind: 'bytes', bytes: Buffer.from(bytes) } : { kind: 'own-file', path: overflow };
    return { kind: 'file', digest: contentDigest(bytes), executable: entry.kind === 'program', source };
}

const notUtf8: TreeProblem = { rule: 'name', detail: 'a link target that is not UTF-8' };

function refuseEntry(what: string, entry: string, problem: TreeProblem): never {
    refuse({
        kind: 'bad-tree',
        what,
        rule: problem.rule,
        entry: printable(entry),
        detail: printable(problem.detail),
    });
}
