// Chains of releases: what becomes of them, and what is refused before anything is built.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diffPlans } from '../../../compiler/diff/diff.ts';
import { emitJson } from '../../../compiler/emit/json.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { lineageOf } from '../../../compiler/rustc/lineage.ts';
import { why } from '../../../compiler/why.ts';
import { withDigest } from '../../support/plans.ts';
import { planRustc, type PlanRequest } from '../../support/rustc-plan.ts';
import { guixChain, guixPoints } from './guix-chain.ts';

const golden = join(import.meta.dirname, '..', '..', 'golden', 'rustc');

const versions = {
    'llvm-config-13': '13.0.1',
    'llvm-config-15': '15.0.7',
    'llvm-config-17': '17.0.6',
    'llvm-config-19': '19.1.7',
    'llvm-config-21': '21.1.8',
    'llvm-config-22': '22.1.8',
};

const hash = `sha256:${'a'.repeat(64)}`;

/** A recipe that is the same for every release but for its version, with a compiler out of a source. */
function templateOf(have: string, ...lines: readonly string[]): string {
    const body = [
        'version = 1.90.0',
        'source main {',
        '    url = "https://sources.test/rustc-\\(version)-src.tar.xz"',
        '    hash = todo',
        '}',
        'source begin {',
        `    path = "begin"`,
        '}',
        `bootstrap.version = ${have}`,
        'bootstrap.from = [begin]',
        ...lines,
    ];
    return `recipe release is rustc {\n${body.map((line) => `    ${line}\n`).join('')}}\n`;
}

interface ChainText {
    readonly have?: string;
    readonly want?: string;
    /** Of the recipe of all links. */
    readonly each?: readonly string[];
    /** Of the chain. */
    readonly lines?: readonly string[];
    /** Releases with a hash of their sources. */
    readonly links?: readonly string[];
}

function textOf({ have = '1.84.1', want = '1.86.0', each = [], lines = [], links = [] }: ChainText): string {
    const hashes = links.map((link) => `link."${link}".source.main.hash := ${hash}`);
    const body = [`version = ${want}`, `have = ${have}`, 'each = release', ...hashes, ...lines];
    const chain = `recipe r is chain {\n${body.map((line) => `    ${line}\n`).join('')}}\n`;
    return `rpkg 1\n\n${templateOf(have, ...each)}\n${chain}`;
}

async function planOf(text: ChainText, more: Partial<PlanRequest> = {}): ReturnType<typeof planRustc> {
    const request = { main: 'r.rpkg', recipe: 'r', texts: { 'r.rpkg': textOf(text) }, versions };
    return await planRustc({ ...request, ...more });
}

const short = { links: ['1.85.1', '1.86.0'] };

function namesOf(plan: Plan | undefined, kind: string): readonly string[] {
    const ids = Object.keys(plan?.actions ?? {}).filter((id) => id.startsWith(`${kind}@`));
    return ids.map((id) => id.slice(kind.length + 1)).sort((a, b) => minor(a) - minor(b));
}

function minor(version: string): number {
    return Number(version.split('.')[1]);
}

function configOf(plan: Plan | undefined, link: string): string {
    const action = plan?.actions[`config@${link}`];
    return action?.kind === 'write'
        ? Object.values(action.files)
              .map(({ text }) => text)
              .join('')
        : '';
}

describe('the chain of Debian', () => {
    test('gives the recorded plan', async () => {
        const { plan, diagnostics } = await planRustc({
            main: 'recipes/debian/chain.rpkg',
            versions,
            files: { 'debian/patches/series': 'one.patch\ntwo.patch\n' },
        });
        expect(diagnostics).toEqual([]);
        if (plan === undefined) throw new Error('no plan');
        const bare = withDigest({ ...plan, provenance: { files: [], fields: {}, values: {} } });
        await expect(emitJson(bare)).toMatchFileSnapshot(join(golden, 'chain.plan.json'));
    });
});

