import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitJson } from '../../../compiler/emit/json.ts';
import { canonicalJson } from '../../../compiler/plan/canonical.ts';
import { checkPlan, pointer } from '../../../compiler/plan/check.ts';
import { decodePlan } from '../../../compiler/plan/decode.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { edited, fullPlan, planOf, run, shell, withDigest, write } from '../../support/plans.ts';

const plan = fullPlan();

function problemsOf(json: unknown): readonly string[] {
    const decoded = decodePlan(json);
    return decoded.ok ? [] : decoded.problems.map(({ at, message }) => `${at}: ${message}`);
}

/** The problems of a plan whose digests are right, so that only its rules are broken. */
function broken(at: string, value: unknown): readonly string[] {
    const changed = edited(plan, at, value) as Plan;
    return checkPlan(changed).map((problem) => `${problem.at}: ${problem.message}`);
}

describe('reading a plan', () => {
    it('takes one with every kind of action and source, and gives it back', () => {
        expect(problemsOf(plan)).toEqual([]);
        const decoded = decodePlan(JSON.parse(emitJson(plan)));
        expect(decoded).toEqual({ ok: true, plan });
        expect(decoded.ok && emitJson(decoded.plan)).toBe(emitJson(plan));
    });

    it.each<[string, unknown, string]>([
        ['/extra', 1, ': there is no key `extra` here'],
        ['/digest/extra', 'x', '/digest: there is no key `extra` here'],
        ['/actions/build/extra', 1, '/actions/build: there is no key `extra` here'],
        ['/actions/config/files/x', { text: '', mode: 1 }, '/actions/config/files/x: there is no key `mode` here'],
        ['/actions/fetch.main/source/extra', 1, '/actions/fetch.main/source: there is no key `extra` here'],
        [
            '/actions/build/mounts/~1rpkg~1old/extra',
            1,
            '/actions/build/mounts/~1rpkg~1old: there is no key `extra` here',
        ],
        ['/environments/host/tools/sh/extra', 1, '/environments/host/tools/sh: there is no key `extra` here'],
        [
            '/provenance/fields/limits.memory/chain/0/extra',
            1,
            '/provenance/fields/limits.memory/chain/0: there is no key `extra` here',
        ],
        ['/schema', 'rpkg.plan/2', '/schema: must be `rpkg.plan/1`'],
        ['/subject', undefined, ': the key `subject` is missing'],
        ['/subject/epoch', -1, '/subject/epoch: must be >= 0'],
        ['/subject/epoch', 1.5, '/subject/epoch: must be integer'],
        ['/subject/name', null, '/subject/name: must be string'],
        ['/actions/build/kind', 'shell', '/actions/build: the key `kind` has no known value'],
        ['/actions/build/kind', undefined, '/actions/build: the key `kind` has no known value'],
        ['/actions/build', [], '/actions/build: must be object'],
        ['/actions/fetch.main/source/type', 'http', '/actions/fetch.main/source: the key `type` has no known value'],
        [
            '/actions/fetch.main/source/tree',
            'sha256:x',
            '/actions/fetch.main/source/tree: must match pattern "^sha256:[0-9a-f]{64}/(0|[1-9][0-9]*)$"',
        ],
        ['/actions/build/limits/weight', '1', '/actions/build/limits/weight: must be integer'],
        ['/actions/build/limits/timeoutSeconds', 0, '/actions/build/limits/timeoutSeconds: must be >= 1'],
        ['/actions/build/limits/memoryBytes', 1024, '/actions/build/limits/memoryBytes: must be >= 67108864'],
        ['/actions/build/commands', [], '/actions/build/commands: must NOT have fewer than 1 items'],
        ['/actions/build/identity/doc', 'md5', '/actions/build/identity/doc: must be `rust-metadata`'],
        ['/environments/host/kind', 'debian', '/environments/host: the key `kind` has no known value'],
        ['/environments/host/tools/sh/path', 'sh', '/environments/host/tools/sh/path: must match pattern "^/"'],
    ])('refuses what the schema does not know: %s = %j', (at, value, expected) => {
        expect(problemsOf(edited(plan, at, value))).toContain(expected);
    });

    it.each([[undefined], [null], [1], ['{}'], [[]], [{}]])('refuses what is no plan at all: %j', (json) => {
        expect(problemsOf(json)).toHaveLength(1);
    });

    it.each<[string, unknown]>([
        ['/actions/build/env/PATH', '/evil:/bin'],
        ['/actions/fetch.archive/source/urls/0', 'https://evil.example/a.tar'],
        ['/provenance/fields/limits.memory/value', '2GiB'],
    ])('refuses one that was edited by hand: %s', (at, value) => {
        const problems = problemsOf(edited(plan, at, value));
        expect(problems.at(-1)).toMatch(/^\/digest\/document: the content has the digest sha256:/);
        expect(problems.length).toBe(at === '/actions/build/env/PATH' ? 2 : 1);
    });

    it('names each digest that is wrong', () => {
        const zero = `sha256:${'0'.repeat(64)}`;
        const problems = problemsOf({ ...plan, digest: { execution: zero, document: zero } });
        expect(problems).toEqual([
            `/digest/execution: the content has the digest ${plan.digest.execution}`,
            `/digest/document: the content has the digest ${plan.digest.document}`,
        ]);
    });
});

