// `rpkg build` as it should be used: standard output, standard error and exit code, exactly.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import {
    buildOne,
    copyHello,
    expectCleanStore,
    forgetAnswers,
    freshPlace,
    plain,
    rpkg,
    run,
    write,
} from '../support/whole.ts';
import { builtHello, layeredPlace, tiny } from './tiny.ts';

const localSource = ['', 'source main {', '    path = "src"', '}'];

test('prints name, digest and path; the program greets; the second time there is nothing to do', async () => {
    const place = freshPlace();
    copyHello(place);
    const first = await rpkg(place, ['build', 'hello/hello.rpkg', '-j2']);
    expect(first.exit).toBe(0);
    expect(plain(first.out, place)).toBe('hello out  TREE\nPLACE/store/objects/OBJECT\n');
    expect(plain(first.err, place)).toBe(
        [
            'hello 0.1.0: 5 actions, 2 jobs, sandbox bwrap',
            'done    build  TIME',
            'done    test.greeting  TIME',
            '2 run, 3 from the store, 0 failed in TIME',
            '',
        ].join('\n'),
    );
    const path = first.out.split('\n')[1] ?? '';
    const greeting = await run(place, [`${path}/usr/bin/hello`, 'packager']);
    expect({ ...greeting, out: greeting.out.replace(/for .*-linux-(gnu|musl)/, 'for TARGET') }).toEqual({
        exit: 0,
        out: 'Hello, packager! I was built for TARGET.\n',
        err: '',
    });
    const second = await rpkg(place, ['build', 'hello/hello.rpkg', '-j2']);
    expect(second).toEqual({ exit: 0, out: first.out, err: 'hello 0.1.0: nothing to do\n' });
    await expectCleanStore(place);
});

test('runs no action when only the answer of the last build is gone', async () => {
    const place = await builtHello();
    forgetAnswers(place);
    const { err } = await rpkg(place, ['build', place.recipe, '-j2']);
    expect(plain(err, place)).toBe(
        'hello 0.1.0: 5 actions, 2 jobs, sandbox bwrap\n0 run, 5 from the store, 0 failed in TIME\n',
    );
});

test('a touched source runs nothing, a changed one runs again, a change back is known', async () => {
    const place = freshPlace();
    write(place, { 'src/text': 'one\n', 'tiny.rpkg': tiny('cp "$SRC/text" "$OUT/"', localSource) });
    const first = await buildOne(place, ['tiny.rpkg']);
    fs.utimesSync(`${place.folder}/src/text`, 1, 1);
    expect((await rpkg(place, ['build', 'tiny.rpkg'])).err).toBe('tiny 1.0.0: nothing to do\n');
    fs.writeFileSync(`${place.folder}/src/text`, 'two\n');
    const second = await rpkg(place, ['build', 'tiny.rpkg']);
    expect(second.err).toContain('\n1 run, 1 from the store, 0 failed');
    expect(second.out).not.toContain(first.digest);
    fs.writeFileSync(`${place.folder}/src/text`, 'one\n');
    const third = await rpkg(place, ['build', 'tiny.rpkg']);
    expect(third.err).toContain('\n0 run, 2 from the store, 0 failed');
    expect(third.out).toContain(first.digest);
});

test('--output copies the outputs to a folder of the user', async () => {
    const place = await builtHello();
    const { exit, out } = await rpkg(place, ['build', place.recipe, '-o', 'deep/result']);
    expect(exit).toBe(0);
    expect(plain(out, place)).toBe('hello out  TREE\nPLACE/work/deep/result\n');
    fs.writeFileSync(`${place.folder}/deep/result/mine`, '');
    expect((await run(place, ['deep/result/usr/bin/hello'])).out).toContain('Hello, packager!');
    fs.rmSync(`${place.folder}/deep`, { recursive: true });
    await expectCleanStore(place);
});

test('--json is one document, --quiet and --json are silent', async () => {
    const place = freshPlace();
    write(place, { 'tiny.rpkg': tiny('echo hi >"$OUT/hi"') });
    const quiet = await rpkg(place, ['build', '-q', 'tiny.rpkg']);
    expect(quiet.err).toBe('');
    const { exit, out, err } = await rpkg(place, ['build', '--json', 'tiny.rpkg']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(JSON.parse(plain(out, place))).toEqual({
        subject: { name: 'tiny', version: '1.0.0', kind: 'generic', epoch: 1 },
        execution: 'HASH',
        outputs: [{ name: 'out', digest: 'TREE', path: 'PLACE/store/objects/OBJECT' }],
    });
});

test('a recipe is named by FILE#NAME, the last one by FILE', async () => {
    const place = layeredPlace();
    const [upstream, named, last] = [
        await buildOne(place, ['upstream.rpkg']),
        await buildOne(place, ['distro.rpkg#distro']),
        await buildOne(place, ['distro.rpkg']),
    ];
    expect(named).toEqual(last);
    expect(fs.readFileSync(`${last.path}/greeting`, 'utf8')).toBe('HELLO\n');
    expect(fs.readFileSync(`${upstream.path}/greeting`, 'utf8')).toBe('hello\n');
});

test('what is refactored has the same execution and runs nothing', async () => {
    const place = layeredPlace();
    const layers = await buildOne(place, ['distro.rpkg']);
    write(place, { 'flat.rpkg': tiny('echo "$GREETING" >"$OUT/greeting"', ['env.GREETING = "HELLO"']) });
    const flat = await rpkg(place, ['build', 'flat.rpkg']);
    expect(flat.err).toContain('\n0 run, 1 from the store, 0 failed');
    expect(flat.out).toContain(layers.digest);
});
