import { execFileSync } from 'node:child_process';
import {
    chmodSync,
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    rmSync,
    symlinkSync,
    utimesSync,
    writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import { fetchSource } from '../../../runtime/fetch/fetch.ts';
import { snapshotLocal } from '../../../runtime/fetch/local.ts';
import { removeTree } from '../../../runtime/store/remove-tree.ts';
import { failureOf, filesOf, openWorkbench, troubles, valueOf, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
    bench = await openWorkbench();
});
afterAll(() => bench[Symbol.asyncDispose]());

function folderWith(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(bench.folder, 'source-'));
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
    return folder;
}

async function snapshot(folder: string, exclude: readonly string[] = []): Promise<TreeDigest> {
    return valueOf(await snapshotLocal(folder, exclude, bench.store));
}

/** After this a signature is believed. */
const settle = (): Promise<void> => sleep(2300);

describe('the tree of a folder', () => {
    test('is all of it but version control data', async () => {
        const folder = folderWith({
            'Cargo.toml': 'x',
            'target/debug/x': 'built',
            '.git/config': 'x',
            'sub/.git': 'gitdir: x',
        });
        expect(filesOf(bench.store, await snapshot(folder))).toEqual({ 'Cargo.toml': 'x', 'target/debug/x': 'built' });
    });

    test('is without what is listed', async () => {
        const files = {
            a: 'a',
            'a.o': 'o',
            'target/x': 't',
            'sub/target/y': 't',
            'docs/a.md': 'm',
            'docs/b/a.md': 'm',
        };
        const tree = await snapshot(folderWith(files), ['target/', '*.o', 'docs/*.md']);
        expect(filesOf(bench.store, tree)).toEqual({ a: 'a', 'docs/b/a.md': 'm' });
    });

    test('does not depend on its place', async () => {
        const folder = folderWith({ a: 'a', 'b/c': 'c' });
        cpSync(folder, `${folder}-copy`, { recursive: true });
        expect(await snapshot(`${folder}-copy`)).toBe(await snapshot(folder));
    });

    test('is found through a link to the folder', async () => {
        const folder = folderWith({ a: 'linked' });
        symlinkSync(folder, `${folder}-link`);
        expect(await snapshot(`${folder}-link`)).toBe(await snapshot(folder));
    });

    test('does not hold the store, wherever that lies', async () => {
        writeFileSync(join(bench.folder, 'beside-the-store'), 'x');
        const tree = await snapshot(bench.folder, ['source-*']);
        expect(Object.keys(filesOf(bench.store, tree))).toEqual(['beside-the-store']);
    });

    test.each([
        ['a link out of it', (folder: string) => symlinkSync('../../etc/passwd', join(folder, 'x')), 'link'],
        ['a link to the root', (folder: string) => symlinkSync('/etc', join(folder, 'x')), 'link'],
        ['a pipe', (folder: string) => execFileSync('mkfifo', [join(folder, 'x')]), 'type'],
    ])('%s is refused', async (_title, make, rule) => {
        const folder = folderWith({ a: 'a' });
        make(folder);
        expect(failureOf(await snapshotLocal(folder, [], bench.store))).toMatchObject({
            kind: 'bad-tree',
            rule,
            entry: 'x',
        });
    });

    test.each(['nothing', 'file'])('%s is no folder', async (name) => {
        const folder = folderWith({ file: '' });
        const failure = failureOf(await snapshotLocal(join(folder, name), [], bench.store));
        expect(failure).toEqual({ kind: 'missing-path', what: 'local source', path: join(folder, name) });
    });
});

describe('links of the distribution', () => {
    test('a link to a file below /usr is that file', async () => {
        const folder = folderWith({ a: 'a', '.git/x': 'x', 'target/x': 'x' });
        symlinkSync('/usr/share/common-licenses/BSD', join(folder, 'LICENSE'));
        symlinkSync('a', join(folder, 'b'));
        const files = filesOf(bench.store, await snapshot(folder, ['target']));
        expect(Object.keys(files).sort()).toEqual(['LICENSE', 'a']);
        expect(files['LICENSE']).toContain('Redistribution');
        expect(existsSync(join(bench.store.objectPath(await snapshot(folder, ['target'])), 'b'))).toBe(true);
    });

    test.each(['/usr/share', '/usr/share/nothing-of-that-name', '/usr/../etc/passwd'])(
        'one to %s is refused',
        async (target) => {
            const folder = folderWith({ a: 'a' });
            symlinkSync(target, join(folder, 'x'));
            expect(failureOf(await snapshotLocal(folder, [], bench.store))).toMatchObject({
                kind: 'bad-tree',
                rule: 'link',
            });
        },
    );
});

