// Wording of the diagnostics that only recipes of compilers can give.
import type { Diagnostic } from '../../lang/diagnostic.ts';
import type { Place } from '../../lang/source.ts';
import { nearest } from '../../lang/suggest.ts';
import type { RustcProblem } from '../rustc/problem.ts';

function problem(code: string, message: string, place: Place | undefined, remark: string, help: string): Diagnostic {
    const labels = place === undefined ? [] : [{ ...place, text: remark, primary: true }];
    return { code: `plan/${code}`, severity: 'error', message, labels, help };
}

export function missingSeries(text: string, place: Place | undefined): Diagnostic {
    return problem(
        'missing-series',
        `\`${text}\` is no list of patches in a source`,
        place,
        'which patches are applied?',
        'write `SOURCE/FILE`: the label of a source of this recipe, and a file in it',
    );
}

export function unknownSkip(name: string, names: ReadonlySet<string>, place: Place | undefined): Diagnostic {
    const near = nearest(name, names);
    return problem(
        'unknown-skip',
        `no list of patches has \`${name}\``,
        place,
        'nothing would be left out',
        near === undefined ? 'remove it: the patch is gone' : `did you mean \`${near}\`?`,
    );
}

export function badPatchPath(text: string, place: Place | undefined): Diagnostic {
    return problem(
        'bad-patch-path',
        `\`${text}\` names no source of this recipe`,
        place,
        'where is this patch?',
        'write `SOURCE/FILE`: the label of a source of this recipe, and a file in it',
    );
}

export function unknownStage0(place: Place | undefined): Diagnostic {
    return problem(
        'unknown-stage0',
        'the version of the bootstrap compiler is not known',
        place,
        'a compiler from sources is not asked before the plan is made',
        'add `bootstrap { version = 1.84.1 }`; the plan checks that it is true',
    );
}

export function unbuiltCargo(rustc: string, place: Place | undefined): Diagnostic {
    return problem(
        'unbuilt-cargo',
        `\`${rustc}\` builds no cargo`,
        place,
        'there is nothing to pair',
        'add `cargo` to the `tools` of that recipe',
    );
}

export function foreignLibrary(release: string, compiler: string, place: Place | undefined): Diagnostic {
    return problem(
        'foreign-library',
        `the library of ${release} would be made by ${compiler}, and could be used by nothing else`,
        place,
        'a library is only for the compiler that made it',
        'begin with a compiler of the same release as the sources, or build the compiler too: `goal = install`',
    );
}

/** A rule of the release that is broken. */
export function configProblem({ code, severity, message, help }: RustcProblem, place: Place | undefined): Diagnostic {
    const labels = place === undefined ? [] : [{ ...place, text: 'from here', primary: true }];
    return { code, severity, message, labels, help };
}

export function doubleSetting(key: string, place: Place): Diagnostic {
    return problem(
        'double-setting',
        `\`${key}\` is decided by other fields of the recipe`,
        place,
        'one of the two would be lost',
        'remove it here, and change the field that says the same: `rpkg why` names it',
    );
}

export function unknownRelease(version: string, place: Place | undefined): Diagnostic {
    return configProblem(
        {
            code: 'rustc/unknown-release',
            severity: 'error',
            message: `rpkg does not know how Rust ${version} is built: it knows 1.55.0 and later`,
            help: 'take a newer release, or describe the build with a recipe of kind `generic`',
        },
        place,
    );
}

export function uncarriedFlag(flag: string, place: Place | undefined): Diagnostic {
    return problem(
        'uncarried-flag',
        `\`${flag}\` has a space in it, and no way to a compiler keeps it together`,
        place,
        "Rust's build system splits flags at spaces",
        'write it as several flags, or without the space',
    );
}

