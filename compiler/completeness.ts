// What a recipe must have once all layers are applied: required fields, one way to fill a block, labels that exist.
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { nearest } from '../lang/suggest.ts';
import { fieldKey } from './field-key.ts';
import { circularLabels, unknownLabel } from './name-errors.ts';
import { readAtom } from './read-atom.ts';
import { itemType, type ScalarType } from './schema/types.ts';
import { type Item, type Slot, type Store, isSuspect, placeOf } from './store.ts';
import type { Node } from './tree.ts';
import { missingField, missingPartner, noWay, ownerName, strayField, twoWays } from './type-errors.ts';

interface Checking {
    readonly store: Store;
    readonly kind: string;
    readonly root: Node;
    /** Where the recipe is named. */
    readonly place: Place;
    readonly diagnostics: Diagnostic[];
}

/** Checks a whole recipe. */
export function checkCompleteness(store: Store, kind: string, root: Node, place: Place): readonly Diagnostic[] {
    const checking: Checking = { store, kind, root, place, diagnostics: [] };
    checkNode(checking, root);
    return checking.diagnostics;
}

function checkNode(checking: Checking, node: Node): void {
    const before = checking.diagnostics.length;
    checkWays(checking, node);
    if (checking.diagnostics.length === before) checkRequired(checking, node);
    for (const key of node.fields.values()) checkLabels(checking, key);
    checkCircles(checking, node);
    for (const inner of node.groups.values()) checkNode(checking, inner);
}

function mayBeThere({ store }: Checking, node: Node, name: string): boolean {
    return isSuspect(store, [...node.names, name]);
}

function checkRequired(checking: Checking, node: Node): void {
    for (const [name, row] of node.row.fields) {
        if (row.required !== true || node.fields.has(name) || mayBeThere(checking, node, name)) continue;
        const place = node.place ?? checking.place;
        checking.store.broken.add(fieldKey([...node.names, name]));
        checking.diagnostics.push(missingField(ownerName(checking.kind, node.key), name, row.type, place));
    }
}

function slotOf({ store }: Checking, node: Node, name: string): Slot | undefined {
    return store.slots.get(node.fields.get(name) ?? '');
}

/** The first thing that is wrong with the way a block is filled. */
function checkWays(checking: Checking, node: Node): void {
    const ways = node.row.ways;
    if (ways === undefined) return;
    const owner = ownerName(checking.kind, node.key);
    const names = ways.flatMap(({ by }) => by);
    if (names.some((name) => mayBeThere(checking, node, name))) return;
    const taken = ways.flatMap((way) => {
        const slot = way.by.map((name) => slotOf(checking, node, name)).find((found) => found !== undefined);
        return slot === undefined ? [] : [{ way, slot, name: slot.names.at(-1) ?? '' }];
    });
    const [first, second] = taken;
    const place = node.place ?? checking.place;
    if (first === undefined) {
        checking.diagnostics.push(noWay(owner, names, place));
        return;
    }
    if (second !== undefined) {
        checking.diagnostics.push(twoWays(owner, first.name, second.name, touched(second.slot), touched(first.slot)));
        return;
    }
    const missing = first.way.needs.find((name) => !node.fields.has(name) && !mayBeThere(checking, node, name));
    const row = missing === undefined ? undefined : node.row.fields.get(missing);
    if (missing !== undefined && row !== undefined) {
        checking.store.broken.add(fieldKey([...node.names, missing]));
        checking.diagnostics.push(missingPartner(owner, first.name, missing, row.type, place));
        return;
    }
    const own = [...first.way.needs, ...first.way.allows];
    const foreign = ways.flatMap(({ needs, allows }) => [...needs, ...allows]).filter((name) => !own.includes(name));
    for (const name of foreign) {
        const slot = slotOf(checking, node, name);
        if (slot === undefined) continue;
        checking.diagnostics.push(strayField(owner, name, first.name, touched(slot), touched(first.slot)));
        return;
    }
}

function touched(slot: Slot): Place {
    return slot.chain.at(-1)?.place ?? slot.place;
}

function checkLabels(checking: Checking, key: string): void {
    const slot = checking.store.slots.get(key);
    if (slot === undefined) return;
    const type = labelType(itemType(slot.row.type));
    if (type === undefined) return;
    const labels = checking.root.groups.get(type.head)?.groups;
    for (const item of slot.items) {
        const label = labelIn(item);
        if (label === undefined || labels?.has(label) === true || type.words.includes(label)) continue;
        if (isSuspect(checking.store, [type.head, label, ''])) continue;
        const known = [...(labels?.keys() ?? [])];
        checking.diagnostics.push(unknownLabel(type.head, label, placeOf(item), nearest(label, known), known));
    }
}

/** A label, or one of a few words that stand beside it. */
function labelType(type: ScalarType): { readonly head: string; readonly words: readonly string[] } | undefined {
    const members = type.kind === 'union' ? type.of : [type];
    const label = members.find((member) => member.kind === 'label');
    const words = members.flatMap((member) => (member.kind === 'enum' ? member.words : []));
    return label === undefined ? undefined : { head: label.head, words };
}

function labelIn(item: Item): string | undefined {
    const reading = readAtom(item.atom, { kind: 'name' });
    return reading.ok ? String(reading.value) : undefined;
}

/** Blocks of one head that come after each other in a circle. */
function checkCircles(checking: Checking, node: Node): void {
    const each = node.row.each;
    const name = [...(each?.fields ?? [])].find(([, row]) => row.acyclic === true)?.[0];
    if (name === undefined) return;
    const done = new Set<string>();
    for (const start of node.groups.keys()) {
        const circle = circleFrom(checking, node, name, start, done);
        if (circle !== undefined)
            checking.diagnostics.push(circularLabels(node.key, circle.labels, name, circle.place));
    }
}

/** Walks depth first with its own stack: recipes may be long. */
function circleFrom(
    checking: Checking,
    node: Node,
    name: string,
    start: string,
    done: Set<string>,
): { readonly labels: readonly string[]; readonly place: Place } | undefined {
    const itemsOf = (label: string): Item[] => {
        const block = node.groups.get(label);
        return [...((block === undefined ? undefined : slotOf(checking, block, name))?.items ?? [])];
    };
    if (done.has(start)) return undefined;
    const open = [{ label: start, left: itemsOf(start) }];
    const onPath = new Set([start]);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
        const item = top.left.shift();
        const label = item === undefined ? undefined : labelIn(item);
        if (item === undefined) {
            done.add(top.label);
            onPath.delete(top.label);
            open.pop();
        } else if (label !== undefined && onPath.has(label)) {
            for (const { label: member } of open) done.add(member);
            const labels = open.map((entry) => entry.label);
            return { labels: labels.slice(labels.indexOf(label)), place: placeOf(item) };
        } else if (label !== undefined && !done.has(label)) {
            open.push({ label, left: itemsOf(label) });
            onPath.add(label);
        }
    }
    return undefined;
}
