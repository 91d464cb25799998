import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    closureOf,
    criticalPath,
    dependenciesOf,
    dependentsOf,
    splitRef,
    topologicalOrder,
} from '../../../compiler/plan/graph.ts';
import type { Action } from '../../../compiler/plan/plan.ts';
import { compose, mounts, run } from '../../support/plans.ts';

type Edges = Readonly<Record<string, readonly string[]>>;

/** Actions that use the named ones; every second is a command, so that both ways of naming inputs are met. */
function graphOf(edges: Edges): { readonly actions: Readonly<Record<string, Action>> } {
    const actions = Object.entries(edges).map(([id, needs], index): [string, Action] => {
        const named = Object.fromEntries(needs.map((need, position) => [`in${position}`, need]));
        return [id, index % 2 === 0 ? compose(named) : run('', { mounts: mounts(named) })];
    });
    return { actions: Object.fromEntries(actions) };
}

/** Ids in some order; an action needs only ones that come before it in the list of ids. */
const acyclic = fc
    .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9.]{0,3}$/), { minLength: 1, maxLength: 14 })
    .chain((ids) =>
        fc.tuple(
            fc.shuffledSubarray(ids, { minLength: ids.length }),
            fc
                .tuple(...ids.map((_, index) => fc.subarray(ids.slice(0, index), { maxLength: Math.min(4, index) })))
                .map((needs) => Object.fromEntries(ids.map((id, index) => [id, needs[index] ?? []]))),
        ),
    )
    .map(([order, needs]): Edges => Object.fromEntries(order.map((id) => [id, needs[id] ?? []])));

function chain(length: number): Edges {
    return Object.fromEntries(Array.from({ length }, (_, at) => [`a${at}`, at === 0 ? [] : [`a${at - 1}`]]));
}

describe('the graph of a plan', () => {
    it('is ordered with every action once and after all that it needs, whatever the order of declaration', () => {
        fc.assert(
            fc.property(acyclic, (edges) => {
                const { order, cycle } = topologicalOrder(graphOf(edges));
                expect(cycle).toEqual([]);
                expect([...order].sort()).toEqual(Object.keys(edges).sort());
                const place = new Map(order.map((id, index) => [id, index]));
                for (const [id, needs] of Object.entries(edges)) {
                    for (const need of needs) expect(place.get(need)).toBeLessThan(place.get(id) ?? -1);
                }
                const reversed = Object.fromEntries(Object.entries(edges).reverse());
                expect(topologicalOrder(graphOf(reversed)).order).toEqual(order);
            }),
        );
    });

    it('names one real cycle when there is one', () => {
        const cyclic = acyclic.chain((edges) => {
            const ids = Object.keys(edges);
            return fc.tuple(fc.constant(edges), fc.constantFrom(...ids), fc.constantFrom(...ids));
        });
        fc.assert(
            fc.property(cyclic, ([edges, from, to]) => {
                const graph = graphOf({ ...edges, [from]: [...(edges[from] ?? []), to] });
                const makesCycle = closureOf(graphOf(edges), [to]).has(from);
                const { cycle } = topologicalOrder(graph);
                expect(cycle.length > 0).toBe(makesCycle);
                if (!makesCycle) return;
                expect(cycle[0]).toBe(cycle.at(-1));
                for (const [index, id] of cycle.slice(0, -1).entries()) {
                    const action = graph.actions[id];
                    expect(action && dependenciesOf(action)).toContain(cycle[index + 1]);
                }
            }),
        );
        expect(topologicalOrder(graphOf({ a: ['a'] })).cycle).toEqual(['a', 'a']);
    });

    it('has a closure: the smallest set with the roots and all that its members need', () => {
        fc.assert(
            fc.property(acyclic, fc.nat(), (edges, pick) => {
                const ids = Object.keys(edges);
                const root = ids[pick % ids.length] ?? '';
                const reach = (id: string): readonly string[] => [id, ...(edges[id] ?? []).flatMap(reach)];
                expect(closureOf(graphOf(edges), [root])).toEqual(new Set(reach(root)));
            }),
        );
        expect([...closureOf(graphOf({ a: [] }), ['b', 'constructor', 'a'])]).toEqual(['a']);
    });

    it('has critical paths: the cost of an action and of the dearest way behind it', () => {
        fc.assert(
            fc.property(acyclic, (edges) => {
                const graph = graphOf(edges);
                const cost = (id: string): number => id.length;
                const dependents = dependentsOf(graph);
                const dearest = (id: string): number =>
                    cost(id) + Math.max(0, ...(dependents.get(id) ?? []).map(dearest));
                const lengths = criticalPath(graph, cost);
                expect(Object.fromEntries(lengths)).toEqual(
                    Object.fromEntries(Object.keys(edges).map((id) => [id, dearest(id)])),
                );
            }),
        );
    });

    it('may be very long, very wide, and name things that are not there', () => {
        const long = graphOf(chain(100_000));
        expect(topologicalOrder(long).order).toHaveLength(100_000);
        expect(criticalPath(long, () => 1).get('a0')).toBe(100_000);
        expect(closureOf(long, ['a99999']).size).toBe(100_000);
        const ring = graphOf({ ...chain(100_000), a0: ['a99999'] });
        expect(topologicalOrder(ring).cycle).toHaveLength(100_001);
        const wide = graphOf({
            root: [],
            ...Object.fromEntries(Array.from({ length: 150_000 }, (_, at) => [`w${at}`, ['root']])),
        });
        expect(criticalPath(wide, () => 1).get('root')).toBe(2);
        expect(topologicalOrder(graphOf({ a: ['nope', 'toString'] })).order).toEqual(['a']);
    });

    it('splits references at the first #', () => {
        expect(splitRef('build')).toEqual({ action: 'build', output: 'out' });
        expect(splitRef('build#doc')).toEqual({ action: 'build', output: 'doc' });
        expect(splitRef('build#')).toEqual({ action: 'build', output: '' });
    });
});
