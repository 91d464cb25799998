// Facts by name, for conditions and interpolations: the two machines, and the constants that the layers set themselves.
import type { Diagnostic } from '../lang/diagnostic.ts';
import { badOption } from './condition-errors.ts';
import { type Facts, factWords, targetFacts } from './facts.ts';
import { fieldKey, isPlain } from './field-key.ts';
import { readAtom } from './read-atom.ts';
import { itemType } from './schema/types.ts';
import type { Slot, Store } from './store.ts';
import type { Subject } from './subject.ts';
import type { Target } from './targets.ts';

/** By key: `target.arch`, `option.docs`, `version`. */
export type FactTable = ReadonlyMap<string, Subject>;

/** `constants` holds what the layers set outside any condition. */
export function factTable(
    facts: Facts,
    constants: Store,
): { readonly table: FactTable; readonly diagnostics: readonly Diagnostic[] } {
    const table = new Map<string, Subject>([
        ...machineFacts('target', facts.target),
        ...machineFacts('host', facts.host),
    ]);
    const diagnostics: Diagnostic[] = [];
    table.set('version', asVersion(numberedOf(constants.slots.get('version'))));
    table.set('epoch', asNumber(valueOf(constants.slots.get('epoch')) ?? 1));
    table.set('release.epoch', asNumber(valueOf(constants.slots.get('epoch')) ?? 1));
    table.set('distro.id', asWord(valueOf(constants.slots.get('distro.id'))));
    table.set('distro.version', asVersion(valueOf(constants.slots.get('distro.version'))));
    for (const slot of constants.slots.values()) {
        const [head, name, last] = slot.names;
        if (head !== 'option' || name === undefined || last !== 'default') continue;
        const value = valueOf(slot);
        if (value === undefined) continue;
        const given = facts.options.get(name);
        const chosen = given === undefined ? value : optionValue(value, given);
        if (chosen === undefined)
            diagnostics.push(badOption(name, given ?? '', typeof value === 'boolean' ? '`true` or `false`' : 'a word'));
        table.set(fieldKey(['option', name]), asOption(slot, chosen ?? value));
    }
    return { table, diagnostics };
}

/** The facts as a plan shows them; those without a value are left out. */
export function shownFacts(table: FactTable): Record<string, string | boolean> {
    const shown = [...table].flatMap(([key, subject]) =>
        'value' in subject ? [[key, subject.type === 'bool' ? subject.value : String(subject.value)] as const] : [],
    );
    return Object.fromEntries(shown);
}

function* machineFacts(side: string, target: Target): Generator<[string, Subject]> {
    for (const fact of targetFacts) {
        const known = factWords.get(fact) ?? new Set();
        const answers = fact === 'arch' ? { answers: target.words } : {};
        yield [`${side}.${fact}`, { type: 'word', value: target[fact], known, ...answers }];
    }
}

function valueOf(slot: Slot | undefined): string | number | boolean | undefined {
    const [item] = slot?.items ?? [];
    if (slot === undefined || item === undefined) return undefined;
    const reading = readAtom(item.atom, itemType(slot.row.type));
    return reading.ok ? reading.value : undefined;
}

/** A version that is left to the sources is no fact. */
function numberedOf(slot: Slot | undefined): Value {
    return slot?.items[0]?.atom.kind === 'path' ? undefined : valueOf(slot);
}

type Value = string | number | boolean | undefined;

function asVersion(value: Value): Subject {
    return value === undefined ? { type: 'unset' } : { type: 'version', value: String(value) };
}

function asWord(value: Value): Subject {
    return value === undefined ? { type: 'unset' } : { type: 'word', value: String(value) };
}

function asNumber(value: Value): Subject {
    return typeof value === 'number' ? { type: 'number', unit: 'int', value } : { type: 'unset' };
}

function asOption(slot: Slot, value: string | boolean | number): Subject {
    if (typeof value === 'boolean') return { type: 'bool', value };
    return slot.items[0]?.atom.kind === 'path'
        ? { type: 'word', value: String(value) }
        : { type: 'text', value: String(value) };
}

/** What the command line says, read like the default. */
function optionValue(fallback: string | number | boolean, given: string): string | boolean | undefined {
    if (typeof fallback !== 'boolean') return isPlain(given) || !isPlain(String(fallback)) ? given : undefined;
    if (given === 'true') return true;
    return given === 'false' ? false : undefined;
}
