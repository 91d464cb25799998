// What every other command answers when it is used as it should be: standard output, standard error and exit code, exactly.
import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodePlan } from '../../compiler/plan/decode.ts';
import {
    answer,
    buildOne,
    copyHello,
    expectCleanStore,
    forgetAnswers,
    freshPlace,
    helloRecipe,
    plain,
    rpkg,
    run,
    write,
} from '../support/whole.ts';
import { builtHello, layered, layeredPlace, tiny } from './tiny.ts';

describe('check and fmt', () => {
    test('check says that nothing is wrong', async () => {
        const place = layeredPlace();
        const all = ['upstream.rpkg', 'distro.rpkg', helloRecipe];
        expect(await rpkg(place, ['check', ...all])).toEqual({
            exit: 0,
            out: '',
            err: '3 recipes checked, nothing wrong\n',
        });
        expect(await rpkg(place, ['check', 'distro.rpkg'])).toEqual({
            exit: 0,
            out: '',
            err: '1 recipe checked, nothing wrong\n',
        });
        const { exit, out, err } = await rpkg(place, ['check', '--json', ...all]);
        expect({ exit, answer: JSON.parse(out) as unknown, err }).toEqual({
            exit: 0,
            answer: { diagnostics: [] },
            err: '',
        });
        expect(fs.existsSync(place.store)).toBe(false);
    });

    test('fmt --check changes nothing, fmt formats, and then has nothing to do', async () => {
        const place = layeredPlace();
        const wanted = layered['upstream.rpkg'];
        write(place, { 'upstream.rpkg': wanted.replaceAll('    ', '  ') });
        expect(await rpkg(place, ['fmt', '--check', 'upstream.rpkg', 'distro.rpkg'])).toEqual({
            exit: 1,
            out: 'upstream.rpkg\n',
            err: '',
        });
        expect(fs.readFileSync(`${place.folder}/upstream.rpkg`, 'utf8')).not.toBe(wanted);
        expect(await rpkg(place, ['fmt', 'upstream.rpkg', 'distro.rpkg'])).toEqual({
            exit: 0,
            out: 'upstream.rpkg\n',
            err: '',
        });
        expect(fs.readFileSync(`${place.folder}/upstream.rpkg`, 'utf8')).toBe(wanted);
        expect(await rpkg(place, ['fmt', '--check', 'upstream.rpkg'])).toEqual({ exit: 0, out: '', err: '' });
        expect(JSON.parse(await answer(place, ['fmt', '--json', 'upstream.rpkg']))).toEqual({ changed: [] });
    });
});

describe('plan', () => {
    test('the same bytes every time, from any folder, into a file', async () => {
        const place = freshPlace();
        copyHello(place);
        const first = await answer(place, ['plan', 'hello/hello.rpkg']);
        expect(await answer(place, ['plan', 'hello/hello.rpkg'])).toBe(first);
        expect(await answer(place, ['plan', 'hello.rpkg'], { cwd: `${place.folder}/hello` })).toBe(first);
        expect(await answer(place, ['plan', `${place.folder}/hello/hello.rpkg`], { cwd: '/' })).toBe(first);
        expect(await answer(place, ['plan', 'hello/hello.rpkg', '-o', 'plan.json'])).toBe('');
        expect(fs.readFileSync(`${place.folder}/plan.json`, 'utf8')).toBe(first);
        expect(decodePlan(JSON.parse(first))).toMatchObject({ ok: true });
        await expectCleanStore(place);
    });

    test('layout and remarks of a recipe change neither digest of execution nor the bytes it stands for', async () => {
        const place = layeredPlace();
        const before = JSON.parse(await answer(place, ['plan', 'distro.rpkg'])) as PlanDigests;
        write(place, {
            'policy.rpkg': layered['policy.rpkg'].replaceAll('    ', '\n  ').replace('rpkg 1', 'rpkg 1\n# a remark\n'),
        });
        const after = JSON.parse(await answer(place, ['plan', 'distro.rpkg'])) as PlanDigests;
        expect(after.digest.execution).toBe(before.digest.execution);
        expect(after.digest.document).not.toBe(before.digest.document);
        expect(await answer(place, ['diff', 'upstream.rpkg', 'upstream.rpkg'])).toContain('the plans are equal');
    });
});

interface PlanDigests {
    readonly digest: { readonly execution: string; readonly document: string };
}