describe('the rules of a plan', () => {
    const place = 'a place is one name or two below /rpkg';
    const inTree = 'a path in a tree is relative, without `.`, `..`, empty parts and control characters';
    const outputName = 'an output name has letters, digits, `_` and `-`';
    const twice = 'two things cannot be at one place';
    const cwd = '/actions/build/cwd: the working directory lies in a mount, an output or the scratch directory';
    const id = 'an action id has letters, digits and `. _ + @ -`, at most 180 of them';

    it.each<[string, unknown, readonly string[]]>([
        ['/subject/name', 'x\nrm', ['/subject/name: holds a control character']],
        ['/subject/version', '\u007f', ['/subject/version: holds a control character']],
        ['/subject/kind', 'half \ud800', ['/subject/kind: is not Unicode']],
        ['/context/facts/\udc00', 'x', ['/context/facts: has a key that is not Unicode']],
        ['/subject/epoch', 2 ** 53, ['/subject/epoch: is too large']],
        ['/outputs/more', 'nope', ['/outputs/more: no action gives `nope`']],
        ['/outputs/more', 'build#nope', ['/outputs/more: no action gives `build#nope`']],
        ['/outputs/more', 'build#constructor', ['/outputs/more: no action gives `build#constructor`']],
        ['/outputs/more', 'vendor#doc', ['/outputs/more: no action gives `vendor#doc`']],
        ['/outputs/more', 'vendor#out', []],
        ['/outputs/more', '__proto__', ['/outputs/more: no action gives `__proto__`']],
        ['/outputs/more', 'constructor', ['/outputs/more: no action gives `constructor`']],
        ['/outputs/..~1evil', 'build', [`/outputs/..~1evil: ${outputName}`]],
        ['/outputs/__proto__', 'build', [`/outputs/__proto__: ${outputName}`]],
        ['/actions/__proto__', write({}), [`/actions/__proto__: ${id}`]],
        ['/actions/..~1x', write({}), [`/actions/..~1x: ${id}`]],
        ['/actions/a b', write({}), [`/actions/a b: ${id}`]],
        ['/actions/a\nb', write({}), [`/actions/a\nb: ${id}`]],
        ['/actions/', write({}), [`/actions/: ${id}`]],
        ['/actions/.x', write({}), [`/actions/.x: ${id}`]],
        [`/actions/${'a'.repeat(181)}`, write({}), [`/actions/${'a'.repeat(181)}: ${id}`]],
        [`/actions/${'a'.repeat(180)}`, write({}), []],
        ['/actions/constructor', write({}), []],
        ['/actions/config/files/..~1x', { text: '' }, [`/actions/config/files/..~1x: ${inTree}`]],
        ['/actions/config/files/~1etc', { text: '' }, [`/actions/config/files/~1etc: ${inTree}`]],
        ['/actions/config/files/a~1~1b', { text: '' }, [`/actions/config/files/a~1~1b: ${inTree}`]],
        ['/actions/config/files/.', { text: '' }, [`/actions/config/files/.: ${inTree}`]],
        ['/actions/config/files/a\nb', { text: '' }, [`/actions/config/files/a\nb: ${inTree}`]],
        ['/actions/config/files/a\0', { text: '' }, [`/actions/config/files/a\0: ${inTree}`]],
        ['/actions/config/files/', { text: '' }, [`/actions/config/files/: ${inTree}`]],
        [
            `/actions/config/files/${'é'.repeat(128)}`,
            { text: '' },
            [`/actions/config/files/${'é'.repeat(128)}: ${inTree}`],
        ],
        ['/actions/config/files/__proto__', { text: '' }, []],
        [
            '/actions/config/files/bin',
            { text: '' },
            ['/actions/config/files/bin~1x: lies inside `bin`, which is another entry'],
        ],
        [
            '/actions/vendor/entries/patches',
            'fetch.crate',
            ['/actions/vendor/entries/patches~1one: lies inside `patches`, which is another entry'],
        ],
        ['/actions/vendor/entries/x', 'nope', ['/actions/vendor/entries/x: no action gives `nope`']],
        [
            '/actions/vendor/union',
            ['both'],
            [
                '/actions/vendor/entries: a union has no entries',
                '/actions: actions need each other: both → build → vendor → both',
            ],
        ],
        ['/actions/both/union/1', 'nope', ['/actions/both/union/1: no action gives `nope`']],
        ['/actions/both/union/1', 'both', ['/actions: actions need each other: both → both']],
        [
            '/actions/both/union/1',
            'vendor',
            ['/actions/both/union/1: a union is made of outputs of commands and of unions'],
        ],
        [
            '/actions/both/union/1',
            'config',
            ['/actions/both/union/1: a union is made of outputs of commands and of unions'],
        ],
        ['/actions/part/tree', 'nope', ['/actions/part/tree: no action gives `nope`']],
        ['/actions/part/tree', 'part', ['/actions: actions need each other: part → part']],
        ['/actions/part/without/1', '../x', [`/actions/part/without/1: ${inTree}`]],
        ['/actions/part/without/1', '/x', [`/actions/part/without/1: ${inTree}`]],
        ['/actions/part/without/1', 'docs/x', ['/actions/part/without/1: lies inside `docs`, which is another entry']],
        ['/actions/part/without', [], []],
        ['/actions/fetch.file/source/name', 'a/b', ['/actions/fetch.file/source: `a/b` is not a file name']],
        ['/actions/fetch.file/source/name', '..', ['/actions/fetch.file/source: `..` is not a file name']],
        [
            '/actions/fetch.file/source/hash',
            'sha256:1',
            ['/actions/fetch.file/source: `sha256:1` is not a sha256 hash'],
        ],
        ['/actions/fetch.crate/source/name', '../x', ['/actions/fetch.crate/source: `../x` is not a crate name']],
        ['/actions/fetch.crate/source/version', '1/2', ['/actions/fetch.crate/source: `1/2` is not a version']],
        [
            '/actions/fetch.git/source/commit',
            'main',
            ['/actions/fetch.git/source: a commit is named by its whole hash'],
        ],
        ['/actions/fetch.git/source/tree', 'x', ['/actions/fetch.git/source: `x` is not a tree digest']],
        ['/actions/build/environment', 'other', ['/actions/build/environment: there is no environment `other`']],
        ['/actions/build/environment', 'toString', ['/actions/build/environment: there is no environment `toString`']],
        ['/actions/build/commands', [], ['/actions/build/commands: an action that runs needs a command']],
        ['/actions/build/commands/0/argv/1', 'a\0b', ['/actions/build/commands/0: a command holds no NUL']],
        ['/actions/build/commands/1/script', '\0', ['/actions/build/commands/1: a command holds no NUL']],
        [
            '/actions/build/commands/0/argv/0',
            'make',
            ['/actions/build/commands/0: a program is named by its absolute path'],
        ],
        [
            '/actions/build/commands/0/argv/0',
            '/a=b',
            ['/actions/build/commands/0: the path of a program holds no `=`, or env(1) takes it for a variable'],
        ],
        [
            '/actions/build/commands/0/argv/1',
            'x'.repeat(2 ** 17),
            ['/actions/build/commands: a word is longer than the kernel takes: 128 KiB'],
        ],
        ['/actions/build/env/A-B', '', ['/actions/build/env/A-B: a variable name has letters, digits and `_`']],
        ['/actions/build/env/1A', '', ['/actions/build/env/1A: a variable name has letters, digits and `_`']],
        ['/actions/build/env/A', '\0', ['/actions/build/env/A: a variable holds no NUL']],
        [
            '/actions/build/env/A',
            'x'.repeat(2 ** 17),
            ['/actions/build/env/A: is longer than the kernel takes: 128 KiB'],
        ],
        ['/actions/build/env/PWD', '/', ['/actions/build/env/PWD: PWD names the working directory']],
        ['/actions/build/env/PWD', '/rpkg/src/lib', []],
        ['/actions/build/env/constructor', 'x', []],
        ['/actions/build/scratch', '/tmp', [`/actions/build/scratch: ${place}`]],
        ['/actions/build/scratch', '/rpkg/a/b', []],
        ['/actions/build/scratch', '/rpkg/a/b/c', [`/actions/build/scratch: ${place}`]],
        ['/actions/build/scratch', '/rpkg/a/..', [`/actions/build/scratch: ${place}`]],
        [
            '/actions/build/scratch',
            '/rpkg/tools/x',
            ['/actions/build/scratch: lies inside `/rpkg/tools`, which is another place'],
        ],
        [
            '/actions/build/scratch',
            '/rpkg/old/x',
            ['/actions/build/mounts/~1rpkg~1old: `/rpkg/old/x`, which is another place, lies inside'],
        ],
        ['/actions/build/scratch', '/rpkg/../etc', [`/actions/build/scratch: ${place}`]],
        ['/actions/build/scratch', '/rpkg/tools', [`/actions/build/scratch: ${twice}`]],
        ['/actions/build/scratch', '/rpkg/old', [`/actions/build/mounts/~1rpkg~1old: ${twice}`]],
        [
            '/actions/build/mounts/~1rpkg~1x~1y~1z',
            { tree: 'config', writable: false },
            [`/actions/build/mounts/~1rpkg~1x~1y~1z: ${place}`],
        ],
        ['/actions/build/mounts/~1rpkg~1x~1y', { tree: 'config', writable: false }, []],
        [
            '/actions/build/mounts/~1rpkg~1build~1y',
            { tree: 'config', writable: true },
            ['/actions/build/mounts/~1rpkg~1build~1y: lies inside `/rpkg/build`, which is another place'],
        ],
        [
            '/actions/build/mounts/__proto__',
            { tree: 'config', writable: false },
            [`/actions/build/mounts/__proto__: ${place}`],
        ],
        [
            '/actions/build/mounts/~1rpkg~1x',
            { tree: 'nope', writable: false },
            ['/actions/build/mounts/~1rpkg~1x: no action gives `nope`'],
        ],
        ['/actions/build/outputs/a.b', '/rpkg/x', [`/actions/build/outputs/a.b: ${outputName}`]],
        ['/actions/build/outputs/more', '/rpkg/out', [`/actions/build/outputs/out: ${twice}`]],
        ['/actions/build/outputs/more', '/rpkg/src', [`/actions/build/outputs/src: ${twice}`]],
        ['/actions/build/outputs/more', '/rpkg/vendor', [`/actions/build/outputs/more: ${twice}`]],
        ['/actions/build/outputs/more', '/etc', [`/actions/build/outputs/more: ${place}`]],
        ['/actions/build/identity/nope', 'rust-metadata', ['/actions/build/identity/nope: there is no output `nope`']],
        ['/actions/build/early/0', 'nope', ['/actions/build/early/0: there is no output `nope`']],
        ['/actions/build/early/0', 'toString', ['/actions/build/early/0: there is no output `toString`']],
        [
            '/actions/build/early/0',
            'src',
            ['/actions/build/early/0: an output that is not empty at first is not early'],
        ],
        ['/actions/build/cwd', '/rpkg/other', [cwd]],
        ['/actions/build/cwd', '/rpkg/src/../..', [cwd]],
        ['/actions/build/cwd', '/rpkg/src/.', [cwd]],
        ['/actions/build/cwd', '/rpkg/src/', [cwd]],
        ['/actions/build/cwd', '/rpkg/tools', [cwd]],
        ['/actions/build/cwd', '/rpkg/srcs', [cwd]],
        ['/actions/build/cwd', 'src', [cwd]],
        [
            '/environments/host/tools/x',
            { ...shell, mount: '/rpkg/tools/x' },
            ['/environments/host/tools/x: `mount` and `root` come together'],
        ],
        [
            '/environments/host/tools/x',
            { ...shell, root: '/x' },
            ['/environments/host/tools/x: `mount` and `root` come together'],
        ],
        [
            '/environments/host/tools/rustc/mount',
            '/usr/lib/rust',
            [
                '/environments/host/tools/rustc/mount: a tool is one name below /rpkg/tools, of small letters, digits and `-`',
            ],
        ],
        [
            '/environments/host/tools/rustc/mount',
            '/rpkg/tools/a$(x)',
            [
                '/environments/host/tools/rustc/mount: a tool is one name below /rpkg/tools, of small letters, digits and `-`',
            ],
        ],
        [
            '/environments/host/tools/rustc/root',
            'opt',
            ['/environments/host/tools/rustc/root: is not an absolute normalised path'],
        ],
        [
            '/environments/host/tools/rustc/version',
            'a\nb',
            ['/environments/host/tools/rustc/version: holds a control character'],
        ],
        [
            '/environments/host/tools/x',
            { ...shell, mount: '/rpkg/tools/rust', root: '/other' },
            ['/environments/host/tools/x/mount: another tool has something else at this place'],
        ],
        ['/environments/host/tools/x', { ...shell, mount: '/rpkg/tools/rust', root: '/opt/rust' }, []],
    ])('%s = %j', (at, value, expected) => {
        expect(broken(at, value)).toEqual(expected);
    });

    it('finds actions that need each other', () => {
        const loop = run('', { mounts: { '/rpkg/in': { tree: 'test', writable: false } } });
        const cyclic = planOf({
            test: { ...run(''), mounts: { '/rpkg/in': { tree: 'loop', writable: false } } },
            loop,
        });
        expect(checkPlan(cyclic)).toEqual([{ at: '/actions', message: 'actions need each other: loop → test → loop' }]);
    });

    it('tells of everything at once', () => {
        const bad = planOf({ 'a b': run('', { cwd: '/', scratch: '/x' }), c: run('', { env: { '': '' } }) });
        expect(checkPlan(bad)).toHaveLength(4);
    });

    it('is asked before digests are taken, which broken text has none of', () => {
        const bad = edited(plan, '/subject/name', '\ud800');
        expect(problemsOf(bad)).toEqual(['/subject/name: is not Unicode']);
    });
});

