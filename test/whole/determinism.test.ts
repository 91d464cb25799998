// The same recipe gives the same bytes, whoever builds it, where, with what settings, with any number of jobs, with
// either sandbox, and without rpkg from what it emitted.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { freshFolder } from '../support/fresh-folder.ts';
import { isRoot } from '../support/ordinary-user.ts';
import { give, makeUser } from '../support/user.ts';
import {
    answer,
    buildOne,
    copyHello,
    expectCleanStore,
    freshPlace,
    placeIn,
    type RunOptions,
} from '../support/whole.ts';
import { buildEmitted, expectSameTree, importedDigest } from './emitted.ts';

interface Reference {
    readonly digest: string;
    readonly execution: string;
}

let reference: Reference;

const shared = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-test-'));
afterAll(() => deleteTree(shared));

beforeAll(async () => {
    const place = placeIn(shared);
    const { digest, execution } = await buildOne(place, [copyHello(place)]);
    reference = { digest, execution };
});

interface Variation extends RunOptions {
    readonly name: string;
    readonly words?: readonly string[];
    /** The example's folder below the working folder, and how the recipe is named from `cwd`. */
    readonly folder?: string;
    readonly recipe?: string;
    /** Of the person, and of the files they have. */
    readonly umask?: number;
}

const nosy = {
    CARGO_BUILD_TARGET: 'wasm32-unknown-unknown',
    CARGO_ENCODED_RUSTFLAGS: '-Copt-level=0',
    CARGO_PROFILE_RELEASE_DEBUG: '2',
    CC: 'false',
    CFLAGS: '-O0',
    LD_LIBRARY_PATH: '/nonexistent',
    MAKEFLAGS: '-j7',
    RUSTC_BOOTSTRAP: '1',
    RUSTFLAGS: '-Copt-level=0',
    SOURCE_DATE_EPOCH: '1234567890',
    TMPDIR: '/var/tmp',
    USER: 'somebody',
};

const variations: readonly Variation[] = [
    { name: 'another folder', folder: 'a/deeper folder/häl lo' },
    { name: 'from inside its folder', folder: 'inside', recipe: './hello.rpkg' },
    {
        name: 'a time zone and a language',
        env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    },
    { name: 'no locale at all', env: { LANG: undefined, LC_ALL: undefined } },
    { name: 'variables that compilers and Cargo look at', env: nosy },
    { name: 'umask 000', umask: 0o000 },
    { name: 'umask 027', umask: 0o027 },
    { name: 'umask 077', umask: 0o077 },
    { name: 'one job', words: ['--jobs', '1'] },
    { name: 'two jobs', words: ['--jobs', '2'] },
    { name: 'eight jobs', words: ['--jobs', '8'] },
    { name: 'tier unshare', words: ['--sandbox', 'unshare'] },
    { name: 'tier unshare, umask 077', words: ['--sandbox', 'unshare'], umask: 0o077 },
    {
        name: 'another host name, and inside a namespace',
        through: ['unshare', '-Urumpf', '--mount-proc', 'sh', '-c', 'hostname elsewhere && exec "$@"', 'sh'],
    },
    { name: 'low limits', through: ['sh', '-c', 'ulimit -n 256 && ulimit -s 1024 && exec "$@"', 'sh'] },
];

test.each(variations)('$name', async ({ words = [], folder = 'hello', recipe, umask, ...options }) => {
    const place = freshPlace();
    const copy = path.dirname(copyHello(place, folder));
    if (umask !== undefined) applyUmask(copy, umask);
    const through = [...(options.through ?? []), ...withUmask(umask)];
    const cwd = recipe === undefined ? place.folder : copy;
    const built = await buildOne(place, [recipe ?? `${folder}/hello.rpkg`, ...words], { ...options, through, cwd });
    expect({ digest: built.digest, execution: built.execution }).toEqual(reference);
    await expectCleanStore(place);
});

/** Files as somebody with this umask would have unpacked them. */
function applyUmask(folder: string, umask: number): void {
    for (const name of ['', ...fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
        const file = path.join(folder, name);
        fs.chmodSync(file, (fs.statSync(file).isDirectory() ? 0o777 : 0o666) & ~umask);
    }
}

function withUmask(umask: number | undefined): readonly string[] {
    return umask === undefined ? [] : ['sh', '-c', `umask ${umask.toString(8)} && exec "$@"`, 'sh'];
}

test('verify agrees, with other jobs and the other sandbox', async () => {
    const place = freshPlace();
    const recipe = copyHello(place);
    await buildOne(place, [recipe, '--jobs', '1']);
    expect(await answer(place, ['verify', '-q', '--jobs', '8', '--sandbox', 'unshare', recipe])).toContain(
        'every output the same',
    );
});

describe.skipIf(!isRoot)('an ordinary user, with the toolchain in another place', () => {
    test.each([
        ['with bubblewrap', 0o022, 'bwrap'],
        ['with bubblewrap and umask 077', 0o077, 'bwrap'],
        ['with unshare', 0o022, 'unshare'],
    ])('%s', async (_name, umask, tier) => {
        const user = makeUser(freshFolder());
        const recipe = copyHello(user.place);
        applyUmask(path.dirname(recipe), umask);
        give(path.dirname(user.place.folder), user.id);
        const options = { through: [...user.through, ...withUmask(umask)] };
        const built = await buildOne(user.place, [recipe, '--sandbox', tier], options);
        expect({ digest: built.digest, execution: built.execution }).toEqual(reference);
        expect(await answer(user.place, ['verify', '-q', recipe, '--sandbox', tier], options)).toContain(
            'every output the same',
        );
        await expectCleanStore(user.place, options);
        expect(fs.statSync(user.place.store).uid).toBe(user.id);
    });

    test('the emitted script', async () => {
        const user = makeUser(freshFolder());
        const recipe = copyHello(user.place);
        give(path.dirname(user.place.folder), user.id);
        const result = await buildEmitted(user.place, 'sh', recipe, { through: user.through });
        expect(await importedDigest(user.place, result)).toBe(reference.digest);
    });
});

test.each(['make', 'sh'] as const)('emitted for %s and run without rpkg and Node', async (format) => {
    const place = freshPlace();
    const recipe = copyHello(place);
    const built = await buildOne(place, [recipe]);
    const result = await buildEmitted(place, format, recipe);
    await expectSameTree(place, result, built.path);
    expect(await importedDigest(place, result)).toBe(reference.digest);
    expect(built.digest).toBe(reference.digest);
});
