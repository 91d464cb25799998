// What a flag leaves in the files that are built: the flags that were asked for, against what was read there.
import type { Side } from '../lower/recorder.ts';
import type { Requested } from './requested.ts';

/** What was read of a file; the part that is looked at here. */
export interface BuiltFile {
    readonly path: string;
    readonly facts: {
        readonly kind: string;
        readonly pie: boolean;
        readonly relro: string;
        readonly bindNow: boolean;
        readonly nx: boolean;
        readonly stackProtector: boolean;
        readonly fortified: readonly string[];
        readonly runpath?: string;
        readonly debugInfo: boolean;
    };
}

interface Trace {
    readonly flag: RegExp;
    readonly name: string;
    readonly holds: (facts: BuiltFile['facts']) => boolean;
    readonly of: (facts: BuiltFile['facts']) => boolean;
    /** Why a file that was built with the flag may not show it. */
    readonly unless?: string;
}

const isLoaded: Trace['of'] = ({ kind }) => kind === 'program' || kind === 'library';
const isProgram: Trace['of'] = ({ kind }) => kind === 'program';

const traces: readonly Trace[] = [
    { flag: /^-Wl,(?:.*,)?-?z,relro\b/, name: 'RELRO', holds: ({ relro }) => relro !== 'none', of: isLoaded },
    { flag: /^-Wl,(?:.*,)?-?z,now\b/, name: 'BIND_NOW', holds: ({ bindNow }) => bindNow, of: isLoaded },
    { flag: /^-Wl,(?:.*,)?-?z,noexecstack\b/, name: 'NX stack', holds: ({ nx }) => nx, of: isLoaded },
    { flag: /^(?:-Crelocation-model=pie|-pie)$/, name: 'PIE', holds: ({ pie }) => pie, of: isProgram },
    {
        flag: /^-Wl,(?:-rpath|-R)\b/,
        name: 'RUNPATH',
        holds: ({ runpath }) => runpath !== undefined,
        of: isLoaded,
    },
    {
        flag: /^-fstack-protector/,
        name: 'stack protector',
        holds: ({ stackProtector }) => stackProtector,
        of: isLoaded,
        unless: 'no C function in it has a buffer to protect, or it holds no C code',
    },
    {
        flag: /^-D_FORTIFY_SOURCE=[1-3]$/,
        name: 'fortified functions',
        holds: ({ fortified }) => fortified.length > 0,
        of: isLoaded,
        unless: 'no call in C code needed a check, or it holds no C code',
    },
];

export interface JudgedTrace {
    readonly requested: Requested;
    readonly name: string;
    /** Paths of files that show it, and that do not. */
    readonly seen: readonly string[];
    readonly unseen: readonly string[];
    /** Present when a file may do without. */
    readonly unless?: string;
}

/** Only flags for the target, since nothing else is delivered; one that C and C++ share counts once. */
export function judgeFiles(files: readonly BuiltFile[], requested: readonly Requested[]): readonly JudgedTrace[] {
    const delivered: Side = 'target';
    return requested
        .filter(({ side, actions }) => side === delivered && actions === undefined)
        .filter(({ words }, at, all) => all.findIndex((other) => other.words.join() === words.join()) === at)
        .flatMap((flag) => {
            const words = flag.words.join('').replace(/^-C?link-arg=/, '');
            return traces
                .filter((trace) => trace.flag.test(words))
                .flatMap(({ name, holds, of, unless }) => {
                    const meant = files.filter(({ facts }) => of(facts));
                    const paths = (good: boolean): readonly string[] =>
                        meant.filter(({ facts }) => holds(facts) === good).map(({ path }) => path);
                    if (meant.length === 0) return [];
                    const judged = { requested: flag, name, seen: paths(true), unseen: paths(false) };
                    return [unless === undefined ? judged : { ...judged, unless }];
                });
        });
}

/** Whether files show all that they must show. */
export function showsAll(judged: readonly JudgedTrace[]): boolean {
    return judged.every(({ unseen, unless }) => unseen.length === 0 || unless !== undefined);
}
