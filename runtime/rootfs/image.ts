// A root file system that somebody else made: a tar archive of it, or a container image in OCI's layout, as a folder or an
// archive of one. What is pinned is the archive's hash, or for a folder that of the image's manifest.
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Source } from '../../compiler/plan/plan.ts';
import { etcFiles } from '../../compiler/plan/sandbox.ts';
import type { Failure } from '../failure.ts';
import type { FetchContext } from '../fetch/context.ts';
import { download } from '../fetch/download.ts';
import { inScratch } from '../fetch/scratch.ts';
import { demand } from '../host/demand.ts';
import { failure, type Result, success } from '../result.ts';
import { hashFile } from '../store/blobs.ts';
import { guarded, refuse } from '../store/guard.ts';
import { contentDigest, emptyDirectory } from '../store/tree.ts';
import { findBadLink } from '../store/tree-links.ts';
import { type PendingTree } from '../store/write-tree.ts';
import { addLayer, nodeAt } from './layers.ts';
import { layersOf } from './oci-layers.ts';

type ImageSource = Source & { readonly type: 'image' };
type Wanted = Omit<ImageSource, 'tree' | 'type'>;

/** The pinned tree, from the store or out of the image. */
export async function fetchImage(source: ImageSource, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const pinned = source.tree as TreeDigest;
    if (context.store.hasObject(pinned)) return success(pinned);
    const actual = await unpackImage(source, context);
    if (!actual.ok || actual.value === source.tree) return actual;
    return failure({ kind: 'hash-mismatch', what: titleOf(source), expected: source.tree, actual: actual.value });
}

/** The tree that the image gives, for locking it. */
export async function unpackImage(wanted: Wanted, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const { store } = context;
    const what = titleOf(wanted);
    return await guarded(() =>
        inScratch(store, 'image', async (scratch) => {
            const tree = await readImage(wanted, scratch, what, context);
            settle(tree);
            const bad = findBadLink(tree);
            if (bad !== undefined) refuse({ kind: 'bad-tree', what, entry: bad.path, ...bad.problem });
            return demand(await store.writeTree(tree, what));
        }),
    );
}

function titleOf({ path, urls, hash }: Pick<Wanted, 'path' | 'urls' | 'hash'>): string {
    return path ?? urls[0] ?? hash;
}

async function readImage(wanted: Wanted, scratch: string, what: string, context: FetchContext): Promise<PendingTree> {
    const { path, urls, hash, architecture } = wanted;
    const place = path === undefined ? undefined : resolve(context.baseDir, path);
    const stats = place === undefined ? undefined : fs.statSync(place, { throwIfNoEntry: false });
    if (place !== undefined && stats === undefined)
        refuse({ kind: 'missing-path', what: 'root file system', path: place });
    const root: PendingTree = emptyDirectory();
    if (place !== undefined && stats?.isDirectory() === true) {
        const file = (name: string): string | undefined =>
            fs.existsSync(join(place, name)) ? join(place, name) : undefined;
        const layers = await layersOf({ what, architecture, file, manifest: hash });
        for (const layer of layers) await addLayer(root, layer, scratch, what);
        return root;
    }
    const archive = place ?? demand(await download({ urls, hash }, context));
    const actual = await hashFile(archive);
    if (actual !== hash) refuse({ kind: 'hash-mismatch', what, expected: hash, actual });
    await addLayer(root, archive, scratch, what);
    if (nodeAt(root, ['oci-layout']) === undefined) return root;
    const file = (name: string): string | undefined => {
        const node = nodeAt(root, name.split('/'));
        return node?.kind === 'file' && node.source.kind === 'own-file' ? node.source.path : undefined;
    };
    const image: PendingTree = emptyDirectory();
    for (const layer of await layersOf({ what, architecture, file, manifest: undefined })) {
        await addLayer(image, layer, scratch, what);
    }
    return image;
}

/** The sandbox has its own of these, and says itself who its users are. */
function settle(root: PendingTree): void {
    for (const name of ['dev', 'proc', 'run', 'sys', 'tmp']) root.entries.set(name, emptyDirectory());
    const found = root.entries.get('etc');
    const etc: PendingTree = found?.kind === 'directory' ? found : emptyDirectory();
    root.entries.set('etc', etc);
    for (const name of ['machine-id', 'mtab', 'resolv.conf', 'shadow', 'gshadow']) etc.entries.delete(name);
    for (const [name, text] of Object.entries(etcFiles)) {
        const bytes = Buffer.from(text);
        const digest = contentDigest(bytes);
        etc.entries.set(name, { kind: 'file', digest, executable: false, source: { kind: 'bytes', bytes } });
    }
}
