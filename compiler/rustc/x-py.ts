// Verbs and options of a release's x.py, from src/bootstrap/flags.rs (later src/bootstrap/src/core/config/flags.rs) of the
// samples. `first` is the first sample that has one, `gone` the first behind it that lacks it.
import { nearest } from '../../lang/suggest.ts';
import type { RustcProblem } from './problem.ts';
import { isFrom, type Release, sampledReleases, versionNumbers } from './release.ts';

interface Life {
    readonly first?: string;
    readonly gone?: string;
    /** What to write instead, since when: the release still takes the old word. */
    readonly renamed?: { readonly to: string; readonly from: string; readonly change: number };
}

const verbs: Readonly<Record<string, Life>> = {
    bench: {},
    build: {},
    check: {},
    clean: {},
    clippy: {},
    dist: {},
    doc: {},
    fix: {},
    fmt: {},
    install: {},
    miri: { first: '1.85.1' },
    perf: { first: '1.85.1' },
    run: {},
    setup: {},
    suggest: { first: '1.78.0', gone: '1.90.0' },
    test: {},
    vendor: { first: '1.85.1' },
};

/** Options of all verbs. */
const options: Readonly<Record<string, Life>> = {
    '--build': {},
    '--build-dir': { first: '1.78.0' },
    '--bypass-bootstrap-lock': { first: '1.78.0' },
    '--ci': { first: '1.90.0' },
    '--color': {},
    '--compile-time-deps': { first: '1.90.0' },
    '--config': {},
    '--dry-run': {},
    '--dump-bootstrap-shims': { first: '1.78.0' },
    '--enable-bolt-settings': { first: '1.78.0' },
    '--error-format': { gone: '1.90.0' },
    '--exclude': {},
    '--host': {},
    '--include-default-paths': {},
    '--incremental': {},
    '--jobs': {},
    '--json-output': {},
    '--keep-stage': {},
    '--keep-stage-std': {},
    '--llvm-profile-generate': {},
    '--llvm-profile-use': {},
    '--llvm-skip-rebuild': { gone: '1.85.1' },
    '--on-fail': {},
    '--quiet': { first: '1.97.1' },
    '--reproducible-artifact': { first: '1.78.0' },
    '--rust-profile-generate': {},
    '--rust-profile-use': {},
    '--rustc-error-format': { first: '1.78.0' },
    '--set': { first: '1.78.0' },
    '--skip': { first: '1.78.0' },
    '--skip-std-check-if-no-download-rustc': { first: '1.90.0' },
    '--src': {},
    '--stage': {},
    '--target': {},
    '--verbose': {},
    '--warnings': {},
};

/** Further options of `x.py test`. */
const testOptions: Readonly<Record<string, Life>> = {
    '--all-targets': { first: '1.96.0' },
    '--bless': {},
    '--bypass-ignore-backends': { first: '1.95.0' },
    '--compare-mode': {},
    '--compiletest-rustc-args': { first: '1.85.1' },
    '--doc': {},
    '--extra-checks': { first: '1.78.0' },
    '--force-rerun': {},
    '--no-capture': { first: '1.85.1' },
    '--no-doc': { renamed: { to: '--all-targets', from: '1.96', change: 153143 } },
    '--no-fail-fast': {},
    '--only-modified': { first: '1.78.0' },
    '--pass': {},
    '--record': { first: '1.98.1' },
    '--rerun': { first: '1.98.1' },
    '--run': {},
    '--rustc-args': {
        gone: '1.85.1',
        renamed: { to: '--compiletest-rustc-args', from: '1.85', change: 128841 },
    },
    '--rustfix-coverage': {},
    '--skip': {},
    '--test-args': {},
    '--test-codegen-backend': { first: '1.91.1' },
    '--tests': { first: '1.96.0' },
    '--verbose-run-make-subprocess-output': { first: '1.97.1' },
};

/** Verbs that a release knows for certain. */
export function verbsOf(release: Release): readonly string[] {
    return Object.keys(verbs).filter((verb) => stateOf(verbs[verb] ?? {}, release) === 'there');
}

/** Whether a release takes an option, for a verb; `unsure` between two samples that differ in it. */
export function optionState(release: Release, verb: string, option: string): 'there' | 'missing' | 'unsure' {
    const states = [options, ...(verb === 'test' ? [testOptions] : [])].flatMap((table) => {
        const life = table[option];
        return life === undefined ? [] : [stateOf(life, release)];
    });
    if (states.includes('there')) return 'there';
    return states.includes('unsure') ? 'unsure' : 'missing';
}

/**
 * What is wrong with a call of x.py: a verb or an option that the release does not know. `words` begins with the verb; paths,
 * values and what follows `--` are not looked at. From 1.96 on x.py wants options in full; rpkg wants that always.
 */
export function checkXpy(release: Release, words: readonly string[]): readonly RustcProblem[] {
    const [verb = ''] = words;
    if (!Object.hasOwn(verbs, verb) || stateOf(verbs[verb] ?? {}, release) === 'missing')
        return [unknownWord(release, 'verb', verb, verbsOf(release))];
    const end = words.indexOf('--');
    const given = (end < 0 ? words : words.slice(0, end)).filter((word) => /^--[a-z]/.test(word));
    const known = Object.keys(verb === 'test' ? { ...options, ...testOptions } : options);
    return given.flatMap((word): readonly RustcProblem[] => {
        const option = word.split('=')[0] ?? word;
        const renamed = verb === 'test' ? testOptions[option]?.renamed : undefined;
        if (renamed !== undefined && isFrom(release, renamed.from))
            return [renamedOption(release, option, renamed, optionState(release, verb, option))];
        if (optionState(release, verb, option) !== 'missing') return [];
        return [
            unknownWord(
                release,
                'option',
                option,
                known.filter((each) => optionState(release, verb, each) === 'there'),
            ),
        ];
    });
}

function stateOf({ first, gone }: Life, { samples }: Release): 'there' | 'missing' | 'unsure' {
    const states = samples.map((sample) => {
        const at = versionNumbers(sample);
        if (at === undefined) return false;
        return (first === undefined || isFrom(at, first)) && (gone === undefined || !isFrom(at, gone));
    });
    if (states.every((state) => state)) return 'there';
    return states.some((state) => state) ? 'unsure' : 'missing';
}

function unknownWord(release: Release, what: 'verb' | 'option', word: string, known: readonly string[]): RustcProblem {
    const near = nearest(word, known);
    const sample = release.samples.at(-1) ?? sampledReleases[0] ?? '';
    const source = `src/bootstrap of ${sample}, flags.rs`;
    return {
        code: 'rustc/unknown-option',
        severity: 'error',
        message: `x.py of ${release.version} has no ${what} \`${word}\` (rule of ${sample}: ${source})`,
        help: near === undefined ? `take one of ${known.join(', ')}` : `did you mean \`${near}\`?`,
        rule: { release: sample, source },
    };
}

function renamedOption(
    release: Release,
    option: string,
    { to, from, change }: NonNullable<Life['renamed']>,
    state: 'there' | 'missing' | 'unsure',
): RustcProblem {
    const source = `change ${String(change)} of bootstrap`;
    return {
        code: 'rustc/unknown-option',
        severity: state === 'there' ? 'warning' : 'error',
        message: `\`${option}\` of x.py is called \`${to}\` in ${release.version} (rule since ${from}: ${source})`,
        help: `write \`${to}\``,
        rule: { release: from, source },
    };
}
