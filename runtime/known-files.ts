// Which files are in the trees that unions are made of. Records of finished actions tell it, so a build with nothing to do
// names every union without looking at a folder.
import type { TreeDigest } from '../compiler/plan/digest.ts';
import { splitRef } from '../compiler/plan/graph.ts';
import { own } from '../compiler/plan/own.ts';
import type { TreeRef } from '../compiler/plan/plan.ts';
import type { Identities } from './rust-identity.ts';
import { type FlatFile, flatFile, type FlatTree, flatTree, withIdentity } from './store/flat-tree.ts';
import { refuse } from './store/guard.ts';
import type { Store } from './store/store.ts';
import type { Tree } from './store/tree.ts';

/** File name → `HEX SIZE`, and ` x` behind it when the file may be executed. */
export type RecordedFiles = Readonly<Record<string, string>>;

/** Records stay small: of a larger tree nothing is remembered, and it is read when a union needs it. */
const mostFiles = 64;

/** What a record remembers of an output; nothing when it is no small folder of files. */
export function recordedFiles(tree: Tree): RecordedFiles | undefined {
    if (tree.entries.size > mostFiles) return undefined;
    const files: [string, string][] = [];
    for (const [name, node] of tree.entries) {
        if (node.kind !== 'file') return undefined;
        const { digest, executable } = node;
        files.push([name, `${digest.hex} ${digest.size}${executable ? ' x' : ''}`]);
    }
    return Object.fromEntries(files);
}

/** As read back from a store; undefined when it is something else. */
export function asRecordedFiles(value: unknown): RecordedFiles | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const fit = Object.values(value).every((text) => typeof text === 'string' && recordedPattern.test(text));
    return fit ? (value as RecordedFiles) : undefined;
}

const recordedPattern = /^[0-9a-f]{64} (?:0|[1-9]\d{0,14})(?: x)?$/;

/** Of one run. */
export class KnownFiles {
    readonly #store: Store;
    /** By reference and not by digest: what stands for a file in keys depends on the action that made it. */
    readonly #trees = new Map<string, FlatTree>();
    readonly #wholes = new Map<TreeDigest, Promise<Tree>>();
    readonly #standIns = new Map<string, TreeDigest>();

    constructor(store: Store) {
        this.#store = store;
    }

    remember(ref: TreeRef, files: FlatTree): void {
        this.#trees.set(named(ref), files);
    }

    rememberRecorded(
        ref: TreeRef,
        object: TreeDigest,
        { files, identities }: { readonly files: RecordedFiles; readonly identities: Identities },
    ): void {
        const tree = new Map<string, FlatFile>();
        for (const [name, text] of Object.entries(files)) {
            const [hex = '', size = '', executable] = text.split(' ');
            const file = flatFile(name, { hex, size: Number(size) }, executable === 'x', object);
            const identity = own(identities, name);
            tree.set(name, identity === undefined ? file : withIdentity(name, file, identity));
        }
        this.remember(ref, tree);
    }

    /** What stands for a tree in keys; it is made once, for it may be in many. */
    standIn(ref: TreeRef, make: () => TreeDigest): TreeDigest {
        const name = named(ref);
        const known = this.#standIns.get(name) ?? make();
        this.#standIns.set(name, known);
        return known;
    }

    get(ref: TreeRef): FlatTree | undefined {
        return this.#trees.get(named(ref));
    }

    /** All of an object, read once: several selections may be made from it. */
    whole(object: TreeDigest): Promise<Tree> {
        const reading = this.#wholes.get(object) ?? this.#store.readTree(object);
        this.#wholes.set(object, reading);
        return reading;
    }

    /** The files of a part of a union. Refuses a tree that is more than one folder of files. */
    async ofPart(union: string, ref: TreeRef, object: TreeDigest): Promise<FlatTree> {
        const known = this.get(ref);
        if (known !== undefined) return known;
        const files = flatTree(await this.#store.readTree(object), object);
        if (files === undefined) {
            const detail = 'holds more than files at its top, and cannot be a part of a union';
            return refuse({ kind: 'bad-union', action: union, file: '', detail: `\`${ref}\` ${detail}` });
        }
        this.remember(ref, files);
        return files;
    }
}

function named(ref: TreeRef): string {
    const { action, output } = splitRef(ref);
    return `${action}#${output}`;
}

/** One tree that has the files of all parts. */
export function unite(union: string, parts: readonly (readonly [ref: TreeRef, files: FlatTree])[]): FlatTree {
    const all = new Map<string, FlatFile>();
    const from = new Map<string, TreeRef>();
    for (const [ref, files] of parts) {
        for (const [name, file] of files) {
            const before = all.get(name);
            if (before === undefined) {
                all.set(name, file);
                from.set(name, ref);
            } else if (!before.field.equals(file.field)) {
                const detail = `\`${from.get(name) ?? ''}\` and \`${ref}\` have different files of this name`;
                refuse({ kind: 'bad-union', action: union, file: name, detail });
            }
        }
    }
    return all;
}