describe('links', () => {
    test.each(['1.54.0', '1.74.0'])(
        'from %s to 1.98 are in the order of Guix, as `rpkg lineage` has them',
        async (have) => {
            const answer = lineageOf(have, '1.98.1', { via: guixPoints, llvm: [13, 15, 17, 19, 21, 22] });
            if (!answer.ok) throw new Error(answer.problem.message);
            const links = answer.lineage.links.map(({ version }) => version);
            const { plan, diagnostics } = await planOf({
                have,
                want: '1.98.1',
                each: ['llvm.link = system-dynamic'],
                lines: ['llvm = [13, 15, 17, 19, 21, 22]'],
                links,
            });
            expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
            const planned = namesOf(plan, 'install');
            expect(planned).toEqual(links);
            const guix = guixChain.filter((version) => minor(version) > minor(have));
            expect(planned.slice(0, guix.length)).toEqual(guix);
            for (const [at, { version, stage0, stage, llvm }] of answer.lineage.links.entries()) {
                expect(configOf(plan, version)).toContain(`llvm-config-${String(llvm.major)}"`);
                const begin = plan?.actions[`stage0@${version}`];
                const mounts = begin?.kind === 'run' ? Object.values(begin.mounts).map(({ tree }) => tree) : [];
                expect(mounts).toContain(at === 0 ? 'fetch.begin' : `install@${stage0}`);
                const last = plan?.actions[`install@${version}`];
                const [command] = last?.kind === 'run' ? last.commands : [];
                expect(command !== undefined && 'script' in command ? command.script : '').toContain(
                    `--stage ${String(stage)} `,
                );
            }
            expect(plan?.outputs).toEqual({ out: 'install@1.98.1', certificate: 'certificate@1.98.1' });
        },
    );

    test('in between have library and cargo alone, the last one what its recipe wants', async () => {
        const each = [
            'goal = install',
            'tests.suites = ["tests/ui"]',
            'output std {',
            '    files = ["lib"]',
            '}',
            'output tools {',
            '    files = ["bin", "share", "etc"]',
            '}',
            'tools = [cargo, clippy]',
            'docs = true',
            'install.prefix = "/opt"',
            'install.remove = ["bin/clippy"]',
        ];
        const { plan } = await planOf({ ...short, each });
        expect(configOf(plan, '1.85.1')).toContain('tools = ["cargo"]');
        expect(configOf(plan, '1.85.1')).toContain('prefix = "/usr"');
        expect(configOf(plan, '1.86.0')).toContain('tools = ["cargo", "clippy"]');
        expect(configOf(plan, '1.86.0')).toContain('prefix = "/opt"');
        for (const kind of ['docs', 'split']) expect(namesOf(plan, kind)).toEqual(['1.86.0']);
        expect(Object.keys(plan?.actions ?? {}).filter((id) => id.startsWith('test') && id.endsWith('1.85.1'))).toEqual(
            [],
        );
        expect(Object.keys(plan?.actions ?? {}).some((id) => id.startsWith('test') && id.endsWith('1.86.0'))).toBe(
            true,
        );
        expect(plan?.outputs).toEqual({
            out: 'install@1.86.0',
            certificate: 'certificate@1.86.0',
            std: 'split@1.86.0#std',
            tools: 'split@1.86.0#tools',
        });
    });

    test('have a layer of their own on the recipe of all', async () => {
        const { plan } = await planOf({
            ...short,
            each: ['config rust {', '    debuginfo-level = 1', '}'],
            lines: [
                'link "1.85.1" {',
                '    config rust {',
                '        debuginfo-level := 0 because "nobody debugs it"',
                '    }',
                '}',
            ],
        });
        expect(configOf(plan, '1.85.1')).toContain('debuginfo-level = 0');
        expect(configOf(plan, '1.86.0')).toContain('debuginfo-level = 1');
    });

    test('read their own version in conditions', async () => {
        const each = ['when version < 1.86 {', '    description = "old"', '}'];
        const { plan } = await planOf({ ...short, each });
        expect(configOf(plan, '1.85.1')).toContain('description = "old"');
        expect(configOf(plan, '1.86.0')).not.toContain('description');
    });

    test('end with the wanted release by itself, where that is wanted', async () => {
        const { plan } = await planOf({ want: '1.85.1', links: ['1.85.1'], lines: ['by-itself = true'] });
        expect(namesOf(plan, 'install')).toEqual(['1.85.1', '1.85.1-by-itself']);
        expect(plan?.outputs['out']).toBe('install@1.85.1-by-itself');
    });

    test('are only the first one when a dry run is wanted', async () => {
        const { plan } = await planOf({ ...short, each: ['goal = dry-run'] });
        expect(plan?.outputs).toEqual({ out: 'dry-run@1.85.1' });
        expect(Object.keys(plan?.actions ?? {}).filter((id) => id.includes('1.86.0'))).toEqual([]);
    });

    test('share what they have alike', async () => {
        const { plan } = await planOf(short);
        const ids = Object.keys(plan?.actions ?? {});
        expect(ids.filter((id) => id.startsWith('scripts.'))).toEqual([
            'scripts.certificate',
            'scripts.prepare',
            'scripts.stage0',
        ]);
        expect(ids).toContain('fetch.begin');
        expect(ids).toContain('fetch.main@1.85.1');
        // The first link needs what moves a compiler of a distribution; so do the others: one environment.
        expect(Object.keys(plan?.environments ?? {})).toEqual(['host']);
    });
});

