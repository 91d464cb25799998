// In what a planned call may differ from Cargo's, and why. Everything that is not in this table has to be equal, but for
// folders and hashes (`compare-calls.ts`).
import type { Call } from './call.ts';

export interface AllowedDifference {
    /** Whose call has it. */
    readonly side: 'ours' | 'theirs' | 'both';
    readonly what: string;
    readonly reason: string;
    /** Only for builds that Cargo was not given a target for. */
    readonly onlyPlain?: boolean;
    /** The call without it; the same call when it has none. */
    readonly without: (call: Call) => Call;
}

export const allowedDifferences: readonly AllowedDifference[] = [
    {
        side: 'theirs',
        what: '--error-format, --json, --diagnostic-width',
        reason: 'Cargo reads what rustc says; ours is for people',
        without: withoutOptions(/^--(?:error-format|json|diagnostic-width)=/),
    },
    {
        side: 'theirs',
        what: '--cap-lints warn',
        reason: '`-vv` shows the warnings of crates; without it Cargo says `allow`, as we do',
        without: withValue('--cap-lints', 'warn', 'allow'),
    },
    {
        side: 'theirs',
        what: '-C incremental',
        reason: 'every build of a plan is from scratch',
        without: withoutPairs('-C', /^incremental=/),
    },
    {
        side: 'theirs',
        what: 'a second -L dependency',
        reason: 'Cargo has a folder for the crates of each side; ours has what one unit needs of both',
        without: withoutRepeated('-L', 'dependency=/deps'),
    },
    {
        side: 'theirs',
        what: '-L dependency without crates',
        reason: 'a unit that needs no crate is given no folder of crates',
        without: (call) => (call.argv.some(isExternFile) ? call : withoutPairs('-L', /^dependency=\/deps$/)(call)),
    },
    {
        side: 'theirs',
        what: 'LD_LIBRARY_PATH',
        reason: "rustc and programs find the compiler's libraries themselves, and no action runs in the folder of another",
        without: withoutVariables('LD_LIBRARY_PATH'),
    },
    {
        side: 'ours',
        what: 'HOME, LC_ALL, PATH, PWD, SHELL, SOURCE_DATE_EPOCH, TMPDIR, TZ, USER',
        reason: 'the same for everybody; Cargo passes on what its caller has',
        without: withoutVariables(
            'HOME',
            'LC_ALL',
            'PATH',
            'PWD',
            'SHELL',
            'SOURCE_DATE_EPOCH',
            'TMPDIR',
            'TZ',
            'USER',
        ),
    },
    {
        side: 'ours',
        what: '--target',
        reason: 'a plan always has a target, so that both sides may have flags of their own',
        onlyPlain: true,
        without: (call) => withoutPairs('--target', /./)(call),
    },
    {
        side: 'both',
        what: '-C debuginfo and DEBUG',
        reason: 'without a target, Cargo takes debug information away from what only the build machine needs',
        onlyPlain: true,
        without: (call) => withoutVariables('DEBUG')(withoutPairs('-C', /^debuginfo=/)(call)),
    },
];

/** Variables that Cargo's children have and `-vv` does not tell. */
export const untold: Readonly<Record<string, string>> = {
    CARGO_MAKEFLAGS: 'where the jobserver is: Cargo has one for all, rpkg one for each call of rustc',
    SSL_CERT_DIR: 'for its own network',
    SSL_CERT_FILE: 'for its own network',
};

function isExternFile(word: string, index: number, argv: readonly string[]): boolean {
    return argv[index - 1] === '--extern' && word.includes('=');
}

function withoutOptions(pattern: RegExp): AllowedDifference['without'] {
    return (call) => ({ ...call, argv: call.argv.filter((word) => !pattern.test(word)) });
}

/** Without each occurrence of an option whose value has the form. */
function withoutPairs(option: string, value: RegExp): AllowedDifference['without'] {
    const isPair = (argv: readonly string[], at: number): boolean =>
        argv[at] === option && value.test(argv[at + 1] ?? '');
    return (call) => ({
        ...call,
        argv: call.argv.filter((_, at, argv) => !isPair(argv, at) && !isPair(argv, at - 1)),
    });
}

function withValue(option: string, before: string, after: string): AllowedDifference['without'] {
    return (call) => ({
        ...call,
        argv: call.argv.map((word, at, argv) => (argv[at - 1] === option && word === before ? after : word)),
    });
}

/** Of several equal ones in a row only the first. */
function withoutRepeated(option: string, value: string): AllowedDifference['without'] {
    const isPair = (argv: readonly string[], at: number): boolean => argv[at] === option && argv[at + 1] === value;
    const isAgain = (argv: readonly string[], at: number): boolean => isPair(argv, at) && isPair(argv, at - 2);
    return (call) => ({
        ...call,
        argv: call.argv.filter((_, at, argv) => !isAgain(argv, at) && !isAgain(argv, at - 1)),
    });
}

function withoutVariables(...names: readonly string[]): AllowedDifference['without'] {
    return (call) => ({ ...call, env: new Map([...call.env].filter(([name]) => !names.includes(name))) });
}