/** Every pointer into a value. */
function pointersOf(value: unknown, at = ''): readonly string[] {
    if (typeof value !== 'object' || value === null) return [at];
    const members = Object.entries(value as Readonly<Record<string, unknown>>);
    return [at, ...members.flatMap(([key, member]) => pointersOf(member, at + pointer(key)))];
}

it('answers for whatever it is given', () => {
    const hostile = fc.constantFrom<unknown>(
        null,
        '',
        '__proto__',
        '\ud800',
        'a\0b',
        '/',
        '../x',
        {},
        [],
        -1,
        0.5,
        1e300,
        true,
        undefined,
    );
    const anything = fc.oneof(hostile, fc.jsonValue(), fc.anything());
    fc.assert(
        fc.property(fc.constantFrom(...pointersOf(plan)), anything, (at, value) => {
            const json = edited(plan, at, value);
            const decoded = decodePlan(json);
            if (decoded.ok) expect(canonicalJson(decoded.plan)).toBe(canonicalJson(plan));
            else expect(decoded.problems.length).toBeGreaterThan(0);
        }),
        { numRuns: 1000 },
    );
});

it('answers for rules and digests of whatever fits the schema', () => {
    // Texts and keys are where the schema leaves everything open.
    const texts = pointersOf(plan).filter((at) => typeof valueAt(plan, at) === 'string' && !at.startsWith('/digest'));
    const hostile = fc.constantFrom(
        '',
        '__proto__',
        'constructor',
        '\ud800',
        'a\0b',
        '/',
        '..',
        'build#',
        '#',
        '\n',
        '$(jobs)',
    );
    fc.assert(
        fc.property(fc.constantFrom(...texts), fc.oneof(hostile, fc.string({ unit: 'binary' })), (at, text) => {
            const changed = edited(plan, at, text) as Plan;
            if (checkPlan(changed).length === 0) expect(withDigest(changed).digest.document).toMatch(/^sha256:/);
        }),
        { numRuns: 1000 },
    );
});

function valueAt(value: unknown, at: string): unknown {
    const keys = at
        .split('/')
        .slice(1)
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    return keys.reduce((inner, key) => (inner as Readonly<Record<string, unknown>>)[key], value);
}

describe('a JSON pointer', () => {
    it('escapes what RFC 6901 escapes', () => {
        expect(pointer('a/b', 'm~n', 0, '')).toBe('/a~1b/m~0n/0/');
        expect(pointer()).toBe('');
    });
});

it('is quick with many actions', () => {
    const many = withDigest({
        ...plan,
        actions: Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`a${at}`, run('true')])),
        outputs: {},
    });
    const started = performance.now();
    expect(problemsOf(many)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5000);
});