describe('a last recipe of its own', () => {
    const text = textOf({ links: ['1.85.1'], lines: ['last = wanted'] });
    const wanted = (version: string): string =>
        `${text}\nrecipe wanted is rustc {\n    version = ${version}\n    source main {\n        path = "wanted"\n    }\n    tools = [cargo, rustfmt]\n}\n`;

    test('is taken for the wanted release', async () => {
        const { plan, diagnostics } = await planOf({}, { texts: { 'r.rpkg': wanted('1.86.0') } });
        expect(diagnostics.map(({ code }) => code)).toEqual(['plan/unread-release']);
        expect(configOf(plan, '1.86.0')).toContain('rustfmt');
        expect(plan?.actions['fetch.main@1.86.0']).toMatchObject({ source: { type: 'local' } });
    });

    test('must be of that release', async () => {
        const { diagnostics } = await planOf({}, { texts: { 'r.rpkg': wanted('1.86.1') } });
        expect(diagnostics).toMatchObject([{ code: 'chain/other-release' }]);
    });
});

describe('the document of a plan', () => {
    test('says why a link has what it has', async () => {
        const { plan } = await planOf(short);
        if (plan === undefined) throw new Error('no plan');
        const answers = why(plan, 'tools');
        expect(answers.map(({ field }) => field)).toEqual(['link."1.85.1".tools']);
        expect(answers[0]?.origin.chain).toMatchObject([{ operator: '=', operand: '[cargo]', layer: 'r' }]);
        expect(answers[0]?.places).toContain('/actions/config@1.85.1/files/config.toml/text');
        const [version] = why(plan, 'link."1.85.1".version');
        expect(version?.origin.chain.map(({ operand }) => operand)).toEqual(['1.90.0', '1.85.1']);
    });

    test('has one cause for one edit, however many links it changes', async () => {
        const before = await planOf({ ...short, each: ['ldflags = ["-Wl,-z,relro"]'] });
        const after = await planOf({ ...short, each: ['ldflags = ["-Wl,-z,now"]'] });
        if (before.plan === undefined || after.plan === undefined) throw new Error('no plan');
        const { causes, actions } = diffPlans(before.plan, after.plan);
        expect(causes).toMatchObject([{ field: 'ldflags', kind: 'edited' }]);
        expect(actions.map(({ id }) => id)).toContain('stage1@1.85.1');
        expect(actions.map(({ id }) => id)).toContain('stage2@1.86.0');
    });
});

