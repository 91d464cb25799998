// Which layers an image in OCI's layout has. Everything in it is named by the hash of its content, and is looked at only
// when it has that hash.
import { readFileSync } from 'node:fs';
import { hashFile } from '../store/blobs.ts';
import { refuse } from '../store/guard.ts';

export interface Layout {
    readonly what: string;
    /** As Debian names it; images of several platforms are asked for this one. */
    readonly architecture: string;
    /** Where a file of the layout lies on this machine. */
    readonly file: (name: string) => string | undefined;
    /** Hash of the manifest, or of a list of manifests; what `index.json` has when it is undefined. */
    readonly manifest: string | undefined;
}

interface Descriptor {
    readonly digest: string;
    readonly mediaType?: string;
    readonly platform?: { readonly architecture?: string; readonly os?: string };
}

/** Files of the layers, lowest first. Throws refusals. */
export async function layersOf(layout: Layout): Promise<readonly string[]> {
    const top = layout.manifest === undefined ? readJson(layout, 'index.json') : await blob(layout, layout.manifest);
    const layers = descriptors(await manifestIn(layout, top, 0), 'layers', layout);
    const files: string[] = [];
    for (const { digest } of layers) files.push(await blobFile(layout, digest));
    return files;
}

type Json = Readonly<Record<string, unknown>>;

/** Lists of manifests may hold lists. */
async function manifestIn(layout: Layout, value: Json, depth: number): Promise<Json> {
    if (!Array.isArray(value['manifests'])) return value;
    if (depth > 4) return bad(layout, 'index.json', 'lists of manifests in each other');
    const all = descriptors(value, 'manifests', layout);
    const fitting = all.filter(({ platform }) => platform === undefined || fits(platform, layout.architecture));
    const [only, ...more] = fitting;
    if (only === undefined) return bad(layout, 'index.json', `has no image for ${layout.architecture}`);
    if (more.length > 0) {
        return bad(
            layout,
            'index.json',
            `has several images for ${layout.architecture}; pin one by the hash of its manifest`,
        );
    }
    return await manifestIn(layout, await blob(layout, only.digest), depth + 1);
}

/** What images call architectures that Debian calls otherwise. */
const imageArchitectures: Readonly<Record<string, string>> = {
    armel: 'arm',
    armhf: 'arm',
    i386: '386',
    mips64el: 'mips64le',
    ppc64el: 'ppc64le',
};

function fits({ architecture, os }: NonNullable<Descriptor['platform']>, wanted: string): boolean {
    return os === 'linux' && architecture === (imageArchitectures[wanted] ?? wanted);
}

function descriptors(value: Json, key: string, layout: Layout): readonly Descriptor[] {
    const list = value[key];
    if (!Array.isArray(list)) return bad(layout, key, 'the manifest has no such list');
    return list.map((one: unknown) => {
        const digest = typeof one === 'object' && one !== null ? (one as Json)['digest'] : undefined;
        return typeof digest === 'string' ? (one as Descriptor) : bad(layout, key, 'an entry without a digest');
    });
}

async function blob(layout: Layout, digest: string): Promise<Json> {
    await blobFile(layout, digest);
    return readJson(layout, blobName(layout, digest));
}

function blobName(layout: Layout, digest: string): string {
    const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
    return hex === undefined ? bad(layout, digest, 'is not a sha256 digest') : `blobs/sha256/${hex}`;
}

async function blobFile(layout: Layout, digest: string): Promise<string> {
    const name = blobName(layout, digest);
    const path = layout.file(name);
    if (path === undefined) return bad(layout, name, 'is missing');
    const actual = await hashFile(path);
    if (actual !== digest)
        refuse({ kind: 'hash-mismatch', what: `${name} of ${layout.what}`, expected: digest, actual });
    return path;
}

function readJson(layout: Layout, name: string): Json {
    const path = layout.file(name);
    if (path === undefined) return bad(layout, name, 'is missing: this is no image in the layout of OCI');
    try {
        const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
        if (typeof value === 'object' && value !== null) return value as Json;
    } catch {
        // Said below.
    }
    return bad(layout, name, 'is not JSON');
}

function bad(layout: Layout, entry: string, detail: string): never {
    return refuse({ kind: 'bad-tree', what: layout.what, rule: 'image', entry, detail });
}