/** Some of the names stand for all. */
export function missingCrates(
    release: string,
    lock: string,
    crates: readonly string[],
    place: Place | undefined,
): Diagnostic {
    const shown = crates.slice(0, 5).join(', ');
    const more = crates.length > 5 ? ` and ${String(crates.length - 5)} more` : '';
    return configProblem(
        {
            code: 'rustc/missing-crates',
            severity: 'error',
            message: `${lock} of ${release} names crates that are not in \`vendor\`: ${shown}${more} (rule of ${release}: ${lock}, with \`build.locked-deps\` and \`build.vendor\`)`,
            help: 'add them with `vendor.add`, or let lock files be made anew from what is there: `vendor.lock-policy = resolve`',
        },
        place,
    );
}

export function onceBuilt(place: Place | undefined): Diagnostic {
    return problem(
        'once-built',
        'a compiler that is built once cannot be optimized with what it does',
        place,
        'the first one would have to count, and the second one is optimized',
        'set `bootstrap.stage = 2`',
    );
}

export function crossProfile(host: string, place: Place | undefined): Diagnostic {
    return problem(
        'cross-profile',
        `what a compiler for ${host} does cannot be counted on another machine`,
        place,
        'the instrumented compiler has to run',
        'put the block into a `when` for the machine that builds, or build on the other one',
    );
}

export function noProfiler(host: string, place: Place | undefined): Diagnostic {
    return problem(
        'no-profiler',
        `nothing counts what the compiler does: the library has no profiler for ${host}`,
        place,
        'an instrumented compiler links it',
        `set \`profiler = true\` in \`config build\`, or in \`config "target.${host}"\` name the library of clang`,
    );
}

export function otherProfdata(tool: string, given: number, wanted: number, place: Place | undefined): Diagnostic {
    return problem(
        'other-profdata',
        `\`${tool}\` is of LLVM ${String(given)}, and the compiler counts in the form of LLVM ${String(wanted)}`,
        place,
        'it could not read what was counted',
        `name that of LLVM ${String(wanted)} in \`pgo.profdata\``,
    );
}

export function knownSetting(key: string, version: string, place: Place | undefined): Diagnostic {
    return problem(
        'known-setting',
        `\`${key}\` is a setting of ${version} without any patch`,
        place,
        'declared here as one that a patch adds',
        'remove the block, and the patch if it did nothing else',
    );
}

export function unpatchedSetting(key: string, patch: string, place: Place | undefined): Diagnostic {
    return problem(
        'unpatched-setting',
        `\`${key}\` is a setting that \`${patch}\` adds, which is no patch that is applied`,
        place,
        'nothing would read the setting',
        'name a patch of `patches.series` that is not skipped, or one of `patches.files`, as `SOURCE/FILE`',
    );
}

export function idleTarget(triple: string, built: readonly string[], place: Place | undefined): Diagnostic {
    return problem(
        'idle-target',
        `nothing is built for ${triple}`,
        place,
        'no compiler would receive any of it',
        `add it to \`targets\`, or name one that is built for: ${built.join(', ')}`,
    );
}

export function unreachedField(key: string, why: string, help: string, place: Place | undefined): Diagnostic {
    return problem('unreached-field', `\`${key}\` reaches nothing: ${why}`, place, 'it would be lost', help);
}

export function libdirOutside(libdir: string, prefix: string, place: Place | undefined): Diagnostic {
    return problem(
        'libdir-outside',
        `\`install.libdir\` is \`${libdir}\`, which is not below the prefix \`${prefix}\``,
        place,
        'the compiler looks for its libraries relative to itself',
        'write a relative path, such as `lib64`; move what must lie elsewhere with `install.move`',
    );
}

export function foreignFolder(path: string, place: Place | undefined): Diagnostic {
    return problem(
        'foreign-folder',
        `\`${path}\` is no path below the prefix`,
        place,
        'what is installed is moved, linked and removed below the prefix only',
        'write a relative path without `..`',
    );
}

/** What is not wrong, but to be known. */
export function noted(text: string, place: Place | undefined): Diagnostic {
    const labels = place === undefined ? [] : [{ ...place, text: 'this release', primary: true }];
    return {
        code: 'plan/unread-release',
        severity: 'warning',
        message: text,
        labels,
        help: 'the dry run, the first thing that is built, tells whether the configuration is right',
    };
}
