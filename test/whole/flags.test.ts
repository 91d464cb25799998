// Recording what build scripts and rustc start, with real compilers: the record changes no byte, says who carried which flag,
// and finds calls that do without.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { flagsWorkspace } from '../support/flags-workspace.ts';
import { answer, buildOne, copyHello, freshPlace, type Place, placeIn, rpkg, run, write } from '../support/whole.ts';
import { buildEmitted, expectSameTree } from './emitted.ts';

interface Call {
    readonly action: string;
    readonly side: string;
    readonly tool: string;
    readonly arguments: readonly string[];
    readonly carried: readonly string[];
    readonly missing: readonly string[];
    readonly undone: readonly { readonly flag: string; readonly by: string }[];
    readonly exception?: string;
}

interface Answer {
    readonly ok: boolean;
    readonly flags: readonly {
        readonly field: string;
        readonly words: readonly string[];
        readonly side: string;
        readonly carried: number;
        readonly missing: number;
    }[];
    readonly calls: readonly Call[];
    readonly files: readonly { readonly path: string; readonly facts: Record<string, unknown> }[];
    readonly traces: readonly { readonly name: string; readonly seen: readonly string[] }[];
}

function workspace(where: Place, changes: Readonly<Record<string, string>> = {}): Place {
    write(where, { ...flagsWorkspace, ...changes });
    return where;
}

async function flagsOf(place: Place, recipe = 'app.rpkg'): Promise<Answer & { readonly exit: number | string }> {
    const { exit, out, err } = await rpkg(place, ['flags', '--json', recipe]);
    expect([0, 1], err).toContain(exit);
    return { ...(JSON.parse(out) as Answer), exit };
}

/** One build for most tests. */
const shared = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-flags-'));
const place = workspace(placeIn(shared));
let told: Awaited<ReturnType<typeof flagsOf>>;

beforeAll(async () => {
    told = await flagsOf(place);
}, 120_000);

afterAll(() => deleteTree(shared));

function callsOf(action: string, tool: string): readonly Call[] {
    return told.calls.filter((call) => call.action === action && call.tool === tool);
}

test('everything that was asked for is there, and every flag reached somebody', () => {
    expect({ exit: told.exit, ok: told.ok }).toEqual({ exit: 0, ok: true });
    expect(told.flags.filter(({ carried, missing }) => carried === 0 || missing > 0)).toEqual([]);
    expect(told.flags).toHaveLength(12);
});

test('calls are seen wherever they come from, each for its side', () => {
    const compiled = (action: string): readonly string[] =>
        callsOf(action, 'c').flatMap(({ arguments: words, carried }) =>
            words.includes('-c') ? [carried.join(' ')] : [],
        );
    const target = '-O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -DFOR_TARGET';
    expect(compiled('unit.app-1.0.0.run')).toEqual([target]);
    expect(compiled('unit.made-1.0.0.run')).toEqual([target]);
    expect(compiled('unit.hostc-1.0.0.run.host')).toEqual(['-O1 -DFOR_HOST']);
    expect(callsOf('unit.made-1.0.0.run', 'ar')).toHaveLength(1);
    expect(callsOf('unit.derive-1.0.0.proc-macro', 'rustc').map(({ side, carried }) => [side, ...carried])).toEqual([
        ['host', '--cfg for_host'],
    ]);
    const [linked] = callsOf('unit.app-1.0.0.bin.app', 'c');
    expect(linked).toMatchObject({ side: 'target', carried: ['-Wl,-z,relro', '-Wl,-z,now'] });
    expect(told.calls.filter(({ exception }) => exception === 'question').map(({ action }) => action)).toContain(
        'unit.app-1.0.0.run',
    );
});

test('the program shows what was asked for', () => {
    const program = told.files.find((file) => file.path === 'usr/bin/app');
    expect(program?.facts).toMatchObject({
        kind: 'program',
        pie: true,
        relro: 'full',
        nx: true,
        stackProtector: true,
        fortified: ['__sprintf_chk'],
    });
    // The profile asks for no debug information: what `-g` makes is stripped.
    const lasting = told.traces.filter(({ name }) => name !== 'debug information');
    expect(lasting.every(({ seen }) => seen.includes('usr/bin/app'))).toBe(true);
});

test('a record changes no byte of the outputs, and is the same each time', async () => {
    const recorded = await buildOne(place, ['--record', 'app.rpkg']);
    const plain = await buildOne(place, ['app.rpkg']);
    expect(plain.digest).toBe(recorded.digest);
    expect(plain.execution).not.toBe(recorded.execution);
    const again = await rpkg(place, ['verify', '-q', '--record', 'app.rpkg']);
    expect({ exit: again.exit, err: again.err }).toEqual({ exit: 0, err: '' });
});