describe('what is refused', () => {
    interface Case extends ChainText {
        readonly title: string;
        readonly code: string;
        readonly message: RegExp;
        readonly versions?: Readonly<Record<string, string>>;
    }
    const cases: readonly Case[] = [
        {
            title: 'an older release than the one at hand',
            want: '1.83.0',
            code: 'rustc/wrong-stage0',
            message: /rustc 1\.84\.1 cannot build the older 1\.83\.0.*rule of 1\.78\.0.*check_stage0_version/,
        },
        {
            title: 'a beginning before all chains',
            have: '1.40.0',
            code: 'rustc/unknown-release',
            message: /`1\.40\.0` is no release of rustc that rpkg has chains for/,
        },
        {
            title: 'a chain without links',
            have: '1.86.0',
            code: 'chain/nothing-to-build',
            message: /1\.86\.0 is the compiler at hand/,
        },
        {
            title: 'a link that is none',
            links: ['1.85.1', '1.86.0', '1.87.0'],
            code: 'chain/unknown-link',
            message: /no link `1\.87\.0`/,
        },
        {
            title: 'a link without all numbers',
            links: ['1.85.1', '1.86.0', '1.85'],
            code: 'chain/unknown-link',
            message: /no link `1\.85`/,
        },
        {
            title: 'two point releases of one minor version',
            links: ['1.85.0', '1.85.1', '1.86.0'],
            code: 'chain/two-releases',
            message: /`1\.85\.1` and `1\.85\.0` are point releases/,
        },
        {
            title: 'a compiler at hand that is another one',
            each: ['bootstrap.cargo = 1.84.1'],
            have: '1.84.1',
            versions: {},
            code: 'chain/other-compiler',
            message: /begins with rustc 1\.84\.1, and the compiler that its first link is built with is 1\.85\.0/,
            lines: ['link "1.85.1" {', '    bootstrap.version := 1.85.0', '}'],
            links: ['1.85.1', '1.86.0'],
        },
        {
            title: 'an LLVM that is too old for one of the links',
            want: '1.88.0',
            links: ['1.85.1', '1.86.0', '1.87.0', '1.88.0'],
            each: ['llvm.link = system-dynamic', 'llvm.config = "llvm-config-18"'],
            versions: { 'llvm-config-18': '18.1.8' },
            code: 'rustc/wrong-llvm',
            message: /rustc 1\.88\.0 needs LLVM 19 or newer, not 18\.1\.8 \(rule of 1\.88: RELEASES\.md/,
        },
        {
            title: 'a list of LLVMs of which none fits a link',
            want: '1.88.0',
            links: ['1.85.1', '1.86.0', '1.87.0', '1.88.0'],
            each: ['llvm.link = system-dynamic'],
            lines: ['llvm = [18]'],
            code: 'rustc/wrong-llvm',
            message: /rustc 1\.88\.0 needs LLVM 19 or newer, up to 20; there is 18 \(rule of 1\.88: RELEASES\.md/,
        },
        {
            title: 'a list of LLVMs of which one is new enough, but was seen to fail',
            have: '1.95.0',
            want: '1.96.1',
            links: ['1.96.1'],
            each: ['llvm.link = system-dynamic'],
            lines: ['llvm = [21]'],
            code: 'rustc/wrong-llvm',
            message: /rustc 1\.96\.1 needs LLVM 21 or newer, up to 22; .*with LLVM 21 it has no code for intrinsics/,
        },
        {
            title: 'a list of LLVMs that nobody takes',
            ...short,
            lines: ['llvm = [19]'],
            code: 'chain/idle-llvm',
            message: /no link takes its LLVM from this list/,
        },
        {
            title: 'sources of a link that nobody has pinned',
            links: ['1.85.1'],
            code: 'plan/hash-todo',
            message: /main/,
        },
        {
            title: 'an unknown field of a link',
            ...short,
            lines: ['link "1.85.1" {', '    ldflag = ["-O"]', '}'],
            code: 'type/unknown-field',
            message: /a recipe of kind `rustc` has no `ldflag`/,
        },
        {
            title: 'a layer of a link that changes nothing',
            ...short,
            lines: ['link "1.86.0" {', '    docs := true', '}'],
            code: 'layer/nothing-to-replace',
            message: /docs/,
        },
        {
            title: 'a key that the release of a link does not have',
            ...short,
            lines: ['link "1.85.1" {', '    config rust {', '        optimise = true', '    }', '}'],
            code: 'rustc/unknown-key',
            message: /1\.85\.1 has no setting `rust\.optimise`/,
        },
        {
            title: 'a link that is no recipe of a compiler',
            ...short,
            lines: ['last = r'],
            code: 'name/wrong-sort',
            message: /`r` is a recipe of kind `chain`/,
        },
    ];

    test.each(cases)('$title', async ({ code, message, versions: changed = {}, ...text }) => {
        const { plan, diagnostics } = await planOf(
            { links: ['1.85.1', '1.86.0'].filter(() => text.have === undefined && text.want === undefined), ...text },
            { versions: { ...versions, ...changed } },
        );
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        expect(errors.map((each) => each.code)).toEqual([code]);
        expect(errors[0]?.message).toMatch(message);
        expect(errors[0]?.labels.length).toBeGreaterThan(0);
        expect(plan).toBeUndefined();
    });
});