describe('diff and why', () => {
    test('one edit of a policy is one cause with its place and reach', async () => {
        const place = layeredPlace();
        await answer(place, ['plan', 'distro.rpkg', '-o', 'before.json']);
        write(place, { 'policy.rpkg': layered['policy.rpkg'].replace('"HELLO"', '"HO"') });
        const { exit, out, err } = await rpkg(place, ['diff', 'before.json', 'distro.rpkg']);
        expect({ exit, err }).toEqual({ exit: 1, err: '' });
        expect(out).toMatch(
            /^execution [0-9a-f]{12} → [0-9a-f]{12} {4}1 actions?: 0 same, 1 changed, 0 added, 0 removed$/m,
        );
        expect(out).toMatch(/^1 action has to run again$/m);
        expect(out).toContain('Causes (1 edit)\n  A  policy.rpkg:5    env.GREETING');
        expect(out).toContain('− "HELLO"\n       + "HO"\n         because policy 7.3: greetings are loud\n');
        const json = JSON.parse((await rpkg(place, ['diff', '--json', 'before.json', 'distro.rpkg'])).out) as Diffed;
        expect(json.causes).toEqual([expect.objectContaining({ file: 'policy.rpkg', line: 5, affected: ['step.go'] })]);
        expect(json.counts).toMatchObject({ affected: 1, changed: 1, added: 0, removed: 0 });
    });

    test('why shows every layer that touched a value, oldest first', async () => {
        const place = layeredPlace();
        const chain = [
            'env.GREETING = "HELLO"',
            '    ?=  "hello"',
            '        upstream.rpkg:5    layer tiny',
            '    :=  "HELLO"',
            '        policy.rpkg:5    layer distro, through policy.loud',
            '        because policy 7.3: greetings are loud',
            '    reaches /actions/step.go/env/GREETING',
            '',
        ].join('\n');
        for (const question of ['env.GREETING', '/actions/step.go/env/GREETING', 'HELLO']) {
            expect(await rpkg(place, ['why', 'distro.rpkg', question])).toEqual({ exit: 0, out: chain, err: '' });
        }
        const none = await rpkg(place, ['why', 'distro.rpkg', '-Wl,-z,now']);
        expect(none).toMatchObject({ exit: 1, out: '' });
        expect(none.err).toContain('`-Wl,-z,now`');
        const json = JSON.parse(await answer(place, ['why', '--json', 'distro.rpkg', 'env.GREETING'])) as object;
        expect(json).toMatchObject({
            files: expect.arrayContaining(['policy.rpkg', 'upstream.rpkg']) as string[],
            answers: [{ field: 'env.GREETING' }],
        });
    });
});

interface Diffed {
    readonly causes: readonly unknown[];
    readonly counts: unknown;
}

describe('fetch, emit and verify', () => {
    test('fetch brings the sources into the store, and then everything goes offline', async () => {
        const place = freshPlace();
        copyHello(place);
        const fetched = await rpkg(place, ['fetch', 'hello/hello.rpkg']);
        expect(fetched).toEqual({ exit: 0, out: '1 source of hello 0.1.0 in the store\n', err: '' });
        const json = JSON.parse(await answer(place, ['fetch', '--json', 'hello/hello.rpkg'])) as unknown;
        expect(json).toEqual({ sources: { 'fetch.main': expect.stringMatching(/^sha256:/) as string } });
        await answer(place, ['build', '--offline', '--locked', 'hello/hello.rpkg']);
    });

    test.each([
        ['make', ['Makefile', 'build.sh', 'sources']],
        ['sh', ['build.sh', 'sources']],
        ['json', ['plan.json']],
    ] as const)('emit %s writes a folder, the same every time', async (format, names) => {
        const place = freshPlace();
        copyHello(place);
        for (const folder of ['one', 'two', 'one']) {
            const emitted = await rpkg(place, ['emit', format, 'hello/hello.rpkg', '-o', folder]);
            expect({ ...emitted, out: plain(emitted.out, place) }).toEqual({
                exit: 0,
                out: `PLACE/work/${folder}\n`,
                err: '',
            });
        }
        expect(fs.readdirSync(`${place.folder}/one`)).toEqual(names);
        expect(await run(place, ['diff', '-r', 'one', 'two'])).toEqual({ exit: 0, out: '', err: '' });
        const [script = ''] = names;
        expect(await answer(place, ['emit', format, 'hello/hello.rpkg'])).toBe(
            fs.readFileSync(`${place.folder}/one/${script}`, 'utf8'),
        );
    });

    test('verify runs everything again and agrees', async () => {
        const place = await builtHello();
        const { exit, out, err } = await rpkg(place, ['verify', place.recipe]);
        expect({ exit, out }).toEqual({ exit: 0, out: '2 actions run again, every output the same\n' });
        expect(err).toContain('\n2 run, 3 from the store, 0 failed');
        expect(JSON.parse(await answer(place, ['verify', '--json', place.recipe]))).toEqual({
            reproducible: true,
            actions: 2,
        });
        await expectCleanStore(place);
    });
});

