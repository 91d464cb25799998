// Where things lie in a store's folder, and how objects are named there (spec/store.md).
import { type Hash, parseTreeDigest, partsOf, type TreeDigest } from '../../compiler/plan/digest.ts';

/** Raised when an older rpkg could misread the folder. */
export const storeVersion = '1';

export interface Layout {
    readonly root: string;
    readonly version: string;
    readonly objects: string;
    readonly blobs: string;
    readonly records: string;
    readonly temporary: string;
    readonly quarantine: string;
    /** Event logs, and folders of actions that failed: kept for people, no part of any result. */
    readonly runs: string;
    /** What the last builds were made from: a short cut of the command line. */
    readonly builds: string;
    /** What /etc is in the sandbox, by how the host's looked. */
    readonly etc: string;
    readonly failed: string;
}

export function layoutOf(root: string): Layout {
    return {
        root,
        version: `${root}/version`,
        objects: `${root}/objects`,
        blobs: `${root}/blobs`,
        records: `${root}/records`,
        temporary: `${root}/tmp`,
        quarantine: `${root}/quarantine`,
        runs: `${root}/runs`,
        builds: `${root}/builds`,
        etc: `${root}/etc`,
        failed: `${root}/failed`,
    };
}

export function objectName(digest: TreeDigest): string {
    const { hex, size } = partsOf(digest);
    return `${hex}-${size}`;
}

/** The digest an entry of `objects` stands for; undefined when it stands for none. */
export function digestOfName(name: string): TreeDigest | undefined {
    const dash = name.indexOf('-');
    return dash < 0 ? undefined : parseTreeDigest(`sha256:${name.slice(0, dash)}/${name.slice(dash + 1)}`);
}

export function blobName(hash: Hash): string {
    return hash.slice('sha256:'.length);
}
