// The smallest set of items to remove from one list and add to get the other (longest common subsequence).

export interface ListEdit {
    readonly kind: 'removed' | 'added';
    readonly text: string;
}

/** Longer middles than this are shown as a whole replacement instead of being compared item by item. */
const quadraticLimit = 2000;

export function listEdits(before: readonly string[], after: readonly string[]): readonly ListEdit[] {
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start++;
    let end = 0;
    while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end))
        end++;
    const old = before.slice(start, before.length - end);
    const now = after.slice(start, after.length - end);
    if (old.length === 0 || now.length === 0 || old.length > quadraticLimit || now.length > quadraticLimit) {
        return [
            ...old.map((text) => ({ kind: 'removed', text }) as const),
            ...now.map((text) => ({ kind: 'added', text }) as const),
        ];
    }
    return walk(old, now, lengths(old, now));
}

/** `table[i][j]`: length of the longest common subsequence of `old[i…]` and `now[j…]`. */
function lengths(old: readonly string[], now: readonly string[]): readonly Uint16Array[] {
    const table = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
    for (let i = old.length - 1; i >= 0; i--) {
        for (let j = now.length - 1; j >= 0; j--) {
            const row = table[i];
            if (row === undefined) continue;
            const diagonal = table[i + 1]?.[j + 1] ?? 0;
            row[j] = old[i] === now[j] ? diagonal + 1 : Math.max(table[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
        }
    }
    return table;
}

function walk(old: readonly string[], now: readonly string[], table: readonly Uint16Array[]): readonly ListEdit[] {
    const edits: ListEdit[] = [];
    let i = 0;
    let j = 0;
    while (i < old.length || j < now.length) {
        const left = old[i];
        const right = now[j];
        if (left !== undefined && left === right) {
            i++;
            j++;
        } else if (
            right === undefined ||
            (left !== undefined && (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0))
        ) {
            edits.push({ kind: 'removed', text: left ?? '' });
            i++;
        } else {
            edits.push({ kind: 'added', text: right });
            j++;
        }
    }
    return edits;
}