describe('log, shell, store and doctor', () => {
    test('log of a place where nothing was run', async () => {
        const place = freshPlace();
        expect(await rpkg(place, ['log'])).toEqual({ exit: 1, out: '', err: 'nothing has been run with this store\n' });
        expect(await rpkg(place, ['log', '--runs'])).toEqual({ exit: 0, out: '', err: '' });
        expect(await rpkg(place, ['shell'])).toMatchObject({ exit: 1, out: '' });
    });

    test('log gives the events of a run and what an action printed, also when it came from the store', async () => {
        const place = freshPlace();
        write(place, { 'tiny.rpkg': tiny('echo to-out\necho to-err >&2\necho hi >"$OUT/hi"') });
        await answer(place, ['build', 'tiny.rpkg']);
        forgetAnswers(place);
        await answer(place, ['build', 'tiny.rpkg']);
        expect(await rpkg(place, ['log', 'step.go'])).toEqual({ exit: 0, out: 'to-out\n', err: 'to-err\n' });
        expect(JSON.parse(await answer(place, ['log', '--json', 'step.go']))).toMatchObject({
            stdout: 'to-out\n',
            stderr: 'to-err\n',
        });
        const runs = (await answer(place, ['log', '--runs'])).trimEnd().split('\n');
        expect(runs.map((row) => plain(row, place))).toEqual(['RUN  tiny 1.0.0  done', 'RUN  tiny 1.0.0  done']);
        const first = runs[1]?.split(' ')[0] ?? '';
        expect(await answer(place, ['log', '--run', first])).toMatch(/ done {4}step\.go {2}\d/);
        const events = (await answer(place, ['log', '--json']))
            .trimEnd()
            .split('\n')
            .map((row) => JSON.parse(row) as { kind: string });
        expect(events.map(({ kind }) => kind)).toEqual(['run-started', 'action-cached', 'run-finished']);
        expect(await rpkg(place, ['log', 'nope'])).toEqual({ exit: 1, out: '', err: 'the run had no action `nope`\n' });
        expect(await rpkg(place, ['log', '--run', 'nope'])).toMatchObject({ exit: 1, out: '' });
    });

    test('shell -c opens the folders of a failed action as they were left', async () => {
        const place = freshPlace();
        write(place, { 'tiny.rpkg': tiny('echo half >"$OUT/half"\npwd >here\nexit 3', ['env.WORD = "a b"']) });
        expect(await rpkg(place, ['build', 'tiny.rpkg'])).toMatchObject({ exit: 5 });
        const command = 'cat "$OUT/half" here; echo "$WORD"; echo $PATH; id -un; test ! -e /root';
        const { exit, out, err } = await rpkg(place, ['shell', '-c', command]);
        expect({ exit, out, err }).toEqual({
            exit: 0,
            out: 'half\n/rpkg/build\na b\n/usr/bin:/bin:/usr/sbin:/sbin\nrpkg\n',
            err: '',
        });
        expect(await rpkg(place, ['shell', 'step.go', '-c', 'exit 4'])).toEqual({
            exit: 5,
            out: '',
            err: 'exit status 4\n',
        });
        expect(await rpkg(place, ['shell', 'step.other', '-c', 'true'])).toMatchObject({ exit: 1 });
        await expectCleanStore(place);
    });

    test('store verify tells what is damaged; --repair sets it aside and the next build makes it again', async () => {
        const place = freshPlace();
        write(place, { 'tiny.rpkg': tiny('echo hi >"$OUT/hi"') });
        const { path, digest } = await buildOne(place, ['tiny.rpkg']);
        expect(await answer(place, ['store', 'path'])).toBe(`${place.store}\n`);
        fs.chmodSync(`${path}/hi`, 0o644);
        fs.writeFileSync(`${path}/hi`, 'no\n');
        const found = await rpkg(place, ['store', 'verify']);
        expect({ ...found, out: plain(found.out, place) }).toMatchObject({
            exit: 1,
            out: expect.stringMatching(/^corrupt-object: PLACE\/store\/objects\/OBJECT: /) as string,
            err: '',
        });
        expect(JSON.parse((await rpkg(place, ['store', 'verify', '--json'])).out)).toMatchObject({
            problems: [{ kind: 'corrupt-object', digest }],
        });
        await rpkg(place, ['store', 'verify', '--repair']);
        expect((await buildOne(place, ['tiny.rpkg'])).digest).toBe(digest);
        expect(fs.readFileSync(`${path}/hi`, 'utf8')).toBe('hi\n');
        await expectCleanStore(place);
    });

    test('doctor finds what the tests themselves need', async () => {
        const place = freshPlace();
        const { exit, out, err } = await rpkg(place, ['doctor']);
        expect({ exit, err }).toEqual({ exit: 0, err: '' });
        for (const name of ['tier bwrap', 'tier unshare', 'rustc', 'cargo', 'cc', 'sh'])
            expect(out).toMatch(new RegExp(`^ok +${name}: \\S`, 'm'));
        const json = JSON.parse(await answer(place, ['doctor', '--json'])) as { healthy: boolean };
        expect(json.healthy).toBe(true);
        await expectCleanStore(place);
    });
});
