// Root file systems out of archives and images that the test makes: what each layer does to what lies below it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import type { FetchContext } from '../../../runtime/fetch/context.ts';
import { unpackImage } from '../../../runtime/rootfs/image.ts';
import { namesBelow } from '../../support/canary.ts';
import { demand, demandFailure } from '../../support/demand.ts';
import { openWorkbench } from '../fetch/workbench.ts';
import { archive, directory, file, hardLink, link, special } from '../../support/tar-bytes.ts';

const bench = await openWorkbench();
const { folder, store } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

const context = (): FetchContext => bench.context({ offline: true });

function sha256(bytes: Buffer | string): string {
    return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The path of an archive of a root file system, and its hash. */
function root(name: string, bytes: Buffer): { path: string; hash: string; urls: string[]; architecture: string } {
    writeFileSync(join(folder, name), bytes);
    return { path: name, hash: sha256(bytes), urls: [], architecture: 'amd64' };
}

const place = (tree: TreeDigest, path: string): string => join(store.objectPath(tree), path);

describe('an archive of a root file system', () => {
    test('is the root as a machine would see it', async () => {
        const bytes = archive(
            directory('./'),
            directory('./usr/'),
            link('./bin', 'usr/bin'),
            file('./usr/bin/true', 'program', { mode: 0o4755 }),
            hardLink('./usr/bin/also', './usr/bin/true'),
            link('./etc/alternatives/cc', '/usr/bin/true'),
            link('./etc/climbs', '../../../usr/bin'),
            special('./dev/null', '3'),
            special('./run/pipe', '6'),
            file('./etc/passwd', 'stranger'),
            file('./etc/twice', 'first'),
            file('./etc/twice', 'second'),
        );
        const tree = demand(await unpackImage(root('root.tar', bytes), context()));
        expect(readlinkSync(place(tree, 'etc/alternatives/cc'))).toBe('../../usr/bin/true');
        expect(readlinkSync(place(tree, 'etc/climbs'))).toBe('../usr/bin');
        expect(readFileSync(place(tree, 'usr/bin/also'), 'utf8')).toBe('program');
        expect(readFileSync(place(tree, 'etc/twice'), 'utf8')).toBe('second');
        expect(readFileSync(place(tree, 'etc/passwd'), 'utf8')).toContain('rpkg:x:1000');
        expect(namesBelow(place(tree, 'dev'))).toEqual([]);
        expect(namesBelow(place(tree, 'run'))).toEqual([]);
    });

    test('with another hash than the pinned one is refused', async () => {
        const wanted = root('other.tar', archive(file('etc/a')));
        const failure = demandFailure(await unpackImage({ ...wanted, hash: sha256('something else') }, context()));
        expect(failure.kind).toBe('hash-mismatch');
    });

    test.each([
        ['a file through a link', archive(link('lib', '/elsewhere'), file('lib/x')), 'link'],
        ['a file above the root', archive(file('../x')), 'path'],
        ['a hard link to nothing', archive(hardLink('a', 'b')), 'link'],
        ['an end in the middle', archive(file('a', 'x'.repeat(2000))).subarray(0, 1024), 'tar'],
    ])('%s is refused', async (_, bytes, rule) => {
        const failure = demandFailure(await unpackImage(root('bad.tar', bytes), context()));
        expect(failure).toMatchObject({ kind: 'bad-tree', rule });
    });
});

/** A layout with these layers, and the hash of its manifest. */
function layout(name: string, layers: readonly Buffer[], changes: Readonly<Record<string, unknown>> = {}): string {
    const at = join(folder, name);
    mkdirSync(join(at, 'blobs/sha256'), { recursive: true });
    const blob = (bytes: Buffer | string): string => {
        const digest = sha256(bytes);
        writeFileSync(join(at, 'blobs/sha256', digest.slice('sha256:'.length)), bytes);
        return digest;
    };
    const manifest = blob(JSON.stringify({ layers: layers.map((bytes) => ({ digest: blob(bytes) })) }));
    const platform = { os: 'linux', architecture: 'amd64' };
    const other = { digest: sha256('not here'), platform: { os: 'linux', architecture: 's390x' } };
    writeFileSync(join(at, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(
        join(at, 'index.json'),
        JSON.stringify({ manifests: [other, { digest: manifest, platform }], ...changes }),
    );
    return manifest;
}

const layers = [
    archive(
        directory('etc/'),
        file('etc/kept', 'kept'),
        file('etc/gone'),
        file('var/hidden/a'),
        file('usr/lib/x', 'old'),
    ),
    gzipSync(
        archive(
            file('etc/.wh.gone', ''),
            file('var/hidden/.wh..wh..opq', ''),
            file('var/hidden/b'),
            file('usr/lib/x', 'new'),
            hardLink('etc/link', 'etc/kept'),
        ),
    ),
];

/** Everything of the layout as an archive. */
function packed(name: string): Buffer {
    const at = join(folder, name);
    const files = namesBelow(at).filter((path) => statSync(join(at, path)).isFile());
    return archive(...files.map((path) => file(path, readFileSync(join(at, path), 'latin1'))));
}

describe('an image in the layout of OCI', () => {
    test('has its layers one above the other', async () => {
        const hash = layout('image', layers);
        const wanted = { path: 'image', urls: [], hash, architecture: 'amd64' };
        const tree = demand(await unpackImage(wanted, context()));
        const names = namesBelow(store.objectPath(tree));
        expect(names).toEqual(expect.arrayContaining(['etc/kept', 'etc/link', 'usr/lib/x', 'var/hidden/b']));
        expect(names).not.toContain('etc/gone');
        expect(names).not.toContain('var/hidden/a');
        expect(names.some((path) => path.includes('.wh.'))).toBe(false);
        expect(readFileSync(place(tree, 'usr/lib/x'), 'utf8')).toBe('new');
    });

    test('is the same as a folder and as an archive', async () => {
        const plain = [layers[0] ?? Buffer.alloc(0)];
        const hash = layout('plain', plain);
        const asFolder = demand(await unpackImage({ path: 'plain', urls: [], hash, architecture: 'amd64' }, context()));
        expect(demand(await unpackImage(root('plain.tar', packed('plain')), context()))).toBe(asFolder);
    });

    test.each([
        [
            'a layer that is not what its name says',
            (at: string) => {
                writeFileSync(join(at, 'blobs/sha256', sha256(layers[0] ?? '').slice(7)), 'other');
            },
            'hash-mismatch',
        ],
        [
            'no index',
            (at: string) => {
                writeFileSync(join(at, 'index.json'), '{');
            },
            'bad-tree',
        ],
    ] as const)('%s is refused', async (what, spoil, kind) => {
        const name = what.replaceAll(' ', '-');
        const hash = layout(name, layers);
        spoil(join(folder, name));
        const wanted =
            kind === 'bad-tree'
                ? root(`${name}.tar`, packed(name))
                : { path: name, urls: [], hash, architecture: 'amd64' };
        expect(demandFailure(await unpackImage(wanted, context())).kind).toBe(kind);
    });

    test('for other machines only is refused', async () => {
        layout('foreign', layers);
        const failure = demandFailure(
            await unpackImage({ ...root('foreign.tar', packed('foreign')), architecture: 'arm64' }, context()),
        );
        expect(failure).toMatchObject({ kind: 'bad-tree', rule: 'image', detail: 'has no image for arm64' });
    });
});
