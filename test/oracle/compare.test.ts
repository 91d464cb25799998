import { expect, test } from 'vitest';
import { compareGraphs, describeComparison, packageOf } from './compare.ts';
import type { DependencyJson, GraphJson, UnitJson } from './unit-json.ts';

const registry = 'registry+https://github.com/rust-lang/crates.io-index';

function unit(name: string, dependencies: readonly (number | DependencyJson)[] = [], more: Partial<UnitJson> = {}) {
    return {
        pkg_id: `${registry}#${name}@1.0.0`,
        target: {
            kind: ['lib'],
            crate_types: ['lib'],
            name,
            src_path: `/crates/${name}-1.0.0/src/lib.rs`,
            edition: '2021',
            doc: true,
            doctest: true,
            test: true,
        },
        profile: { name: 'dev', opt_level: '0', lto: 'false', panic: 'unwind', strip: { deferred: 'None' } },
        platform: null,
        mode: 'build',
        features: ['a', 'b'],
        dependencies: dependencies.map((one) => (typeof one === 'number' ? edge(one) : one)),
        ...more,
    };
}

function edge(index: number, more: Partial<DependencyJson> = {}): DependencyJson {
    return { index, extern_crate_name: `d${index}`, public: false, noprelude: false, ...more };
}

function graph(units: readonly UnitJson[], roots: readonly number[] = [units.length - 1]): GraphJson {
    return { version: 1, units, roots };
}

const chain = graph([unit('low'), unit('middle', [0]), unit('top', [1])]);

function withMiddle(more: Partial<UnitJson>): GraphJson {
    return graph([unit('low'), unit('middle', [0], more), unit('top', [1])]);
}

test('order of units, roots, dependencies, features and keys makes no difference', () => {
    const one = graph([unit('low'), unit('other'), unit('top', [0, 1])], [2, 0]);
    const { pkg_id: id, ...rest } = unit('low', [], { features: ['b', 'a'] });
    const two = graph(
        [unit('top', [edge(2, named(1)), edge(1, named(0))]), { ...rest, pkg_id: id }, unit('other')],
        [1, 0],
    );
    expect(compareGraphs(one, two)).toMatchObject({ equal: true, same: 3, causes: [] });
});

function named(index: number): Partial<DependencyJson> {
    return { extern_crate_name: `d${index}` };
}

test.each<[string, Partial<UnitJson>, string]>([
    ['features', { features: ['a'] }, `features: ours ["a"], Cargo's ["a","b"]`],
    ['platform', { platform: 'x86_64-unknown-linux-gnu' }, `platform: ours "x86_64-unknown-linux-gnu", Cargo's null`],
    ['profile', profile({ panic: 'abort' }), `profile.panic: ours "abort", Cargo's "unwind"`],
    ['nested profile', profile({ strip: { resolved: 'None' } }), 'profile.strip.resolved: ours "None"'],
    ['missing profile field', profile({ lto: undefined }), `profile.lto: ours (absent), Cargo's "false"`],
    ['edition', target({ edition: '2018' }), `target.edition: ours "2018", Cargo's "2021"`],
    ['required features', target({ 'required-features': ['a'] }), `target.required-features: ours ["a"]`],
    ['crate types', target({ crate_types: ['rlib'] }), 'target.crate_types: ours ["rlib"]'],
    ['source path', target({ src_path: '/elsewhere' }), 'target.src_path: ours "/elsewhere"'],
    ['doctest', target({ doctest: false }), "target.doctest: ours false, Cargo's true"],
    ['unknown field', { is_std: true } as Partial<UnitJson>, "is_std: ours true, Cargo's (absent)"],
])('the first cause names the %s', (_, more, line) => {
    const comparison = compareGraphs(withMiddle(more), chain);
    expect(comparison).toMatchObject({ equal: false, same: 1, onlyOurs: 2, onlyTheirs: 2 });
    expect(comparison.causes).toHaveLength(1);
    expect(comparison.causes[0]).toMatchObject({ unit: 'middle 1.0.0 lib middle build (dev, host)', kind: 'differs' });
    expect(comparison.causes[0]?.lines.join('\n')).toContain(line);
    expect(comparison.causes[0]?.lines.at(-1)).toBe('needed by top 1.0.0 lib top build (dev, host)');
});

function profile(more: Record<string, unknown>): Partial<UnitJson> {
    const merged = { ...unit('middle').profile, ...more };
    return { profile: Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) };
}

