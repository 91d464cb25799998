// Which names and sizes a tree may have, whoever made it: an action, an archive, a user's folder. Each check gives the
// problem as data; the caller knows which tree and which entry it is.

/** Ends up as the `rule` and `detail` of a `bad-tree` failure. */
export interface TreeProblem {
    readonly rule: 'path' | 'name' | 'limit' | 'link' | 'type' | 'duplicate' | 'portable' | 'tar' | 'compression';
    readonly detail: string;
}

export interface TreeLimits {
    /** Files, links and directories. */
    readonly entries: number;
    /** Names in one path. */
    readonly depth: number;
    /** Bytes of one path, and of the target of a link. */
    readonly pathBytes: number;
    /** Bytes of all files. */
    readonly totalBytes: number;
}

const nameBytes = 255;

const gibibyte = 1024 ** 3;

/** Policy for what actions and users bring; archives have a tighter total (archive/archive-limits.ts). */
export const defaultTreeLimits: TreeLimits = {
    entries: 1_000_000,
    depth: 128,
    pathBytes: 4096,
    totalBytes: 128 * gibibyte,
};

// C0 and C1 controls, line separators, and the characters that change the direction of what follows them.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** What is wrong with one name of a path. */
function nameProblem(name: string): TreeProblem | undefined {
    if (name === '') return { rule: 'path', detail: 'an empty name' };
    if (name === '.' || name === '..') return { rule: 'path', detail: `"${name}" is not a name` };
    if (name.includes('/') || name.includes('\0')) return { rule: 'path', detail: 'a name with / or NUL' };
    if (unprintable.test(name)) return { rule: 'name', detail: 'a control or direction character in a name' };
    if (!name.isWellFormed()) return { rule: 'name', detail: 'a name that is not Unicode' };
    if (name.length > nameBytes || Buffer.byteLength(name) > nameBytes) {
        return { rule: 'limit', detail: `a name of more than ${nameBytes} bytes` };
    }
    return undefined;
}

/** What is wrong with a relative path, given as its names. */
export function pathProblem(names: readonly string[], limits: TreeLimits): TreeProblem | undefined {
    if (names.length > limits.depth) return { rule: 'limit', detail: `deeper than ${limits.depth} directories` };
    for (const name of names) {
        const problem = nameProblem(name);
        if (problem !== undefined) return problem;
    }
    const bytes = names.reduce((sum, name) => sum + Buffer.byteLength(name) + 1, -1);
    if (bytes > limits.pathBytes) return { rule: 'limit', detail: `a path of more than ${limits.pathBytes} bytes` };
    return undefined;
}

/** What is wrong with the text of a link's target, wherever it points. */
export function targetProblem(target: string): TreeProblem | undefined {
    if (target === '') return { rule: 'link', detail: 'an empty link target' };
    if (target.includes('\0')) return { rule: 'link', detail: 'a link target with NUL' };
    if (unprintable.test(target)) return { rule: 'name', detail: 'a control or direction character in a link target' };
    // The kernel keeps a link's target in one page, its NUL included.
    if (Buffer.byteLength(target) > 4095) return { rule: 'limit', detail: 'a link target of more than 4095 bytes' };
    return undefined;
}

/** Names that some file systems or tools take for the same one give the same text. */
export function foldedName(name: string): string {
    return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** Text from outside in a form that a terminal shows as it is, cut when long. */
export function printable(text: string): string {
    const shown = text.length > 200 ? `${text.slice(0, 100)}…${text.slice(-80)}` : text;
    return shown
        .toWellFormed()
        .replaceAll(
            new RegExp(unprintable, 'g'),
            (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`,
        );
}
