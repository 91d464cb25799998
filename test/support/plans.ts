// Plans written by hand: small ones for a test's own question, and one that has everything.
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import { planDigest } from '../../compiler/plan/identity.ts';
import type {
    Action,
    ComposeAction,
    Environment,
    FetchAction,
    HostTool,
    Plan,
    Provenance,
    RunAction,
    SelectAction,
    WriteAction,
} from '../../compiler/plan/plan.ts';

/** A plan around the actions; everything not said is usual. The digests are right. */
export function planOf(actions: Readonly<Record<string, Action>>, changes: Partial<Omit<Plan, 'actions'>> = {}): Plan {
    return withDigest({
        schema: 'rpkg.plan/1',
        subject: { name: 'sample', version: '1.0.0', kind: 'generic', epoch: 1_700_000_000 },
        context: { host: 'x86_64-unknown-linux-gnu', target: 'x86_64-unknown-linux-gnu', facts: {} },
        layers: [{ name: 'sample', file: 'sample.rpkg' }],
        environments: { host: hostEnvironment() },
        actions,
        outputs: {},
        provenance: noProvenance,
        ...changes,
    });
}

export function withDigest(plan: Omit<Plan, 'digest'>): Plan {
    return { ...plan, digest: planDigest(plan) };
}

const noProvenance: Provenance = { files: [], fields: {}, values: {} };

export function hostEnvironment(tools: Readonly<Record<string, HostTool>> = { sh: shell }): Environment {
    return { kind: 'host', tools };
}

export function hexOf(digit: string): string {
    return digit.repeat(64);
}

export const shell: HostTool = {
    path: '/bin/sh',
    digest: `sha256:${hexOf('5')}`,
    version: 'dash 0.5.12',
    packages: { dash: '0.5.12-2' },
};

/** `script` runs in /rpkg/build and writes to /rpkg/out; changes replace whole fields. */
export function run(script: string, changes: Partial<RunAction> = {}): RunAction {
    return {
        kind: 'run',
        commands: [{ script }],
        environment: 'host',
        env: { PATH: '/usr/bin:/bin' },
        cwd: '/rpkg/build',
        mounts: {},
        outputs: { out: '/rpkg/out' },
        scratch: '/rpkg/build',
        limits: { timeoutSeconds: 60, weight: 1 },
        ...changes,
    };
}

/** Read-only mounts: `{ src: 'fetch.main' }` is /rpkg/src. */
export function mounts(trees: Readonly<Record<string, string>>): RunAction['mounts'] {
    return Object.fromEntries(
        Object.entries(trees).map(([name, tree]) => [`/rpkg/${name}`, { tree, writable: false }]),
    );
}

export function write(files: Readonly<Record<string, string>>): WriteAction {
    return {
        kind: 'write',
        files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, { text }])),
    };
}

export function compose(entries: Readonly<Record<string, string>>): ComposeAction {
    return { kind: 'compose', entries };
}

/** The files of these trees side by side. */
export function union(...parts: readonly string[]): ComposeAction {
    return { kind: 'compose', entries: {}, union: parts };
}

export function select(tree: string, ...without: readonly string[]): SelectAction {
    return { kind: 'select', tree, without };
}

export function fetchLocal(path: string, tree: TreeDigest | string): FetchAction {
    return { kind: 'fetch', source: { type: 'local', path, exclude: [], tree } };
}

/** Every kind of action and source, every optional field. It is valid, but not meant to be run. */
export function fullPlan(): Plan {
    const hash = `sha256:${hexOf('a')}`;
    const tree = `sha256:${hexOf('b')}/123`;
    return planOf(
        {
            'fetch.archive': {
                kind: 'fetch',
                source: {
                    type: 'archive',
                    urls: ['https://one.example/a.tar', 'https://two.example/a.tar'],
                    hash,
                    strip: 1,
                },
            },
            'fetch.crate': { kind: 'fetch', source: { type: 'crate', name: 'serde', version: '1.0.219', hash } },
            'fetch.file': {
                kind: 'fetch',
                source: { type: 'file', urls: ['https://one.example/p'], hash, name: 'fix.patch', executable: false },
            },
            'fetch.git': {
                kind: 'fetch',
                source: { type: 'git', url: 'https://git.example/r', commit: 'c'.repeat(40), tree },
            },
            'fetch.main': { kind: 'fetch', source: { type: 'local', path: '.', exclude: ['target'], tree } },
            config: {
                kind: 'write',
                files: { 'config.toml': { text: 'jobs = 1\n' }, 'bin/x': { text: '', executable: true } },
            },
            vendor: compose({ 'serde-1.0.219': 'fetch.crate', 'patches/one': 'fetch.file' }),
            build: run('make', {
                commands: [{ argv: ['/usr/bin/make', '-C', '/rpkg/src'] }, { script: 'cp a /rpkg/out' }],
                env: { PATH: '/usr/bin:/bin', MAKEFLAGS: '-j$(jobs)' },
                cwd: '/rpkg/src/lib',
                mounts: {
                    ...mounts({ vendor: 'vendor', config: 'config', old: 'fetch.archive' }),
                    '/rpkg/src': { tree: 'fetch.main', writable: true },
                },
                outputs: { out: '/rpkg/out', doc: '/rpkg/doc', src: '/rpkg/src' },
                early: ['doc'],
                identity: { doc: 'rust-metadata' },
                limits: { timeoutSeconds: 3600, memoryBytes: 2 ** 30, weight: 0 },
            }),
            both: union('build', 'build#doc'),
            part: select('fetch.main', 'docs', 'a/b c'),
            test: run('test -e /rpkg/in/x', { mounts: mounts({ in: 'build#doc', git: 'fetch.git' }), outputs: {} }),
        },
        {
            context: { host: 'h', target: 't', facts: { 'target.arch': 'x86_64', 'option.lto': true } },
            environments: { host: hostEnvironment({ sh: shell, rustc: rust }) },
            outputs: { out: 'build', doc: 'build#doc' },
            provenance: {
                files: ['sample.rpkg', 'debian.rpkg'],
                fields: {
                    'limits.memory': {
                        value: '1GiB',
                        chain: [
                            { layer: 'sample', file: 0, line: 3, column: 5, operator: '=', operand: '512MiB' },
                            {
                                layer: 'debian',
                                file: 1,
                                line: 9,
                                column: 5,
                                operator: ':=',
                                operand: '1GiB',
                                via: ['policy.big'],
                                when: 'target.arch == x86_64',
                                because: 'it is linked in one piece',
                                until: '2.0',
                            },
                        ],
                    },
                },
                values: { '/actions/build/limits/memoryBytes': ['limits.memory'] },
            },
        },
    );
}

export const rust: HostTool = {
    path: '/opt/rust/bin/rustc',
    mount: '/rpkg/tools/rust',
    root: '/opt/rust',
    digest: `sha256:${hexOf('7')}`,
    version: 'rustc 1.90.0',
    packages: {},
};

/** A copy in which the value at a JSON pointer is another one; the digests stay as they were. */
export function edited(plan: Plan, at: string, value: unknown): unknown {
    const copy = structuredClone(plan) as unknown;
    const segments = at
        .split('/')
        .slice(1)
        .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = segments.pop();
    if (last === undefined) return value;
    const parent = segments.reduce((inner, key) => (inner as Readonly<Record<string, unknown>>)[key], copy);
    // Not by assignment: `__proto__` has to become a key.
    Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true });
    if (value === undefined) Reflect.deleteProperty(parent as object, last);
    return copy;
}
