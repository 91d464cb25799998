// Keys of the configuration that were renamed, moved, removed, or kept without effect. That a key is there or gone is said by
// schema-table.json; here stands why, and what takes its place.
import type { Rule } from './problem.ts';

export interface KeyRule {
    readonly key: string;
    /** The key that takes its place. */
    readonly to?: string;
    /** Since when the old key is to be avoided although it is read. */
    readonly deprecated?: Rule;
    /** Since when the old key is refused. */
    readonly gone?: Rule;
    /** What to do where no other key takes its place. */
    readonly instead?: string;
}

/** A change as bootstrap's own list (src/bootstrap/src/utils/change_tracker.rs) numbers it. */
function change(release: string, id: number): Rule {
    return { release, source: `change ${String(id)} of bootstrap` };
}

function absent(release: string): Rule {
    return { release, source: `not read by src/bootstrap of ${release}` };
}

export const keyRules: readonly KeyRule[] = [
    {
        key: 'rust.description',
        to: 'build.description',
        deprecated: change('1.87.0', 137723),
        gone: change('1.90.0', 143926),
    },
    { key: 'llvm.ccache', to: 'build.ccache', deprecated: change('1.87.0', 136941), gone: change('1.90.0', 143926) },
    { key: 'rust.use-lld', to: 'rust.bootstrap-override-lld', deprecated: change('1.92.0', 147046) },
    {
        key: 'changelog-seen',
        to: 'change-id',
        deprecated: change('1.78.0', 115898),
        gone: change('1.85.1', 123711),
    },
    { key: 'rust.ignore-git', to: 'rust.omit-git-hash', gone: absent('1.78.0') },
    {
        key: 'rust.split-debuginfo',
        to: 'target.*.split-debuginfo',
        deprecated: change('1.78.0', 121754),
        gone: change('1.85.1', 129925),
    },
    { key: 'target.*.android-ndk', to: 'build.android-ndk', gone: absent('1.78.0') },
    {
        key: 'rust.parallel-compiler',
        deprecated: change('1.85.1', 132282),
        gone: change('1.85.1', 134650),
        instead:
            'leave it away: the compiler is always able to work in parallel, with one thread unless asked for more',
    },
    {
        key: 'dist.missing-tools',
        deprecated: change('1.78.0', 119373),
        gone: change('1.85.1', 125535),
        instead: 'leave it away: it had no effect',
    },
    { key: 'dist.gpg-password-file', gone: change('1.78.0', 118703), instead: 'leave it away: it had no effect' },
    { key: 'rust.run-dsymutil', gone: change('1.78.0', 118703), instead: 'leave it away: it had no effect' },
    {
        key: 'llvm.skip-rebuild',
        gone: absent('1.78.0'),
        instead: 'leave it away: LLVM is built again only when its sources change',
    },
    {
        key: 'llvm.version-check',
        gone: absent('1.78.0'),
        instead: 'leave it away: the version of an external LLVM is always checked',
    },
    { key: 'build.npm', to: 'build.yarn', deprecated: change('1.94.1', 148763) },
    {
        key: 'build.compiletest-use-stage0-libtest',
        deprecated: change('1.92.0', 146929),
        instead: 'leave it away: it has no effect any more',
    },
    {
        key: 'rust.profile-use',
        deprecated: change('1.99.0', 158912),
        instead: 'the section [pgo] has `rustc.use`',
    },
    {
        key: 'rust.profile-generate',
        deprecated: change('1.99.0', 158912),
        instead: 'the section [pgo] has `rustc.generate`',
    },
];

export function ruleFor(key: string): KeyRule | undefined {
    return keyRules.find((rule) => rule.key === key);
}

/** The key that a newer one was called before. */
export function formerKey(key: string): string | undefined {
    return keyRules.find(({ to }) => to === key)?.key;
}
