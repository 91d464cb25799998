// Which LLVM a release of rustc can be built with: the oldest that bootstrap accepts, the one in its own sources, and those that
// were seen to fail. Bootstrap checks only the oldest; a newer one fails late, as errors of C++ or as intrinsics without code.
import type { Rule, RustcProblem } from './problem.ts';
import { isFrom, type NumberedVersion } from './release.ts';

export interface LlvmWindow {
    /** Major version; older ones are refused by bootstrap. */
    readonly oldest: number;
    readonly oldestRule: Rule;
    /** Major version of src/llvm-project. */
    readonly bundled: number;
    readonly bundledRule: Rule;
    /** The newest that is known to work: the bundled one, or a newer one that somebody has built the release with. */
    readonly newestProven: number;
    readonly bad: readonly BadLlvm[];
}

export interface BadLlvm {
    readonly major: number;
    readonly why: string;
    readonly severity: 'error' | 'warning';
    readonly rule: Rule;
}

interface Row {
    readonly from: string;
    readonly major: number;
    readonly change: number;
}

/** RELEASES.md, "minimum external LLVM"; `check_llvm_version` of the sampled releases says the same. */
const oldest: readonly Row[] = [
    { from: '1.53', major: 10, change: 83387 },
    { from: '1.58', major: 12, change: 90175 },
    { from: '1.65', major: 13, change: 100460 },
    { from: '1.69', major: 14, change: 107573 },
    { from: '1.73', major: 15, change: 114148 },
    { from: '1.76', major: 16, change: 117947 },
    { from: '1.79', major: 17, change: 122649 },
    { from: '1.83', major: 18, change: 130487 },
    { from: '1.88', major: 19, change: 139275 },
    { from: '1.92', major: 20, change: 145071 },
];

/** RELEASES.md, "Update to LLVM". */
const bundled: readonly Row[] = [
    { from: '1.52', major: 12, change: 81451 },
    { from: '1.56', major: 13, change: 87570 },
    { from: '1.60', major: 14, change: 93577 },
    { from: '1.65', major: 15, change: 99464 },
    { from: '1.70', major: 16, change: 109474 },
    { from: '1.73', major: 17, change: 114048 },
    { from: '1.78', major: 18, change: 120055 },
    { from: '1.82', major: 19, change: 127513 },
    { from: '1.87', major: 20, change: 135763 },
    { from: '1.91', major: 21, change: 143684 },
    { from: '1.95', major: 22, change: 150722 },
];

/** Releases that somebody builds with a newer LLVM than their own. */
const provenBeyond: readonly { readonly from: string; readonly before: string; readonly major: number }[] = [
    // Guix builds 1.55 with the LLVM 13 of the releases behind it.
    { from: '1.54', before: '1.56', major: 13 },
    { from: '1.98.1', before: '1.99', major: 23 },
];

interface BadRow extends BadLlvm {
    readonly from: string;
    readonly before: string;
}

const bad: readonly BadRow[] = [
    {
        from: '1.97',
        before: '1.98',
        major: 23,
        severity: 'error',
        why: 'its C++ interface changed: 1.97.1 does not compile with it, 1.98.1 does',
        rule: { release: '1.97.1', source: 'siderolabs/tools issue 584' },
    },
    {
        from: '1.96',
        before: '1.99',
        major: 21,
        severity: 'warning',
        why: 'it has no code for intrinsics that std uses for AVX512-VNNI',
        rule: { release: '1.96.0', source: "nixpkgs, compilers/rust: rustc from 1.96 on takes its own release's LLVM" },
    },
];

/** Minimum of 1.96 and newer; RELEASES.md of the releases at hand ends before it. */
const checkedOldest: Row & { readonly source: string } = {
    from: '1.96',
    major: 21,
    change: 0,
    source: 'src/bootstrap/src/core/build_steps/llvm.rs, `check_llvm_version`',
};

/** The window of a release; for those that are newer than the tables, that of the newest known. */
export function llvmWindow(release: NumberedVersion): LlvmWindow {
    const isNewest = isFrom(release, checkedOldest.from);
    const least = isNewest ? checkedOldest : rowOf(oldest, release);
    const own = rowOf(bundled, release);
    const beyond = provenBeyond.filter(({ from, before }) => isFrom(release, from) && !isFrom(release, before));
    return {
        oldest: least.major,
        oldestRule: isNewest ? { release: least.from, source: checkedOldest.source } : noted(least),
        bundled: own.major,
        bundledRule: noted(own),
        newestProven: Math.max(own.major, ...beyond.map(({ major }) => major)),
        bad: bad.filter(({ from, before }) => isFrom(release, from) && !isFrom(release, before)),
    };
}

function noted({ from, change }: Row): Rule {
    return { release: from, source: `RELEASES.md of ${from}; rust-lang/rust change ${String(change)}` };
}

function rowOf(rows: readonly Row[], release: NumberedVersion): Row {
    const row = rows.findLast(({ from }) => isFrom(release, from)) ?? rows[0];
    if (row === undefined) throw new Error('a table without rows');
    return row;
}

/** Major number of what `llvm-config --version` prints. */
export function llvmMajor(version: string): number | undefined {
    const match = /^(\d+)(?:\.|$)/.exec(version.trim());
    return match === null ? undefined : Number(match[1]);
}

/**
 * An external LLVM for a release: outside of the window is an error; newer than what anybody has built it with is a warning.
 * `version` is what `llvm-config --version` prints.
 */
export function checkLlvm(
    release: NumberedVersion & { readonly version: string },
    version: string,
): readonly RustcProblem[] {
    const window = llvmWindow(release);
    const major = llvmMajor(version);
    const advice = `take LLVM ${String(window.bundled)}, the one of its own sources, or build that with \`llvm.link = bundled\``;
    const problem = (severity: 'error' | 'warning', message: string, rule: Rule): readonly RustcProblem[] => [
        {
            code: 'rustc/wrong-llvm',
            severity,
            message: `${message} (rule of ${rule.release}: ${rule.source})`,
            help: advice,
            rule,
        },
    ];
    if (major === undefined) return problem('error', `\`${version}\` is no version of LLVM`, window.oldestRule);
    if (major < window.oldest)
        return problem(
            'error',
            `rustc ${release.version} needs LLVM ${String(window.oldest)} or newer, not ${version}`,
            window.oldestRule,
        );
    const known = window.bad.find((each) => each.major === major);
    if (known !== undefined)
        return problem(
            known.severity,
            `LLVM ${String(major)} is known to fail with rustc ${release.version}: ${known.why}`,
            known.rule,
        );
    if (major > window.newestProven)
        return problem(
            'warning',
            `rustc ${release.version} is not known to work with an LLVM as new as ${String(major)}: its own is ${String(window.bundled)}`,
            window.bundledRule,
        );
    return [];
}
