// Which recipe fields gave which place of the plan. Filled while lowering, then written into `Plan.provenance`.
import { type Place, lineColumn } from '../../lang/source.ts';
import { compareBytes } from '../plan/bytes.ts';
import { pointer } from '../plan/check.ts';
import type { CratesOrigin, FieldOrigin, Provenance, Touch } from '../plan/plan.ts';
import type { Evaluated, FieldTouch } from '../value.ts';

export interface Trace {
    /** Says that the value at these pointer segments was made from fields with these keys; unset fields are ignored. */
    note(segments: readonly (string | number)[], keys: readonly string[]): void;
    /** Says what decided the versions of crates, and what came of it. */
    recordCrates(crates: CratesOrigin): void;
    /** Takes over what another trace knows, with other names for places and fields. */
    adopt(provenance: Provenance, names: AdoptedNames): void;
    provenance(): Provenance;
}

export interface AdoptedNames {
    /** A place of that plan → the place in this one. */
    readonly place: (pointer: string) => string;
    /** What stands before its fields, with a dot at the end. */
    readonly prefix: string;
}

export function startTrace(evaluated: Evaluated, mainPath: string): Trace {
    const values = new Map<string, Set<string>>();
    let crates: CratesOrigin | undefined;
    const adopted: { readonly provenance: Provenance; readonly names: AdoptedNames }[] = [];
    return {
        adopt(provenance, names) {
            adopted.push({ provenance, names });
        },
        recordCrates(origin) {
            crates = origin;
        },
        note(segments, keys) {
            const at = pointer(...segments);
            const known = keys.filter((key) => evaluated.fields.has(key));
            if (known.length === 0) return;
            const noted = values.get(at) ?? new Set();
            for (const key of known) noted.add(key);
            values.set(at, noted);
        },
        provenance: () =>
            adopted.reduce(withAdopted, {
                ...fieldOrigins(evaluated, folderOf(mainPath)),
                values: Object.fromEntries([...values].map(([at, keys]) => [at, [...keys].sort(compareBytes)])),
                ...(crates === undefined ? {} : { crates }),
            }),
    };
}

/** What several parts share was made from the fields of each of them. */
function withAdopted(
    own: Provenance,
    { provenance, names: { place, prefix } }: { readonly provenance: Provenance; readonly names: AdoptedNames },
): Provenance {
    const files = [...new Set([...own.files, ...provenance.files])];
    const fields = Object.entries(provenance.fields).map(([key, { value, chain }]) => {
        const moved = chain.map((touch) => ({ ...touch, file: files.indexOf(provenance.files[touch.file] ?? '') }));
        return [`${prefix}${key}`, { value, chain: moved }] as const;
    });
    const values: Record<string, readonly string[]> = { ...own.values };
    for (const [at, keys] of Object.entries(provenance.values)) {
        const moved = place(at);
        const known = values[moved] ?? [];
        values[moved] = [...known, ...keys.map((key) => `${prefix}${key}`)].sort(compareBytes);
    }
    return { ...own, files, fields: { ...own.fields, ...Object.fromEntries(fields) }, values };
}

/** All keys of fields in a group and the groups below it. */
export function keysBelow(evaluated: Evaluated, prefix: string): readonly string[] {
    return groupsOf(evaluated).get(prefix) ?? [];
}

/** Group → its keys, for all groups at once: with many steps, looking through all keys for each of them takes long. */
function groupsOf(evaluated: Evaluated): ReadonlyMap<string, readonly string[]> {
    const known = groups.get(evaluated.fields);
    if (known?.size === evaluated.fields.size) return known.keys;
    const keys = new Map<string, string[]>();
    for (const key of evaluated.fields.keys()) {
        for (let end = key.length; end > 0; end = key.lastIndexOf('.', end - 1)) {
            const prefix = key.slice(0, end);
            const below = keys.get(prefix);
            if (below === undefined) keys.set(prefix, [key]);
            else below.push(key);
        }
    }
    groups.set(evaluated.fields, { size: evaluated.fields.size, keys });
    return keys;
}

const groups = new WeakMap<
    Evaluated['fields'],
    { readonly size: number; readonly keys: ReadonlyMap<string, readonly string[]> }
>();

function fieldOrigins(evaluated: Evaluated, folder: string): Pick<Provenance, 'files' | 'fields'> {
    const files: string[] = [];
    const indexOf = (place: Place): number => {
        const path = relativePath(folder, place.file.path);
        const known = files.indexOf(path);
        return known >= 0 ? known : files.push(path) - 1;
    };
    const fields: Record<string, FieldOrigin> = {};
    for (const [key, field] of evaluated.fields) {
        fields[key] = { value: field.spelled, chain: field.chain.map((touch) => asTouch(touch, indexOf)) };
    }
    return { files, fields };
}

function asTouch(touch: FieldTouch, indexOf: (place: Place) => number): Touch {
    const { layer, place, operator, operand, via, when, because, until } = touch;
    return {
        layer,
        file: indexOf(place),
        ...lineColumn(place.file, place.span.start),
        operator,
        operand,
        ...(via === undefined || via.length === 0 ? {} : { via }),
        ...(when === undefined ? {} : { when }),
        ...(because === undefined ? {} : { because }),
        ...(until === undefined ? {} : { until }),
    };
}

function folderOf(path: string): string {
    return path.split('/').slice(0, -1).join('/');
}

/** `path` as seen from `folder`; both relative to the same place, or both absolute. */
export function relativePath(folder: string, path: string): string {
    const from = folder.split('/').filter((segment) => segment !== '' && segment !== '.');
    const to = path.split('/').filter((segment) => segment !== '' && segment !== '.');
    let shared = 0;
    while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
    return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}
