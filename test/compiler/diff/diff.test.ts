import { describe, expect, it } from 'vitest';
import { diffPlans, type PlanDiff } from '../../../compiler/diff/diff.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { hexOf, hostEnvironment, mounts, planOf, run, rust, shell, write } from '../../support/plans.ts';
import { files, origin, story, touch } from '../../support/stories.ts';

/** Each cause in one line: what, where, from what to what, and which actions have to run again. */
function causes({ causes: found }: PlanDiff): readonly string[] {
    return found.map(({ kind, field, file, line, layer, before, after, affected }) => {
        const place = kind === 'fact' ? '' : ` ${file}:${line} (${layer})`;
        return `${kind} ${field}${place}: ${before ?? '∅'} → ${after ?? '∅'} [${affected.join(' ')}]`;
    });
}

function changed({ actions }: PlanDiff): readonly string[] {
    return actions.map(({ id, kind, causes: numbers }) => `${kind} ${id} ${numbers.join(',')}`);
}

describe('the difference of two plans', () => {
    it('is nothing for the same plan', () => {
        const diff = diffPlans(story(), story());
        expect(diff).toMatchObject({ sameExecution: true, sameDocument: true, causes: [], actions: [], others: [] });
        expect(diff.counts).toEqual({ before: 4, after: 4, added: 0, removed: 0, changed: 0, affected: 0 });
    });

    it('has one cause for one edited flag, with its place and what follows', () => {
        const flags = origin('-O2 -g0', 'base 3 = -O2', touch('debian 7 += -g0', { because: 'size' }));
        const diff = diffPlans(story(), story({ flags }));
        expect(causes(diff)).toEqual(['edited flags debian.rpkg:7 (debian): -g → -g0 [build test]']);
        expect(diff.causes[0]?.because).toBe('size');
        expect(diff.sameExecution).toBe(false);
        expect(diff.counts).toEqual({ before: 4, after: 4, added: 0, removed: 0, changed: 1, affected: 2 });
        expect(diff.actions).toEqual([
            {
                id: 'build',
                kind: 'changed',
                causes: [0],
                changes: [
                    {
                        at: '/actions/build/env/CFLAGS',
                        before: '-O2 -g',
                        after: '-O2 -g0',
                        edits: [
                            { kind: 'removed', text: '-g' },
                            { kind: 'added', text: '-g0' },
                        ],
                    },
                ],
            },
        ]);
    });

    it('has no cause when statements only moved, got a reason, or came under another file name', () => {
        const flags = origin('-O2 -g', 'base 30 = -O2', touch('debian 40 += -g', { because: 'why not', column: 9 }));
        const moved = story({ flags });
        const renamed = { ...moved.provenance, files: ['other.rpkg', ...files.slice(1)] };
        const after = planOf(moved.actions, { outputs: moved.outputs, provenance: renamed });
        const diff = diffPlans(story(), after);
        expect(diff).toMatchObject({ sameExecution: true, sameDocument: false, causes: [], actions: [], others: [] });
    });

    it.each<[string, Plan, readonly string[]]>([
        [
            'a statement more',
            story({ flags: origin('-O2 -g -s', 'base 3 = -O2', 'debian 4 += -g', 'local 1 += -s') }),
            ['added flags local.rpkg:1 (local): ∅ → -s [build test]'],
        ],
        [
            'a statement less',
            story({ flags: origin('-O2', 'base 3 = -O2') }),
            ['removed flags debian.rpkg:4 (debian): -g → ∅ [build test]'],
        ],
        [
            'another operator for the same words',
            story({ flags: origin('-g', 'base 3 = -O2', 'debian 4 := -g') }),
            ['edited flags debian.rpkg:4 (debian): -g → -g [build test]'],
        ],
        [
            'the same statement once more',
            story({ flags: origin('-O2 -g -g', 'base 3 = -O2', 'debian 4 += -g', 'debian 5 += -g') }),
            ['added flags debian.rpkg:5 (debian): ∅ → -g [build test]'],
        ],
        [
            'one overlay in place of another',
            story({ flags: origin('-O2 -s', 'base 3 = -O2', 'local 4 += -s') }),
            [
                'added flags local.rpkg:4 (local): ∅ → -s [build test]',
                'removed flags debian.rpkg:4 (debian): -g → ∅ [build test]',
            ],
        ],
        [
            'two edits',
            story({ flags: origin('-O3 -g1', 'base 3 = -O3', 'debian 4 += -g1') }),
            [
                'edited flags base.rpkg:3 (base): -O2 → -O3 [build test]',
                'edited flags debian.rpkg:4 (debian): -g → -g1 [build test]',
            ],
        ],
        [
            'a field that follows another one',
            story({ version: origin('1.1', 'base 2 = 1.1') }),
            ['edited version base.rpkg:2 (base): 1.0 → 1.1 [build doc fetch.main test]'],
        ],
        [
            'a field that follows and was edited',
            story({ url: origin('y', 'base 5 = "y"') }),
            ['edited url base.rpkg:5 (base): "x-\\(version)" → "y" [build doc fetch.main test]'],
        ],
    ])('explains %s', (_, after, expected) => {
        expect(causes(diffPlans(story(), after))).toEqual(expected);
    });

    it('explains two overlays that changed places', () => {
        const before = story({ flags: origin('-b', 'base 3 = -O2', 'debian 4 := -a', 'local 2 := -b') });
        const after = story({ flags: origin('-a', 'base 3 = -O2', 'local 2 := -b', 'debian 4 := -a') });
        expect(causes(diffPlans(before, after))).toEqual(['edited flags debian.rpkg:4 (debian): -b → -a [build test]']);
    });

    it('does not take fields that name each other for an endless story', () => {
        const circle = (value: string) => origin(value, 'base 2 = "\\(url)"');
        const before = story({ version: circle('a'), url: origin('x', 'base 5 = "\\(version)"') });
        const after = story({ version: circle('b'), url: origin('y', 'base 5 = "\\(version)"') });
        expect(causes(diffPlans(before, after))).toEqual([]);
        expect(changed(diffPlans(before, after))).toEqual(['changed fetch.main ']);
    });

    it.each<[string, string, readonly string[]]>([
        ['an interpolated fact', 'interpolated', ['fact target.arch: x86_64 → aarch64 [build test]']],
        ['a condition over a fact', 'conditional', ['fact target.arch: x86_64 → aarch64 [build test]']],
    ])('explains %s', (_, kind, expected) => {
        const told = (arch: string): Plan => {
            const context = { host: 'h', target: 't', facts: { 'target.arch': arch, 'target.os': 'linux' } };
            const condition = { when: `target.arch == ${arch} and target.os == linux` };
            const flags =
                kind === 'interpolated'
                    ? origin(`-march=${arch}`, 'base 3 = "-march=\\(target.arch)"')
                    : origin(`-O2 -${arch}`, 'base 3 = -O2', touch(`debian ${arch.length} += -${arch}`, condition));
            return story({ flags, changes: { context } });
        };
        expect(causes(diffPlans(told('x86_64'), told('aarch64')))).toEqual(expected);
    });

    it('takes an edit below a condition for an edit, when the facts are the same', () => {
        const told = (flag: string): Plan =>
            story({ flags: origin(flag, touch(`base 3 = ${flag}`, { when: 'target.arch == x86_64' })) });
        expect(causes(diffPlans(told('-a'), told('-b')))).toEqual([
            'edited flags base.rpkg:3 (base): -a → -b [build test]',
        ]);
    });

    it('shows actions that came and went', () => {
        const lint = run('make lint', { mounts: mounts({ in: 'doc' }) });
        const values = { '/actions/lint': ['flags'] };
        const flags = origin('-O2 -lint', 'base 3 = -O2', 'debian 4 += -lint');
        const diff = diffPlans(story(), story({ flags, actions: { lint }, values }));
        expect(changed(diff)).toEqual(['changed build 0', 'added lint 0']);
        expect(diff.causes[0]?.affected).toEqual(['build', 'lint', 'test']);
        expect(diff.counts).toMatchObject({ before: 4, after: 5, added: 1, removed: 0, changed: 1, affected: 3 });
        const back = diffPlans(story({ flags, actions: { lint }, values }), story());
        expect(changed(back)).toEqual(['changed build 0', 'removed lint 0']);
        expect(back.counts).toMatchObject({ added: 0, removed: 1, changed: 1, affected: 2 });
        expect(back.causes[0]?.affected).toEqual(['build', 'test']);
    });

    it('shows a changed tool of the host, which no recipe is the cause of', () => {
        const environments = {
            host: hostEnvironment({ sh: { ...shell, digest: `sha256:${hexOf('6')}`, version: 'dash 0.5.13' } }),
        };
        const diff = diffPlans(story(), story({ changes: { environments } }));
        expect(diff).toMatchObject({ sameExecution: false, causes: [], actions: [] });
        expect(diff.others.map(({ at }) => at)).toEqual([
            '/environments/host/tools/sh/digest',
            '/environments/host/tools/sh/version',
        ]);
        expect(diff.counts).toMatchObject({ changed: 0, affected: 3 });
    });

    it('does not show a mounted tool that only moved', () => {
        const before = story({ changes: { environments: { host: hostEnvironment({ rust }) } } });
        const after = story({
            changes: { environments: { host: hostEnvironment({ rust: { ...rust, path: '/a/rustc', root: '/a' } }) } },
        });
        expect(diffPlans(before, after)).toMatchObject({ sameExecution: true, others: [], actions: [] });
    });

    it('shows outputs that are others now, and environments that came and went', () => {
        const after = story({ changes: { outputs: { out: 'doc', more: 'build' }, environments: {} } });
        expect(diffPlans(story(), after).others.map(({ at }) => at)).toEqual([
            '/environments/host',
            '/outputs/more',
            '/outputs/out',
        ]);
    });

    it('shows each value that is different, by lines where there are lines', () => {
        const before = planOf({
            a: run('one\ntwo\nthree', { commands: [{ argv: ['/bin/a', 'x', 'y'] }, { script: 'one\ntwo' }] }),
            w: write({ f: 'a b c' }),
        });
        const after = planOf({
            a: run('', { commands: [{ argv: ['/bin/a', 'y', 'z'] }, { script: 'one\n2\ntwo' }] }),
            w: write({ f: 'a c' }),
        });
        const diff = diffPlans(before, after);
        expect(
            diff.actions.flatMap(({ changes }) =>
                changes.map(({ at, edits }) => [
                    at,
                    ...edits.map(({ kind, text }) => `${kind === 'added' ? '+' : '-'}${text}`),
                ]),
            ),
        ).toEqual([
            ['/actions/a/commands/0/argv', '-x', '+z'],
            ['/actions/a/commands/1/script', '+2'],
            ['/actions/w/files/f/text', '-b'],
        ]);
    });

    it('does not see what every object has', () => {
        const before = planOf({ a: run('', { env: {} }) });
        const after = planOf({ a: run('', { env: { constructor: 'x', toString: 'y' } }), constructor: write({}) });
        const diff = diffPlans(before, after);
        expect(
            diff.actions.map(({ id, kind, changes }) => [
                id,
                kind,
                changes.map((change) => [change.at, change.before]),
            ]),
        ).toEqual([
            [
                'a',
                'changed',
                [
                    ['/actions/a/env/constructor', undefined],
                    ['/actions/a/env/toString', undefined],
                ],
            ],
            ['constructor', 'added', []],
        ]);
        expect(diffPlans(after, before).actions.map(({ kind }) => kind)).toEqual(['changed', 'removed']);
    });

    it('is quick for large plans', () => {
        const large = (flag: string): Plan =>
            planOf(
                Object.fromEntries(
                    Array.from({ length: 4000 }, (_, at) => [
                        `a${at}`,
                        run(flag, { mounts: at === 0 ? {} : mounts({ in: `a${at >> 1}` }) }),
                    ]),
                ),
                {
                    provenance: {
                        files,
                        fields: { flags: origin(flag, `base 3 = ${flag}`) },
                        values: Object.fromEntries(
                            Array.from({ length: 4000 }, (_, at) => [`/actions/a${at}/commands/0`, ['flags']]),
                        ),
                    },
                },
            );
        const [before, after] = [large('-a'), large('-b')];
        const began = performance.now();
        const diff = diffPlans(before, after);
        expect(performance.now() - began).toBeLessThan(3000);
        expect(diff.causes).toHaveLength(1);
        expect(diff.causes[0]?.affected).toHaveLength(4000);
    });
});