test('the Makefile and the script record the same', async () => {
    const built = await buildOne(place, ['--record', 'app.rpkg']);
    const records = await recordsIn(place);
    expect(Object.keys(records).length).toBeGreaterThan(8);
    for (const format of ['make', 'sh'] as const) {
        await expectSameTree(place, await buildEmitted(place, format, 'app.rpkg', {}, ['--record']), built.path);
        const { out } = await run(place, ['find', `emitted-${format}/work`, '-path', '*#record/invocations']);
        const found = out
            .trim()
            .split('\n')
            .map((file): [string, string] => [
                path.basename(path.dirname(file)).replace('#record', ''),
                fs.readFileSync(path.join(place.folder, file), 'utf8'),
            ]);
        expect(Object.fromEntries(found)).toEqual(records);
    }
});

/** Action → its record, of the last run. */
async function recordsIn(where: Place): Promise<Record<string, string>> {
    await rpkg(where, ['build', '--record', 'app.rpkg', '-o', `${where.folder}/out`]);
    const events = (await answer(where, ['log', '--json']))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { action?: string; outputs?: Record<string, string> });
    return Object.fromEntries(
        events.flatMap(({ action = '', outputs }) => {
            const record = outputs?.['record'];
            if (record === undefined) return [];
            const object = record.replace('sha256:', '').replace('/', '-');
            return [[action, fs.readFileSync(`${where.store}/objects/${object}/invocations`, 'utf8')]];
        }),
    );
}

test('a script that ignores flags, and one that takes a flag back, are found', async () => {
    const makefile = flagsWorkspace['app/crates/made/Makefile'] ?? '';
    const script = flagsWorkspace['app/build.rs'] ?? '';
    const careless = workspace(freshPlace(), {
        'app/crates/made/Makefile': makefile.replace('$(CFLAGS) $(CPPFLAGS)', '-DTEXT=\'"a\tb\\\\"\''),
        'app/build.rs': script.replace('"-fPIC"', '"-fPIC", "-fno-stack-protector"'),
    });
    const { exit, calls } = await flagsOf(careless);
    expect(exit).toBe(1);
    const bad = calls.filter(({ missing, undone }) => missing.length + undone.length > 0);
    const [undone, missing] = bad.filter(({ exception }) => exception === undefined);
    expect(missing?.action).toBe('unit.made-1.0.0.run');
    expect(missing?.missing).toContain('-D_FORTIFY_SOURCE=2');
    // Whatever a word has in it.
    expect(missing?.arguments).toContain('-DTEXT="a\tb\\\\"');
    expect(undone).toMatchObject({
        action: 'unit.app-1.0.0.run',
        missing: [],
        undone: [{ flag: '-fstack-protector-strong', by: '-fno-stack-protector' }],
    });
    const text = await rpkg(careless, ['flags', '-q', 'app.rpkg']);
    expect(text.exit).toBe(1);
    expect(text.out).toContain('-fstack-protector-strong is taken back by -fno-stack-protector');
    expect(text.out).toContain('not everything asked for is there');
});

test('with driver cargo the calls below cargo are recorded, too', async () => {
    const hello = freshPlace();
    const recipe = copyHello(hello);
    fs.writeFileSync(
        recipe,
        fs.readFileSync(recipe, 'utf8').replace(/^( {4})version = .*$/m, '$&\n    ldflags = ["-Wl,-z,now"]'),
    );
    const { ok, calls } = await flagsOf(hello, 'hello/hello.rpkg');
    expect(ok).toBe(true);
    const programs = calls.filter(({ tool, carried }) => tool === 'rustc' && carried.includes('-Wl,-z,now'));
    expect(new Set(programs.map(({ side }) => side))).toEqual(new Set(['target']));
    expect(calls.some(({ side, tool }) => side === 'host' && tool === 'c')).toBe(true);
    const recorded = await buildOne(hello, ['--record', 'hello/hello.rpkg']);
    expect((await buildOne(hello, ['hello/hello.rpkg'])).digest).toBe(recorded.digest);
});

test('flags for the build machine are refused where there is no way to give them', async () => {
    const recipe = flagsWorkspace['app.rpkg'] ?? '';
    const cargo = workspace(freshPlace(), { 'app.rpkg': recipe.replace('    driver = rustc\n', '') });
    const { exit, err } = await rpkg(cargo, ['plan', 'app.rpkg']);
    expect(exit).toBe(3);
    expect(err.match(/^error\[plan\/no-host-flags\]/gm)).toHaveLength(2);
    expect(err).toContain('host-cflags = ["-O1", "-DFOR_HOST"]');
});
