// Settings that are text for the schema, but of which bootstrap knows only some words.
import { isFrom, type Release, versionNumbers } from './release.ts';

export interface WordRule {
    /** `*` as in the schema. */
    readonly key: string;
    readonly words: readonly (string | boolean)[];
    /** Word → the newest release that was seen to lack it. Those behind may have it. */
    readonly missingIn?: Readonly<Record<string, string>>;
    /** Word → the oldest release that was seen to lack it again. */
    readonly goneIn?: Readonly<Record<string, string>>;
    readonly source: string;
}

const wordRules: readonly WordRule[] = [
    {
        key: 'profile',
        words: ['codegen', 'compiler', 'dist', 'library', 'llvm', 'tools', 'user'],
        missingIn: { dist: '1.63' },
        goneIn: { codegen: '1.78', llvm: '1.78' },
        source: 'the files of src/bootstrap/defaults; change 121278 of bootstrap',
    },
    {
        key: 'rust.channel',
        words: ['auto-detect', 'beta', 'dev', 'nightly', 'stable'],
        missingIn: { 'auto-detect': '1.85' },
        source: 'example file of the configuration, rust.channel; change 137220 of bootstrap',
    },
    { key: 'rust.lto', words: ['fat', 'off', 'thin', 'thin-local'], source: '`RustcLto` in src/bootstrap' },
    {
        key: 'rust.llvm-libunwind',
        words: ['in-tree', 'no', 'system'],
        source: '`LlvmLibunwind` in src/bootstrap',
    },
    {
        key: 'target.*.llvm-libunwind',
        words: ['in-tree', 'no', 'system'],
        source: '`LlvmLibunwind` in src/bootstrap',
    },
    {
        key: 'rust.split-debuginfo',
        words: ['off', 'packed', 'unpacked'],
        source: '`SplitDebuginfo` in src/bootstrap',
    },
    {
        key: 'target.*.split-debuginfo',
        words: ['off', 'packed', 'unpacked'],
        source: '`SplitDebuginfo` in src/bootstrap',
    },
    {
        key: 'rust.stack-protector',
        words: ['all', 'basic', 'none', 'strong'],
        source: 'example file of the configuration, rust.stack-protector',
    },
    {
        key: 'dist.compression-profile',
        words: ['balanced', 'best', 'fast'],
        source: 'src/bootstrap/src/utils/tarball.rs: the profiles of rust-installer',
    },
    {
        key: 'llvm.download-ci-llvm',
        words: [true, false, 'if-available', 'if-unchanged'],
        missingIn: { 'if-unchanged': '1.63' },
        goneIn: { 'if-available': '1.85' },
        source: '`parse_download_ci_llvm` in src/bootstrap; change 117813 of bootstrap',
    },
    {
        key: 'rust.download-rustc',
        words: [true, false, 'if-unchanged'],
        source: '`download_ci_rustc_commit` in src/bootstrap',
    },
    { key: 'dist.compression-formats', words: ['gz', 'xz'], source: 'example file of the configuration, [dist]' },
];

export function wordRuleFor(key: string): WordRule | undefined {
    return wordRules.find((rule) => rule.key === key);
}

/** The words that a release may know. */
export function wordsOf({ words, missingIn, goneIn }: WordRule, release: Release): readonly (string | boolean)[] {
    return words.filter((word) => {
        const [missing, gone] = [missingIn?.[String(word)], goneIn?.[String(word)]];
        if (gone !== undefined && isFrom(release, gone)) return false;
        return missing === undefined || release.minor > (versionNumbers(missing)?.minor ?? 0);
    });
}
