// Settings of bootstrap that a release refuses together, or that do harm together. Each row is one rule of a release.
import type { RustcProblem } from './problem.ts';
import { isFrom, type Release } from './release.ts';
import { isRecord } from './setting-types.ts';
import { type Settings, settingAt } from './settings.ts';

interface Combination {
    readonly severity: 'error' | 'warning';
    /** The rule holds from here … */
    readonly from: string;
    /** … up to, and not with, here. */
    readonly before?: string;
    readonly source: string;
    /** The setting to blame when the rule is broken. */
    readonly broken: (settings: Settings) => string | undefined;
    /** Follows `SETTING of RELEASE`. */
    readonly message: string;
    readonly help: string;
}

const externalLld = {
    message: 'cannot be true where LLVM is not the one of the sources: no lld is built then',
    help: 'set `rust.lld = false`, and give the lld of the distribution to those who need it',
} as const;

const combinations: readonly Combination[] = [
    {
        severity: 'error',
        from: '1.90',
        source: 'change 143175 of bootstrap',
        broken: (settings) => (isLldOn(settings) && hostLlvm(settings) !== undefined ? 'rust.lld' : undefined),
        ...externalLld,
    },
    {
        severity: 'warning',
        from: '1.63',
        before: '1.90',
        source: 'rust-lang/rust issue 143076',
        broken: (settings) => (isLldOn(settings) && hostLlvm(settings) !== undefined ? 'rust.lld' : undefined),
        ...externalLld,
    },
    {
        severity: 'warning',
        from: '1.85',
        before: '1.90',
        source: 'changes 126701 and 143255 of bootstrap; src/bootstrap/defaults/config.dist.toml',
        broken: (settings) =>
            settingAt(settings, 'rust', 'lld') === undefined && hostLlvm(settings) !== undefined && isDist(settings)
                ? 'rust.lld'
                : undefined,
        message: 'is true by default in the profile `dist`, also where LLVM is not the one of the sources',
        help: 'set `rust.lld = false`',
    },
    {
        severity: 'error',
        from: '1.63',
        source: 'src/bootstrap, `prebuilt_llvm_config`: an LLVM that `llvm-config` tells of is taken as it is',
        broken: (settings) => (hostLlvm(settings) === undefined ? undefined : ownLlvmSetting(settings)),
        message: 'reaches nothing: LLVM is not built, since `llvm-config` tells of another one',
        help: 'leave it away; what was wanted of LLVM is a matter of the package that it comes from',
    },
    {
        severity: 'error',
        from: '1.78',
        source: 'src/bootstrap, `SelfContained` of rust.use-lld',
        broken: (settings) =>
            isLldOn(settings)
                ? undefined
                : ['use-lld', 'bootstrap-override-lld']
                      .filter((key) => settingAt(settings, 'rust', key) === 'self-contained')
                      .map((key) => `rust.${key}`)[0],
        message: 'cannot be "self-contained" where lld is not built',
        help: 'set `rust.lld = true`, or take "external"',
    },
    {
        severity: 'error',
        from: '1.92',
        source: 'change 147046 of bootstrap',
        broken: (settings) =>
            ['use-lld', 'bootstrap-override-lld'].every((key) => settingAt(settings, 'rust', key) !== undefined)
                ? 'rust.use-lld'
                : undefined,
        message: 'cannot stand beside `rust.bootstrap-override-lld`',
        help: 'leave `rust.use-lld` away',
    },
    {
        severity: 'error',
        from: '1.92',
        source: 'change 147157 of bootstrap',
        broken: (settings) =>
            isLldOn(settings)
                ? undefined
                : targetWith(settings, 'default-linker-linux-override', (value) => value === 'self-contained-lld-cc'),
        message: 'needs an lld that is built',
        help: 'set `rust.lld = true`, or leave the override "off"',
    },
    {
        severity: 'error',
        from: '1.85',
        source: 'src/bootstrap, `parse_download_ci_llvm`',
        broken: (settings) =>
            settingAt(settings, 'llvm', 'download-ci-llvm') === false && isDownload(settings, 'rust', 'download-rustc')
                ? 'rust.download-rustc'
                : undefined,
        message: 'needs the LLVM that comes with the downloaded compiler',
        help: 'set `rust.download-rustc = false`',
    },
    {
        severity: 'error',
        from: '1.78',
        source: 'src/bootstrap, `llvm_config` of the host beside `download_rustc_commit`',
        broken: (settings) =>
            hostLlvm(settings) !== undefined && isDownload(settings, 'rust', 'download-rustc')
                ? 'rust.download-rustc'
                : undefined,
        message: 'cannot go with an LLVM of the system',
        help: 'set `rust.download-rustc = false`',
    },
    ...['build-stage', 'check-stage'].map((key) => stageZero(key, '1.90', 'changes 142581 and 143048 of bootstrap')),
    ...['doc-stage', 'dist-stage', 'install-stage'].map((key) =>
        stageZero(key, '1.91', 'changes 145011 and 145472 of bootstrap'),
    ),
    {
        ...stageZero('test-stage', '1.91', 'change 145663 of bootstrap'),
        broken: (settings) =>
            settingAt(settings, 'build', 'test-stage') === 0 &&
            settingAt(settings, 'build', 'compiletest-allow-stage0') !== true
                ? 'build.test-stage'
                : undefined,
    },
];

