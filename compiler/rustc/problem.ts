// What can be wrong between a release of Rust and what a recipe wants of it. Each rule names the release and where it is written.

/** One thing that is wrong, before anything is built. */
export interface RustcProblem {
    /** `rustc/…`: has a page in spec/diagnostics. */
    readonly code: `rustc/${string}`;
    /** A warning does not stop planning: the release may accept it. */
    readonly severity: 'error' | 'warning';
    /** What is wrong, one line, without a full stop. */
    readonly message: string;
    /** What to do about it. */
    readonly help: string;
    /** The setting to blame, as written: `rust.use-lld`, `target.x86_64-unknown-linux-gnu.linker`. */
    readonly key?: string;
    /** The rule that was broken. */
    readonly rule?: Rule;
}

export interface Rule {
    /** The release since which it holds. */
    readonly release: string;
    /** Where it is written: a file of the release, or the number of a change of rust-lang/rust. */
    readonly source: string;
}

/** The rule in words, for the end of a message. */
export function ruleText({ release, source }: Rule): string {
    return `rule of ${release}: ${source}`;
}
