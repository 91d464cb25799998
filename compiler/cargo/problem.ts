// What can be wrong with a Cargo workspace. Planning goes no further than a stage that reports one.

/** One mistake, told in terms of the package and file that have it. */
export interface CargoProblem {
    /** `cargo/…`: has a page in spec/diagnostics. */
    readonly code: `cargo/${string}`;
    /** What is wrong, one line. */
    readonly message: string;
    /** `NAME VERSION`, when one package is meant. */
    readonly package?: string;
    /** The file that has to change. */
    readonly file?: string;
    /** What to do about it. */
    readonly help?: string;
}