describe('a folder that looks as before', () => {
    test('is not read again', async () => {
        const folder = folderWith({ a: 'a', 'b/c': 'c' });
        await settle();
        const tree = await snapshot(folder);
        // Reading would put the lost file back into a new object; a stat only sees that the object is there.
        const lost = join(bench.store.objectPath(tree), 'a');
        chmodSync(dirname(lost), 0o755);
        rmSync(lost);
        expect(filesOf(bench.store, await snapshot(folder))).toEqual({ 'b/c': 'c' });
        valueOf(await removeTree(bench.store.objectPath(tree)));
        expect(filesOf(bench.store, await snapshot(folder))).toEqual({ a: 'a', 'b/c': 'c' });
    });
});

describe('every change is seen at once', () => {
    interface Change {
        readonly title: string;
        readonly change: (folder: string) => void;
    }
    const changes: readonly Change[] = [
        { title: 'other bytes of the same length', change: (folder) => writeFileSync(join(folder, 'a'), 'b') },
        {
            title: 'other bytes of the same length and time',
            change: (folder) => {
                writeFileSync(join(folder, 'a'), 'b');
                utimesSync(join(folder, 'a'), 1000, 1000);
            },
        },
        { title: 'a mode', change: (folder) => chmodSync(join(folder, 'a'), 0o755) },
        { title: 'a new file', change: (folder) => writeFileSync(join(folder, 'new'), '') },
        { title: 'a new folder', change: (folder) => mkdirSync(join(folder, 'new')) },
        { title: 'a file less', change: (folder) => rmSync(join(folder, 'a')) },
        {
            title: 'a file replaced by a link',
            change: (folder) => {
                rmSync(join(folder, 'a'));
                symlinkSync('sub/c', join(folder, 'a'));
            },
        },
    ];
    const folders = new Map<string, string>();
    beforeAll(async () => {
        for (const { title } of changes) folders.set(title, folderWith({ a: 'a', 'sub/c': 'c' }));
        for (const folder of folders.values()) utimesSync(join(folder, 'a'), 1000, 1000);
        await settle();
        for (const folder of folders.values()) await snapshot(folder);
    });

    test.each(changes)('$title', async ({ title, change }) => {
        const old = folders.get(title) ?? '';
        const before = await snapshot(old);
        const young = folderWith({ a: 'a', 'sub/c': 'c' });
        expect(await snapshot(young)).toBe(before);
        change(young);
        const after = await snapshot(young);
        expect(after).not.toBe(before);
        change(old);
        expect(await snapshot(old)).toBe(after);
    });
});

describe('a source', () => {
    test('is what was planned, or refused', async () => {
        const folder = folderWith({ a: 'a' });
        const tree = await snapshot(folder);
        const source = { type: 'local', path: folder.slice(bench.folder.length + 1), exclude: [], tree } as const;
        expect(valueOf(await fetchSource(source, bench.context({ offline: true })))).toBe(tree);
        writeFileSync(join(folder, 'a'), 'b');
        const failure = failureOf(await fetchSource(source, bench.context()));
        expect(failure).toMatchObject({ kind: 'hash-mismatch', what: folder, expected: tree });
    });

    test('comes again when the store has lost it', async () => {
        const folder = folderWith({ a: 'lost' });
        await settle();
        const tree = await snapshot(folder);
        valueOf(await removeTree(bench.store.objectPath(tree)));
        expect(await snapshot(folder)).toBe(tree);
        expect(filesOf(bench.store, tree)).toEqual({ a: 'lost' });
    });
});

test('an unchanged folder of 500 files costs little', async () => {
    const folder = folderWith(
        Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`d${index % 20}/f${index}`, `${index}`])),
    );
    await settle();
    const first = await snapshot(folder);
    const started = performance.now();
    expect(await snapshot(folder)).toBe(first);
    expect(performance.now() - started).toBeLessThan(250);
});

test('the store is in order, and nothing is left over', async () => {
    expect(await troubles(bench)).toEqual([]);
});