function target(more: Partial<UnitJson['target']>): Partial<UnitJson> {
    return { target: { ...unit('middle').target, ...more } };
}

test.each<[string, Partial<DependencyJson>]>([
    ['extern name', { extern_crate_name: 'renamed' }],
    ['noprelude', { noprelude: true }],
    ['public', { public: true }],
])('an edge with another %s differs', (_, more) => {
    const comparison = compareGraphs(withMiddle({ dependencies: [edge(0, more)] }), chain);
    expect(comparison.causes[0]?.unit).toContain('middle');
    expect(comparison.causes[0]?.lines[0]).toContain('dependency only ours');
    expect(comparison.causes[0]?.lines[1]).toContain("dependency only Cargo's");
});

test('a missing unit, one too much, and another number of the same one', () => {
    const without = graph([unit('middle'), unit('top', [edge(0, named(1))])]);
    const withOther = graph([unit('low'), unit('middle'), unit('top', [edge(1), edge(0)])]);
    expect(compareGraphs(without, withOther).causes.map(({ kind, unit: name }) => [kind, name.split(' ')[0]])).toEqual([
        ['missing', 'low'],
    ]);
    expect(compareGraphs(withOther, without).causes.map(({ kind }) => kind)).toContain('too much');
    const twice = graph([unit('low'), unit('low'), unit('top', [0])]);
    const once = graph([unit('low'), unit('top', [0])]);
    expect(compareGraphs(twice, once).causes.map(({ kind }) => kind)).toEqual(['counted differently']);
    expect(compareGraphs(once, twice).causes.map(({ kind }) => kind)).toEqual(['counted differently']);
});

test('units that differ only in what they depend on are told apart', () => {
    const low = unit('low', [], { features: [] });
    const one = graph([
        unit('low'),
        low,
        unit('middle', [0]),
        unit('middle', [edge(1, named(0))]),
        unit('top', [2, 3]),
    ]);
    const two = graph([
        low,
        unit('low'),
        unit('middle', [0]),
        unit('middle', [edge(1, named(0))]),
        unit('top', [3, 2]),
    ]);
    expect(compareGraphs(one, two).equal).toBe(false);
    const same = graph([...two.units.slice(0, 4), unit('top', [edge(3, named(2)), edge(2, named(3))])]);
    expect(compareGraphs(one, same).equal).toBe(true);
});

test('other roots are a difference', () => {
    const comparison = compareGraphs(graph(chain.units, [2, 1]), chain);
    expect(comparison.causes).toMatchObject([{ kind: 'root', unit: 'middle 1.0.0 lib middle build (dev, host)' }]);
    expect(compareGraphs({ ...chain, version: 2 }, chain).causes[0]?.unit).toBe('(graph)');
});

test('a cycle, an index out of range and rubbish are told, not thrown', () => {
    const cycle = graph([unit('low', [1]), unit('top', [0])]);
    expect(compareGraphs(cycle, chain).causes[0]?.lines[0]).toContain('cycle through');
    expect(compareGraphs(chain, graph([unit('top', [7])])).causes[0]?.lines[0]).toContain('no unit 7');
    expect(compareGraphs(undefined, chain)).toMatchObject({ equal: false, causes: [{ kind: 'broken' }] });
});

test('the text shows the first cause and how many more there are', () => {
    const other = graph(
        [unit('low', [], { mode: 'check' }), unit('middle', [0]), unit('top', [1]), unit('new')],
        [2, 3],
    );
    const text = describeComparison(compareGraphs(other, chain));
    expect(text).toContain("0 units equal, 4 only ours, 3 only Cargo's");
    expect(text).toContain('more cause');
    expect(describeComparison(compareGraphs(chain, chain))).toBe('equal: 3 units');
});

test('names and versions come out of package ids', () => {
    expect(packageOf('path+file:///a/b/just#1.2.3')).toEqual({ name: 'just', version: '1.2.3' });
    expect(packageOf('path+file:///a/b/app#just@1.2.3')).toEqual({ name: 'just', version: '1.2.3' });
    expect(packageOf('git+https://host/x/y?rev=1#1.0.0')).toEqual({ name: 'y', version: '1.0.0' });
    expect(packageOf(`${registry}#a-b@1.0.0+m.1`)).toEqual({ name: 'a-b', version: '1.0.0+m.1' });
});