/** Since 1.91 stage 0 is possible with a compiler that was built from the same sources. */
function stageZero(key: string, from: string, source: string): Combination {
    return {
        severity: 'error',
        from,
        source,
        broken: (settings) =>
            settingAt(settings, 'build', key) === 0 && settingAt(settings, 'build', 'local-rebuild') !== true
                ? `build.${key}`
                : undefined,
        message: 'cannot be 0: nothing can be made with stage 0',
        help: 'take 1 for what the compiler at hand builds, 2 for what the new compiler builds of itself',
    };
}

/** What is wrong with settings together, in the order of the rules. */
export function checkCombinations(release: Release, settings: Settings): readonly RustcProblem[] {
    return combinations.flatMap(({ severity, from, before, source, broken, message, help }) => {
        if (!isFrom(release, from) || (before !== undefined && isFrom(release, before))) return [];
        const key = broken(settings);
        if (key === undefined) return [];
        const rule = { release: from, source };
        return [
            {
                code: 'rustc/wrong-combination',
                severity,
                key,
                message: `\`${key}\` of ${release.version} ${message} (rule since ${from}: ${source})`,
                help,
                rule,
            },
        ];
    });
}

function isLldOn(settings: Settings): boolean {
    return settingAt(settings, 'rust', 'lld') === true;
}

function isDist(settings: Settings): boolean {
    return ['dist', 'user'].some((profile) => settings['profile'] === profile);
}

function isDownload(settings: Settings, section: string, key: string): boolean {
    const value = settingAt(settings, section, key);
    return value === true || typeof value === 'string';
}

/** The external LLVM of the machine that builds; where that machine is not named, of any target. */
function hostLlvm(settings: Settings): string | undefined {
    const build = settingAt(settings, 'build', 'build');
    const isGiven = (value: unknown): boolean => typeof value === 'string';
    if (typeof build !== 'string') return targetWith(settings, 'llvm-config', isGiven);
    return isGiven(settingAt(settings, 'target', build, 'llvm-config')) ? `target.${build}.llvm-config` : undefined;
}

/** The first setting that only says how LLVM is built. */
function ownLlvmSetting(settings: Settings): string | undefined {
    const keys = ['build-config', 'cflags', 'cxxflags', 'experimental-targets', 'ldflags', 'targets', 'thin-lto'];
    const found = keys.find((key) => settingAt(settings, 'llvm', key) !== undefined);
    return found === undefined ? undefined : `llvm.${found}`;
}

/** The name of the first such setting of a target. */
function targetWith(settings: Settings, key: string, fits: (value: unknown) => boolean): string | undefined {
    const targets = settings['target'];
    if (!isRecord(targets)) return undefined;
    const found = Object.keys(targets).find((triple) => fits(settingAt(targets, triple, key)));
    return found === undefined ? undefined : `target.${found}.${key}`;
}
