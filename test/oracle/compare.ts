// Compares two unit graphs in Cargo's JSON form. A unit equals another one when every field of theirs is equal, fields that
// this file does not know included, and their dependencies are equal in the same sense, all the way down.
//
// What makes no difference:
// - the order of units, of `dependencies` and of `roots`: indices are names only, and Cargo promises no order;
// - the order of `features`: a set, which Cargo happens to print sorted;
// - the order of keys inside of an object.
// Nothing else is left out. A field that is missing differs from one that is null.
import { createHash } from 'node:crypto';
import type { GraphJson, UnitJson } from './unit-json.ts';

export interface Comparison {
    readonly equal: boolean;
    /** Units that both graphs have. */
    readonly same: number;
    /** Units of only one of the graphs, those above a cause included. */
    readonly onlyOurs: number;
    readonly onlyTheirs: number;
    /** Where the difference starts: units that differ although all that they depend on is in both graphs. */
    readonly causes: readonly Cause[];
}

export interface Cause {
    /** Readable name of the unit. */
    readonly unit: string;
    readonly kind: 'differs' | 'missing' | 'too much' | 'counted differently' | 'root' | 'broken';
    readonly lines: readonly string[];
}

type Side = 'ours' | 'theirs';

interface Prepared {
    readonly graph: GraphJson;
    readonly digests: readonly string[];
}

export function compareGraphs(ours: unknown, theirs: unknown): Comparison {
    const prepared: Record<Side, Prepared | Cause> = { ours: prepare(ours, 'ours'), theirs: prepare(theirs, 'theirs') };
    const broken = [prepared.ours, prepared.theirs].filter((one) => 'kind' in one);
    if ('kind' in prepared.ours || 'kind' in prepared.theirs)
        return { equal: false, same: 0, onlyOurs: 0, onlyTheirs: 0, causes: broken };
    return compare(prepared.ours, prepared.theirs);
}

function compare(ours: Prepared, theirs: Prepared): Comparison {
    const left = unmatched(ours, theirs);
    const right = unmatched(theirs, ours);
    const causes = [...unitCauses(ours, theirs, left, right), ...rootCauses(ours, theirs)];
    if (ours.graph.version !== theirs.graph.version)
        causes.push({
            unit: '(graph)',
            kind: 'differs',
            lines: [`version: ours ${ours.graph.version}, Cargo's ${theirs.graph.version}`],
        });
    const equal = causes.length === 0 && left.length === 0 && right.length === 0;
    return {
        equal,
        same: ours.graph.units.length - left.length,
        onlyOurs: left.length,
        onlyTheirs: right.length,
        causes,
    };
}

/** Text for people: how much is equal, and the first causes. */
export function describeComparison({ equal, same, onlyOurs, onlyTheirs, causes }: Comparison, most = 1): string {
    if (equal) return `equal: ${same} units`;
    const shown = causes
        .slice(0, most)
        .flatMap(({ unit, kind, lines }) => [`${kind}: ${unit}`, ...lines.map((line) => `    ${line}`)]);
    const more = causes.length > most ? [`and ${causes.length - most} more causes`] : [];
    return [`${same} units equal, ${onlyOurs} only ours, ${onlyTheirs} only Cargo's`, ...shown, ...more].join('\n');
}

/** A unit in one line: package, target, mode, and where it runs. */
function unitName({ pkg_id: id, target, mode, platform, profile }: UnitJson): string {
    const { name, version } = packageOf(id);
    const profileName = typeof profile['name'] === 'string' ? profile['name'] : '?';
    return `${name} ${version} ${target.kind.join('+')} ${target.name} ${mode} (${profileName}, ${platform ?? 'host'})`;
}

/** Name and version out of a package id specification. */
export function packageOf(id: string): { name: string; version: string } {
    const hash = id.lastIndexOf('#');
    const fragment = id.slice(hash + 1);
    const at = fragment.lastIndexOf('@');
    if (at >= 0) return { name: fragment.slice(0, at), version: fragment.slice(at + 1) };
    const address = id.slice(0, hash).replace(/[?].*$/, '');
    return { name: address.slice(address.lastIndexOf('/') + 1), version: fragment };
}

function prepare(graph: unknown, side: Side): Prepared | Cause {
    try {
        const known = graph as GraphJson;
        return { graph: known, digests: digests(known) };
    } catch (error) {
        return { unit: `(graph of ${side})`, kind: 'broken', lines: [String(error)] };
    }
}

