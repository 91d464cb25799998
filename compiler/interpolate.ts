// Late binding: strings take in the final values of other fields and of facts. The order in which fields are filled is
// found first, so that depth costs no stack and every circle is told once.
import type { Atom, Path, Text } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { fieldKey } from './field-key.ts';
import { circularFields } from './name-errors.ts';
import { holesOf } from './read-atom.ts';
import type { Item, Store } from './store.ts';

interface Reference {
    readonly key: string;
    readonly place: Place;
}

/** How much text interpolation may make in one recipe, in UTF-16 units. Doubling a string forty times is short to write. */
export const mostText = 4_194_304;

/** Keys of all slots, each after those it takes in. Circles are reported, and their members marked as broken. */
export function fillingOrder(store: Store): {
    readonly order: readonly string[];
    readonly diagnostics: readonly Diagnostic[];
} {
    const order: string[] = [];
    const diagnostics: Diagnostic[] = [];
    const done = new Set<string>();
    for (const start of store.slots.keys()) {
        if (!done.has(start)) visit(store, start, done, order, diagnostics);
    }
    return { order, diagnostics };
}

interface Open {
    readonly key: string;
    readonly references: readonly Reference[];
    next: number;
}

function visit(store: Store, start: string, done: Set<string>, order: string[], diagnostics: Diagnostic[]): void {
    const open: Open[] = [{ key: start, references: referencesOf(store, start), next: 0 }];
    const onPath = new Map([[start, 0]]);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
        const reference = top.references[top.next++];
        if (reference === undefined) {
            done.add(top.key);
            onPath.delete(top.key);
            order.push(top.key);
            open.pop();
            continue;
        }
        const depth = onPath.get(reference.key);
        if (depth !== undefined) {
            const circle = open.slice(depth);
            const fresh = !circle.some(({ key }) => store.broken.has(key));
            for (const { key } of circle) store.broken.add(key);
            const places = circle.flatMap((entry) => entry.references[entry.next - 1]?.place ?? []);
            if (fresh)
                diagnostics.push(
                    circularFields(
                        circle.map(({ key }) => key),
                        places,
                    ),
                );
        } else if (!done.has(reference.key) && store.slots.has(reference.key)) {
            onPath.set(reference.key, open.length);
            open.push({ key: reference.key, references: referencesOf(store, reference.key), next: 0 });
        }
    }
}

function referencesOf(store: Store, key: string): readonly Reference[] {
    return (store.slots.get(key)?.items ?? []).flatMap((item) =>
        holesOf(item.atom).map((path) => ({ key: keyOf(path), place: { file: item.module.source, span: path.span } })),
    );
}

function keyOf(path: Path): string {
    return fieldKey(path.names.map(({ text }) => text));
}

/** What a reference gives: text, a diagnostic, or nothing because its field has a mistake already. */
export type Resolved = { readonly text: string } | { readonly problem: Diagnostic } | undefined;

/** The atom with every interpolation filled in; undefined when that cannot be, which `diagnostics` then tells. */
export function fillItem(
    item: Item,
    resolve: (names: readonly string[], place: Place) => Resolved,
    diagnostics: Diagnostic[],
): Atom | undefined {
    const { atom, module } = item;
    if (atom.kind !== 'text' || holesOf(atom).length === 0) return atom;
    let whole = true;
    let text = '';
    for (const part of atom.parts) {
        if (part.kind === 'literal') {
            text += part.text;
            continue;
        }
        const resolved = resolve(
            part.names.map((name) => name.text),
            { file: module.source, span: part.span },
        );
        if (resolved === undefined) whole = false;
        else if ('text' in resolved) text += resolved.text;
        else {
            whole = false;
            diagnostics.push(resolved.problem);
        }
        if (text.length > mostText) break;
    }
    if (!whole) return undefined;
    const filled: Text = { kind: 'text', parts: [{ kind: 'literal', text }], span: atom.span };
    return filled;
}
