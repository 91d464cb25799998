// What flags leave in the files that are built: a table, each row with the reason why a file may do without, if there is one.
import { type BuiltFile, languagesOf } from './built-file.ts';
import type { Requested } from './requested.ts';

export interface Trace {
    /** On the words of a flag without blanks, and without `-Clink-arg=`. */
    readonly flag: RegExp;
    readonly name: string;
    readonly holds: (file: BuiltFile, flag: string) => boolean;
    /** The files that it is looked for in. */
    readonly of: (file: BuiltFile, requested: Requested) => boolean;
    /** Why a file that was built with the flag may not show it. */
    readonly unless?: string;
}

const isLoaded: Trace['of'] = ({ facts: { kind } }) => kind === 'program' || kind === 'library';
const isProgram: Trace['of'] = ({ facts: { kind } }) => kind === 'program';
const isLibrary: Trace['of'] = ({ facts: { kind } }) => kind === 'library';

/** An object file that this language made all of. */
const isObject: Trace['of'] = (file, { channel }) => {
    const languages = languagesOf(file);
    const isOwn = languages.size === 1 && languages.has(channel === 'rust' ? 'rust' : 'c');
    return file.facts.kind === 'object' && file.facts.code && isOwn;
};

const isX86: Trace['of'] = ({ facts: { machine } }) => machine === 'x86-64' || machine === 'i386';
const isArm: Trace['of'] = ({ facts: { machine } }) => machine === 'aarch64';
const both =
    (...tests: readonly Trace['of'][]): Trace['of'] =>
    (file, requested) =>
        tests.every((test) => test(file, requested));

const says =
    (word: string): Trace['holds'] =>
    ({ facts: { controlFlow } }) =>
        controlFlow.includes(word);

/** The mark of an object is kept by the linker when all objects have it. */
function marks(flag: RegExp, name: string, word: string, machine: Trace['of']): readonly Trace[] {
    const unless =
        'linkers keep the mark only where every object has it, those of the standard library and the C library included';
    return [
        { flag, name, holds: says(word), of: both(machine, isObject) },
        { flag, name, holds: says(word), of: both(machine, isLoaded), unless },
    ];
}

const debugFlag = /^(?:-g(?:[1-3]|gdb[1-3]?|dwarf(?:-\d)?)?|-Cdebuginfo=(?!0|none).*)$/;
const hasDebug: Trace['holds'] = ({ facts: { debugInfo } }) => debugInfo;

/** Switches as GCC records them in debug information. */
function recordedUnits({ producers }: BuiltFile, { channel }: Requested): readonly string[] {
    const language = channel === 'cxx' ? /^GNU C\+\+/ : /^GNU C\d/;
    return producers.units.filter((unit) => language.test(unit));
}

/** `-fcf-protection` is recorded as `-fcf-protection=full`. */
function records(unit: string, flag: string): boolean {
    return unit.split(' ').some((word) => word === flag || word.startsWith(`${flag}=`));
}

export const traces: readonly Trace[] = [
    {
        flag: /^-Wl,(?:.*,)?-?z,relro\b/,
        name: 'RELRO',
        holds: ({ facts: { relro } }) => relro !== 'none',
        of: isLoaded,
    },
    { flag: /^-Wl,(?:.*,)?-?z,now\b/, name: 'BIND_NOW', holds: ({ facts: { bindNow } }) => bindNow, of: isLoaded },
    { flag: /^-Wl,(?:.*,)?-?z,noexecstack\b/, name: 'NX stack', holds: ({ facts: { nx } }) => nx, of: isLoaded },
    { flag: /^(?:-Crelocation-model=pie|-pie)$/, name: 'PIE', holds: ({ facts: { pie } }) => pie, of: isProgram },
    {
        flag: /^-Wl,(?:-rpath|-R)\b/,
        name: 'RUNPATH',
        holds: ({ facts: { runpath } }) => runpath !== undefined,
        of: isLoaded,
    },
    {
        flag: /^-Wl,(?:.*,)?-{1,2}soname\b/,
        name: 'SONAME',
        holds: ({ facts: { soname } }) => soname !== undefined,
        of: isLibrary,
    },
    {
        flag: /^-fstack-protector/,
        name: 'stack protector',
        holds: ({ facts: { stackProtector } }) => stackProtector,
        of: isLoaded,
        unless: 'no C function in it has a buffer to protect, or it holds no C code',
    },
    {
        flag: /^-D_FORTIFY_SOURCE=[1-3]$/,
        name: 'fortified functions',
        holds: ({ facts: { fortified } }) => fortified.length > 0,
        of: isLoaded,
        unless: 'no call in C code needed a check, or it holds no C code',
    },
    ...marks(/^(?:-fcf-protection(?:=full|=branch)?|-Zcf-protection(?:=full|=branch|=yes|=y)?)$/, 'IBT', 'ibt', isX86),
    ...marks(
        /^(?:-fcf-protection(?:=full|=return)?|-Zcf-protection(?:=full|=return|=yes|=y)?)$/,
        'shadow stack',
        'shstk',
        isX86,
    ),
    ...marks(/^-(?:m|Z)branch-protection=(?:.*[+,])?(?:standard|bti)\b/, 'BTI', 'bti', isArm),
    ...marks(/^-(?:m|Z)branch-protection=(?:.*[+,])?(?:standard|pac-ret)\b/, 'PAC', 'pac', isArm),
    { flag: debugFlag, name: 'debug information', holds: hasDebug, of: isObject },
    {
        flag: debugFlag,
        name: 'debug information',
        holds: hasDebug,
        of: isLoaded,
        unless: 'it was stripped: rustc does so where the profile asks for no debug information, and so do installations',
    },
    {
        flag: /^(?:-Cstrip=symbols|-s|-Wl,(?:.*,)?(?:-s|--strip-all))$/,
        name: 'stripped',
        holds: ({ facts: { symbols, debugInfo } }) => !symbols && !debugInfo,
        of: isLoaded,
    },
    {
        flag: /^(?:-Cstrip=debuginfo|-Wl,(?:.*,)?(?:-S|--strip-debug))$/,
        name: 'no debug information',
        holds: ({ facts: { debugInfo } }) => !debugInfo,
        of: isLoaded,
    },
    {
        flag: /^-[Ofm][\w+=.-]*$/,
        name: 'recorded switches',
        holds: ({ producers: { units } }, flag) => units.every((unit) => !/^GNU C/.test(unit) || records(unit, flag)),
        of: (file, requested) =>
            (requested.channel === 'c' || requested.channel === 'cxx') && recordedUnits(file, requested).length > 0,
        unless: 'units that other packages or other flags made are in it as well',
    },
];
