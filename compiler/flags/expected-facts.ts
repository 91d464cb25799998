// The flags that were asked for, against what was read in the files that were built.
import type { Side } from '../lower/recorder.ts';
import type { BuiltFile } from './built-file.ts';
import type { Requested } from './requested.ts';
import { traces } from './traces.ts';

export interface JudgedTrace {
    readonly requested: Requested;
    readonly name: string;
    /** Paths of files that show it, and that do not. */
    readonly seen: readonly string[];
    readonly unseen: readonly string[];
    /** What a file shows instead, or what of it was let pass, by path. */
    readonly details?: Readonly<Record<string, string>>;
    /** Present when a file may do without. */
    readonly unless?: string;
    /** Why a file has nothing to show, by path. */
    readonly excuses?: Readonly<Record<string, string>>;
}

/** Only flags for the target, since nothing else is delivered; one that C and C++ share counts once. */
export function judgeFiles(files: readonly BuiltFile[], requested: readonly Requested[]): readonly JudgedTrace[] {
    return deliveredFlags(requested).flatMap((flag) => {
        const words = flag.words.join('').replace(/^-Clink-arg=/, '');
        return traces
            .filter((trace) => trace.flag.test(words))
            .flatMap(({ name, holds, of, unless }) => {
                const meant = files.filter((file) => of(file, flag));
                const paths = (good: boolean): readonly string[] =>
                    meant.filter((file) => holds(file, words) === good).map(({ path }) => path);
                if (meant.length === 0) return [];
                const judged = { requested: flag, name, seen: paths(true), unseen: paths(false) };
                return [unless === undefined ? judged : { ...judged, unless }];
            });
    });
}

/** Those for every call that makes something for the target. */
export function deliveredFlags(requested: readonly Requested[]): readonly Requested[] {
    const delivered: Side = 'target';
    return requested
        .filter(({ side, actions }) => side === delivered && actions === undefined)
        .filter(({ words }, at, all) => all.findIndex((other) => other.words.join() === words.join()) === at);
}

/** Paths of files that do not show what they must show. */
export function lacking({ unseen, unless, excuses = {} }: JudgedTrace): readonly string[] {
    return unless === undefined ? unseen.filter((path) => excuses[path] === undefined) : [];
}

/** Adds the reasons, by path, where something would be lacking without them. */
export function excused(trace: JudgedTrace, reasons: Readonly<Record<string, string>>): JudgedTrace {
    const used = lacking(trace).flatMap((path) =>
        reasons[path] === undefined ? [] : [[path, reasons[path]] as const],
    );
    return used.length === 0 ? trace : { ...trace, excuses: Object.fromEntries(used) };
}

/** Whether files show all that they must show. */
export function showsAll(judged: readonly JudgedTrace[]): boolean {
    return judged.every((trace) => lacking(trace).length === 0);
}
