// A `.crate` file as a tree. Cargo's rule: everything lies in one folder `NAME-VERSION`. Markers that Cargo itself
// leaves in unpacked crates have no place in an archive; the checksum file that a directory source needs is added.
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import { readArchive } from '../archive/read-archive.ts';
import { demand } from '../host/demand.ts';
import type { Store } from '../store/store.ts';
import { contentDigest } from '../store/tree.ts';
import { inScratch } from './scratch.ts';

export interface PinnedCrate {
    readonly name: string;
    readonly version: string;
    /** `sha256:HEX` of the `.crate` file. */
    readonly hash: string;
}

const checksumFile = '.cargo-checksum.json';
const markers = ['.cargo-ok', checksumFile];

/** Unpacks a file whose hash has been checked. */
export async function unpackCrate(blob: string, crate: PinnedCrate, store: Store): Promise<TreeDigest> {
    const what = `crate ${crate.name} ${crate.version}`;
    return await inScratch(store, 'crate', async (folder) => {
        const root = `${crate.name}-${crate.version}`;
        const tree = demand(await readArchive(blob, folder, { what, strip: 1, root }));
        for (const marker of markers) tree.entries.delete(marker);
        const bytes = Buffer.from(checksums(crate));
        const digest = contentDigest(bytes);
        tree.entries.set(checksumFile, { kind: 'file', digest, executable: false, source: { kind: 'bytes', bytes } });
        return demand(await store.writeTree(tree, what));
    });
}

/** No file is listed, so patching one does not make Cargo refuse the crate. */
function checksums({ hash }: PinnedCrate): string {
    return JSON.stringify({ files: {}, package: hash.slice('sha256:'.length) });
}
