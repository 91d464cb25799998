// The instruction sets that built files use, against those that flags allow and those that the user forbids.
import { type Limit, limitsIn } from './allowed-sets.ts';
import type { BuiltFile, UsedSet } from './built-file.ts';
import { type Family, needsAny } from './cpu-table.ts';
import type { JudgedTrace } from './expected-facts.ts';
import type { Requested } from './requested.ts';

const families: Readonly<Record<string, Family>> = { i386: 'x86', 'x86-64': 'x86', aarch64: 'aarch64' };

/** One trace for each flag that chooses a processor or turns something off. A file may hold code of every language: what one of them allows is allowed. */
export function judgeInstructions(
    files: readonly BuiltFile[],
    requested: readonly Requested[],
): readonly JudgedTrace[] {
    const delivered = requested.filter(({ side, actions }) => side === 'target' && actions === undefined);
    return (['x86', 'aarch64'] as const).flatMap((family) => {
        const meant = files.filter(
            ({ facts, instructions }) => families[facts.machine] === family && instructions !== undefined,
        );
        return meant.length === 0 ? [] : judgeFamily(meant, limitsIn(family, delivered));
    });
}

function judgeFamily(files: readonly BuiltFile[], limits: readonly Limit[]): readonly JudgedTrace[] {
    const allowances = limits.flatMap((limit) => (limit.kind === 'known' ? [limit.allowance] : []));
    const paths = files.map(({ path }) => path);
    const [unknown] = limits.flatMap((limit) => (limit.kind === 'unknown' ? [limit] : []));
    if (unknown !== undefined) {
        // Its language may use whatever that processor has.
        const unless = `no table says which instruction sets ${unknown.processor} has`;
        return [{ requested: unknown.flag, name: 'instruction sets', seen: [], unseen: paths, unless }];
    }
    const excess = (set: string): boolean => allowances.every(({ allows }) => !allows(set));
    const found = files.map((file) => ({ path: file.path, ...against(file, excess) }));
    const details = Object.fromEntries(found.flatMap(({ path, detail }) => (detail === '' ? [] : [[path, detail]])));
    return allowances.flatMap(({ flags, name }) =>
        flags
            .filter((flag, at) => flags.indexOf(flag) === at)
            .map((flag) => ({
                requested: flag,
                name: `instruction sets of ${name}`,
                seen: found.flatMap(({ path, bad }) => (bad ? [] : [path])),
                unseen: found.flatMap(({ path, bad }) => (bad ? [path] : [])),
                details,
            })),
    );
}

interface Verdict {
    readonly bad: boolean;
    readonly detail: string;
}

function against({ instructions }: BuiltFile, isExcess: (set: string) => boolean): Verdict {
    if (instructions === undefined) return { bad: false, detail: '' };
    if (instructions.kind === 'unknown') return { bad: true, detail: instructions.reason };
    const excess = instructions.usage.sets.filter(({ set, harmless }) => harmless === undefined && isExcess(set));
    const bad = excess.filter(({ first }) => first !== undefined);
    const passed = excess.filter(({ first }) => first === undefined);
    const detail = [
        ...bad.map(usedText),
        ...passed.map(({ set, allowed }) => `${set} only where allowed: ${names(allowed)}`),
    ];
    return { bad: bad.length > 0, detail: detail.join('; ') };
}

function names(places: UsedSet['allowed']): string {
    return places.map(({ function: name }) => name).join(', ');
}

/** `sse2 in 3 functions, first in f at 0x18: movsd …` */
export function usedText({ set, functions, first, allowed }: UsedSet): string {
    const others = functions - allowed.length;
    const where = first === undefined ? '' : `, first in ${first.function} at ${first.address}: ${first.instruction}`;
    return `${set} in ${others} ${others === 1 ? 'function' : 'functions'}${where}`;
}

export interface ForbiddenUse {
    readonly path: string;
    /** Absent when it cannot be told what the file uses. */
    readonly used?: UsedSet;
    readonly reason?: string;
}

/** Files that use a forbidden set or one that builds on it, whatever flags say. What cannot be judged is told, too. */
export function forbiddenUses(files: readonly BuiltFile[], forbidden: readonly string[]): readonly ForbiddenUse[] {
    const those = new Set(forbidden);
    if (those.size === 0) return [];
    return files.flatMap(({ path, instructions }): ForbiddenUse[] => {
        if (instructions === undefined) return [];
        if (instructions.kind === 'unknown') return [{ path, reason: instructions.reason }];
        return instructions.usage.sets
            .filter(({ set, first }) => first !== undefined && needsAny(set, those))
            .map((used) => ({ path, used }));
    });
}