function digests({ units, roots }: GraphJson): string[] {
    const known = new Map<number, string>();
    const open = new Set<number>();
    const visit = (index: number): string => {
        const done = known.get(index);
        if (done !== undefined) return done;
        const unit = units[index];
        if (unit === undefined) throw new Error(`no unit ${index}`);
        if (open.has(index)) throw new Error(`cycle through ${unitName(unit)}`);
        open.add(index);
        const parts = unit.dependencies.map(({ index: to, ...edge }) => `${canonical(edge)} ${visit(to)}`);
        const text = [ownText(unit), ...parts.toSorted()].join('\n');
        const digest = createHash('sha256').update(text).digest('hex');
        open.delete(index);
        known.set(index, digest);
        return digest;
    };
    for (const root of roots) visit(root);
    return units.map((_, index) => visit(index));
}

/** All that a unit says itself. */
function ownFields(unit: UnitJson): Record<string, unknown> {
    const own = Object.entries(unit).filter(([field]) => field !== 'dependencies');
    return { ...Object.fromEntries(own), features: unit.features.toSorted() };
}

function ownText(unit: UnitJson): string {
    return canonical(ownFields(unit));
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
    if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : JSON.stringify(value);
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

/** Indices of units that the other graph does not have, or has fewer times. */
function unmatched(one: Prepared, other: Prepared): number[] {
    const left = counts(other.digests);
    return one.digests.flatMap((digest, index) => {
        const count = left.get(digest) ?? 0;
        left.set(digest, count - 1);
        return count > 0 ? [] : [index];
    });
}

function counts(texts: Iterable<string>): Map<string, number> {
    const all = new Map<string, number>();
    for (const text of texts) all.set(text, (all.get(text) ?? 0) + 1);
    return all;
}

function unitCauses(ours: Prepared, theirs: Prepared, left: readonly number[], right: readonly number[]): Cause[] {
    const candidates = new Set(left);
    const causes: Cause[] = [];
    for (const index of right) {
        const unit = unitAt(theirs, index);
        const name = unitName(unit);
        if (ours.digests.includes(digestAt(theirs, index))) {
            causes.push({ unit: name, kind: 'counted differently', lines: ['Cargo has it more often'] });
            continue;
        }
        if (!isFirst(theirs, index, ours)) continue;
        const partner = bestPartner(unit, theirs, candidates, ours);
        if (partner === undefined) {
            causes.push({ unit: name, kind: 'missing', lines: neededBy(theirs, index) });
            continue;
        }
        candidates.delete(partner);
        causes.push({ unit: name, kind: 'differs', lines: differences(ours, partner, theirs, index) });
    }
    const partnered = new Set(left.filter((index) => !candidates.has(index)));
    for (const index of candidates) {
        const unit = unitAt(ours, index);
        if (theirs.digests.includes(digestAt(ours, index)))
            causes.push({ unit: unitName(unit), kind: 'counted differently', lines: ['we have it more often'] });
        else if (isFirst(ours, index, theirs) && !hasNamesake(unit, theirs, right, partnered, ours))
            causes.push({ unit: unitName(unit), kind: 'too much', lines: neededBy(ours, index) });
    }
    return causes;
}

/** Whether everything that the unit depends on is in the other graph too. */
function isFirst(one: Prepared, index: number, other: Prepared): boolean {
    const known = new Set(other.digests);
    return unitAt(one, index).dependencies.every(({ index: to }) => known.has(digestAt(one, to)));
}

/** Whether the other graph has a unit of that name that differs too and has not been explained by another one of ours. */
function hasNamesake(
    unit: UnitJson,
    other: Prepared,
    right: readonly number[],
    partnered: ReadonlySet<number>,
    own: Prepared,
): boolean {
    const identity = identityOf(unit);
    const wanted = right.filter((index) => identityOf(unitAt(other, index)) === identity).length;
    const explained = [...partnered].filter((index) => identityOf(unitAt(own, index)) === identity).length;
    return wanted > explained;
}

function identityOf({ pkg_id: id, target, mode }: UnitJson): string {
    const { name, version } = packageOf(id);
    return [name, version, target.kind.join('+'), target.name, mode].join(' ');
}

/** The unit of ours that was most likely meant to be this one. */
function bestPartner(
    unit: UnitJson,
    theirs: Prepared,
    candidates: ReadonlySet<number>,
    ours: Prepared,
): number | undefined {
    const scored = [...candidates]
        .filter((index) => identityOf(unitAt(ours, index)) === identityOf(unit))
        .map((index) => ({ index, score: fieldDifferences(unitAt(ours, index), unit).length * 2 }))
        .map(({ index, score }) => ({
            index,
            score: score + edgeDifferences(edgesOf(ours, unitAt(ours, index)), edgesOf(theirs, unit)).length,
        }));
    return scored.toSorted((a, b) => a.score - b.score)[0]?.index;
}

function differences(ours: Prepared, our: number, theirs: Prepared, their: number): string[] {
    const own = fieldDifferences(unitAt(ours, our), unitAt(theirs, their));
    const edges = edgeDifferences(edgesOf(ours, unitAt(ours, our)), edgesOf(theirs, unitAt(theirs, their)));
    return [...own, ...edges, ...neededBy(theirs, their)];
}

function fieldDifferences(our: UnitJson, their: UnitJson): string[] {
    const left = flatten(ownFields(our));
    const right = flatten(ownFields(their));
    return [...new Set([...left.keys(), ...right.keys()])].toSorted().flatMap((field) => {
        const [a, b] = [left.get(field), right.get(field)];
        return a === b ? [] : [`${field}: ours ${a ?? '(absent)'}, Cargo's ${b ?? '(absent)'}`];
    });
}

/** Dotted path → JSON text. */
function flatten(value: Record<string, unknown>, prefix = ''): Map<string, string> {
    return new Map(
        Object.entries(value).flatMap(([key, inner]) =>
            typeof inner === 'object' && inner !== null && !Array.isArray(inner)
                ? [...flatten(inner as Record<string, unknown>, `${prefix}${key}.`)]
                : [[`${prefix}${key}`, canonical(inner)] as const],
        ),
    );
}

/** Edge as text with the digest of what it leads to → readable form. */
function edgesOf(graph: Prepared, unit: UnitJson): Map<string, string> {
    return new Map(
        unit.dependencies.map(({ index, ...edge }) => [
            `${canonical(edge)} ${digestAt(graph, index)}`,
            `${canonical(edge)} → ${unitName(unitAt(graph, index))} {${unitAt(graph, index).features.join(',')}}`,
        ]),
    );
}

function edgeDifferences(ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): string[] {
    return [
        ...[...ours].filter(([key]) => !theirs.has(key)).map(([, text]) => `dependency only ours: ${text}`),
        ...[...theirs].filter(([key]) => !ours.has(key)).map(([, text]) => `dependency only Cargo's: ${text}`),
    ];
}

/** A way from a root to the unit. */
function neededBy({ graph }: Prepared, index: number): string[] {
    const parents = new Map<number, number>();
    const queue = [...graph.roots];
    const seen = new Set(queue);
    for (const current of queue)
        for (const { index: to } of graph.units[current]?.dependencies ?? [])
            if (!seen.has(to)) {
                seen.add(to);
                parents.set(to, current);
                queue.push(to);
            }
    if (!seen.has(index)) return ['needed by nothing'];
    const way: string[] = [];
    for (let at = parents.get(index); at !== undefined; at = parents.get(at)) {
        const unit = graph.units[at];
        if (unit !== undefined) way.push(unitName(unit));
    }
    return way.length === 0 ? ['a root'] : way.map((name) => `needed by ${name}`);
}

function rootCauses(ours: Prepared, theirs: Prepared): Cause[] {
    const left = ours.graph.roots.map((index) => ({ index, digest: digestAt(ours, index) }));
    const right = theirs.graph.roots.map((index) => ({ index, digest: digestAt(theirs, index) }));
    const known = { ours: new Set(ours.digests), theirs: new Set(theirs.digests) };
    const asked = { ours: counts(left.map(({ digest }) => digest)), theirs: counts(right.map(({ digest }) => digest)) };
    // A root that is not in the other graph at all has a cause of its own.
    const only = (
        roots: readonly { index: number; digest: string }[],
        there: Set<string>,
        mine: Map<string, number>,
        counted: Map<string, number>,
    ): number[] =>
        roots
            .filter(({ digest }) => there.has(digest) && mine.get(digest) !== counted.get(digest))
            .map(({ index }) => index);
    return [
        ...only(left, known.theirs, asked.ours, asked.theirs).map((index) => ({
            unit: unitName(unitAt(ours, index)),
            kind: 'root' as const,
            lines: ['a root more often in ours than Cargo says, or only in ours'],
        })),
        ...only(right, known.ours, asked.theirs, asked.ours).map((index) => ({
            unit: unitName(unitAt(theirs, index)),
            kind: 'root' as const,
            lines: ["a root more often in Cargo's than in ours, or only in Cargo's"],
        })),
    ];
}

function unitAt({ graph }: Prepared, index: number): UnitJson {
    const unit = graph.units[index];
    if (unit === undefined) throw new Error(`no unit ${index}`);
    return unit;
}

function digestAt({ digests: all }: Prepared, index: number): string {
    const digest = all[index];
    if (digest === undefined) throw new Error(`no unit ${index}`);
    return digest;
}
