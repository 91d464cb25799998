// Values as `JSON.stringify` has to see them for canonical JSON. The engine writes many times faster than code of ours that was
// only just loaded, and a process that makes one plan has none that is warm.

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/**
 * The value with sorted keys and without undefined members; what is so already is not copied. Undefined when no object of
 * JavaScript has that order: keys that look like indices of a list come first there. Throws on what a plan may not hold.
 */
export function inKeyOrder(value: unknown): Json | undefined {
    const seen = { isIndexFirst: false };
    const ordered = orderOf(value, seen);
    return seen.isIndexFirst ? undefined : ordered;
}

/**
 * The same for a value that nobody changes any more and that is hashed and written several times, whole and in parts: what
 * it holds down to this depth is remembered and not looked through again.
 */
export function keptInKeyOrder(value: unknown, depth: number): Json | undefined {
    const ordered = inKeyOrder(value);
    if (ordered !== undefined) keep(ordered, depth);
    return ordered;
}

const kept = new WeakSet();

function keep(value: Json, depth: number): void {
    if (typeof value !== 'object') return;
    kept.add(value);
    if (depth > 0) for (const part of Object.values(value)) keep(part, depth - 1);
}

interface Seen {
    isIndexFirst: boolean;
}

type Members = Readonly<Record<string, unknown>>;

function orderOf(value: unknown, seen: Seen): Json {
    if (typeof value === 'string') return checkedText(value);
    if (typeof value === 'boolean') return value;
    if (typeof value === 'number') {
        if (!Number.isSafeInteger(value)) throw new Error(`not an integer that JSON keeps: ${value}`);
        return value;
    }
    if (typeof value !== 'object' || value === null) throw new Error(`not a value of a plan: ${String(value)}`);
    if (kept.has(value)) return value as Json;
    return Array.isArray(value) ? itemsOf(value, seen) : membersOf(value as Members, seen);
}

function itemsOf(items: readonly unknown[], seen: Seen): Json {
    let copy: Json[] | undefined;
    for (let index = 0; index < items.length; index++) {
        const item = orderOf(items[index], seen);
        if (copy === undefined && item !== items[index]) copy = items.slice(0, index) as Json[];
        copy?.push(item);
    }
    return copy ?? (items as readonly Json[]);
}

function membersOf(members: Members, seen: Seen): Json {
    const keys = Object.keys(members);
    let isSame = true;
    for (let at = 1; at < keys.length && isSame; at++) isSame = (keys[at - 1] ?? '') < (keys[at] ?? '');
    if (!isSame) keys.sort((a, b) => (a < b ? -1 : 1));
    const entries: [string, Json][] = [];
    for (const key of keys) {
        const member = members[key];
        const ordered = member === undefined ? undefined : orderOf(member, seen);
        if (ordered === undefined || ordered !== member) isSame = false;
        if (ordered === undefined) continue;
        if (isIndex.test(key)) seen.isIndexFirst = true;
        entries.push([checkedText(key), ordered]);
    }
    // Entries make `__proto__` a member like others.
    return isSame ? (members as { readonly [key: string]: Json }) : Object.fromEntries(entries);
}

const isIndex = /^\d+$/;

/** Throws on half of a surrogate pair. */
export function checkedText(text: string): string {
    if (!text.isWellFormed()) throw new Error(`not Unicode: ${JSON.stringify(text)}`);
    return text;
}
