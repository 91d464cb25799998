// Wording of every diagnostic that lowering can give.
import type { Diagnostic } from '../../lang/diagnostic.ts';
import type { Place } from '../../lang/source.ts';
import type { CargoProblem } from '../cargo/problem.ts';
import type { PlanProblem } from '../plan/check.ts';

function problem(code: string, message: string, place: Place | undefined, remark: string, help: string): Diagnostic {
    const labels = place === undefined ? [] : [{ ...place, text: remark, primary: true }];
    return { code: `plan/${code}`, severity: 'error', message, labels, help };
}

export function missingSource(kind: string, place: Place | undefined): Diagnostic {
    return problem(
        'missing-source',
        `a recipe of kind \`${kind}\` needs a block \`source main\``,
        place,
        'nothing here says where the sources come from',
        'add `source main { path = "." }`, or `url`, `git`, `crate` with their pin',
    );
}

export function hashToDo(label: string, place: Place): Diagnostic {
    return problem(
        'hash-todo',
        `source \`${label}\` is not pinned yet`,
        place,
        'a placeholder',
        'run `rpkg fetch`: it prints the hash of what it finds; check it against upstream, then write it here',
    );
}

export function badCrateName(label: string, text: string, place: Place): Diagnostic {
    return problem(
        'bad-crate',
        `\`${text}\` does not name a crate and its version`,
        place,
        `source \`${label}\``,
        'write `crate = "NAME@VERSION"`',
    );
}

export function missingLock(path: string, source: string, place: Place): Diagnostic {
    return problem(
        'missing-lock',
        `source \`${source}\` has no \`${path}\``,
        place,
        'crates are pinned by this file',
        'set `vendor.lock` to the right path, or `vendor.from = directory` to build with the crates of a folder, with `vendor.lock-policy = resolve` for the driver `rustc` and `vendor.unlocked = true` for `cargo`',
    );
}

export function badLock(path: string, message: string, place: Place): Diagnostic {
    return problem(
        'bad-lock',
        `cannot read \`${path}\`: ${message}`,
        place,
        'crates are pinned by this file',
        'regenerate it with cargo',
    );
}

export function unpinnedPackage(name: string, version: string, origin: string, place: Place): Diagnostic {
    return problem(
        'unpinned-package',
        `\`${name} ${version}\` of the lock file has no checksum (${origin})`,
        place,
        'the cargo driver takes crates that are pinned by a checksum',
        'use a release that depends on registry crates only, or vendor the sources and set `vendor.from = bundled`',
    );
}

export function vendorPath(from: string, place: Place | undefined): Diagnostic {
    return problem(
        'vendor-path',
        `\`vendor.from = ${from}\` needs \`vendor.path\``,
        place,
        'which folder holds the crates?',
        from === 'directory'
            ? 'for Debian: `path = "/usr/share/cargo/registry"`'
            : 'the folder inside the sources, for instance `path = "vendor"`',
    );
}

export function shadowedFlags(name: string, place: Place): Diagnostic {
    return problem(
        'shadowed-flags',
        `\`env.${name}\` would hide \`rustflags\` from the compiler`,
        place,
        'cargo takes flags from one place only, and this one comes first',
        'put the flags into `rustflags`',
    );
}

export function noHostFlags(place: Place): Diagnostic {
    return problem(
        'no-host-flags',
        'the cargo driver cannot give flags to build scripts and proc macros alone',
        place,
        'nothing would receive these flags',
        'stable cargo has no channel for them: leave them out, or put flags that all code may have into `rustflags`',
    );
}

export function unknownTool(name: string, place: Place | undefined): Diagnostic {
    return problem(
        'unknown-tool',
        `the identity of \`${name}\` is not known`,
        place,
        'needed by this recipe',
        'install it, then run `rpkg doctor`',
    );
}

/** A value that the schema accepts and the plan cannot carry. */
export function brokenRule(rule: PlanProblem, place: Place | undefined): Diagnostic {
    return problem(
        'broken-rule',
        `${rule.message} (${rule.at})`,
        place,
        'from here',
        'change the value so that it keeps the rule',
    );
}

export function fileRule(text: string, place: Place): Diagnostic {
    return problem(
        'file-rule',
        `\`${text}\` is not a rule for files`,
        place,
        'both sides are relative paths without `..`',
        'write `"SOURCE -> DESTINATION"`; the destination is relative to `install.prefix`',
    );
}

/** What is wrong with the Cargo workspace of the sources. */
export function cargoProblem({ code, message, package: owner, file, help }: CargoProblem, place: Place): Diagnostic {
    const where = [owner, file].filter((part) => part !== undefined).join(', ');
    return {
        code,
        severity: 'error',
        message: where === '' ? message : `${where}: ${message}`,
        labels: [{ ...place, text: 'for the workspace of the sources', primary: true }],
        help: help ?? 'change the sources, or patch them in the recipe',
    };
}

export function unmatchedCrate(name: string, versions: readonly string[], place: Place): Diagnostic {
    return problem(
        'unmatched-crate',
        versions.length === 0
            ? `no crate \`${name}\` is part of this build`
            : `this build has \`${name}\` only as ${versions.join(', ')}`,
        place,
        'this block changes nothing',
        'remove the block, or correct its name and `version`; `rpkg units FOLDER` lists the crates of a workspace',
    );
}

export function forbiddenCrate(
    { name, version }: { readonly name: string; readonly version: string },
    place: Place,
): Diagnostic {
    return problem(
        'forbidden-crate',
        `\`${name} ${version}\` is part of this build, and the recipe forbids it`,
        place,
        'forbidden here',
        'turn off the feature that brings it, or patch the crate that depends on it',
    );
}

export function unmatchedLibrary(name: string, known: readonly string[], place: Place): Diagnostic {
    return problem(
        'unmatched-library',
        `nothing that is built has the library \`${name}\``,
        place,
        'nothing would be installed',
        known.length === 0
            ? 'set `package` to the package whose library it is'
            : `write ${known.map((each) => `\`library ${each}\``).join(' or ')}, or set \`package\` to its package`,
    );
}

export function badFileName(name: string, place: Place): Diagnostic {
    return problem(
        'bad-file-name',
        `\`${name}\` is not the name of a library's file`,
        place,
        'a name without folders, blanks and commas',
        'write the name alone, `"libword.so.1"`; `folder` says where it goes',
    );
}

export function badRequirement(name: string, text: string, place: Place): Diagnostic {
    return problem(
        'bad-requirement',
        `\`${text}\` is not a version requirement`,
        place,
        `of crate \`${name}\``,
        'write it as in Cargo.toml: `"1.2"`, `">=1.2, <1.5"`, `"=0.3.4"`',
    );
}

export function unknownPatch(text: string, place: Place | undefined): Diagnostic {
    return problem(
        'unknown-patch',
        `\`${text}\` names no patch in a source of this recipe`,
        place,
        'a patch is `SOURCE/FILE`',
        'add `source patches { path = "patches" }` and write `patches = ["patches/NAME.diff"]`',
    );
}

export function noSystemLibrary(name: string, place: Place): Diagnostic {
    return problem(
        'no-system-library',
        `crate \`${name}\` is to link the library of the system, and nothing says which one`,
        place,
        'nothing would be checked',
        'add `system-library = ["NAME"]` with the name that pkg-config knows, and what tells the crate to use it',
    );
}

export function otherDriver(what: string, driver: string, place: Place): Diagnostic {
    return problem(
        'other-driver',
        `${what} does nothing with the driver \`${driver}\``,
        place,
        'nothing would look at this',
        driver === 'cargo' ? 'set `driver = rustc`, or take it away' : 'set `driver = cargo`, or take it away',
    );
}

export function unlockWithoutPatch(place: Place): Diagnostic {
    return problem(
        'lock-policy',
        '`vendor.unlock` names crates that the lock policy does not leave open',
        place,
        'this changes nothing',
        'set `lock-policy = patch`, or take it away: with `resolve` all crates are open, with `require` none is',
    );
}

export function otherVersion(
    name: string,
    version: string,
    used: readonly string[],
    place: Place | undefined,
): Diagnostic {
    return problem(
        'other-version',
        used.length === 0
            ? `this source has \`${name} ${version}\`, and no version of it is part of the build`
            : `this source has \`${name} ${version}\`, and the build has ${used.join(', ')}`,
        place,
        'it would stand in for nothing',
        'take the version that the build has, or set `vendor.lock-policy = patch`, so that the source decides',
    );
}

export function noStd(triple: string, place: Place): Diagnostic {
    return problem(
        'no-std',
        `nothing says where the standard library for \`${triple}\` comes from`,
        place,
        'built for another platform',
        `add \`target ${triple} { std = LABEL }\` with the label of a source that holds \`lib/rustlib/${triple}\`, or \`std = toolchain\` when it is installed beside rustc`,
    );
}

export function missingStd(std: string, triple: string, place: Place): Diagnostic {
    return problem(
        'missing-std',
        std === 'toolchain'
            ? `the compiler has no standard library for \`${triple}\``
            : `source \`${std}\` has no standard library for \`${triple}\``,
        place,
        `expected \`lib/rustlib/${triple}/lib\` with its crates`,
        std === 'toolchain'
            ? 'install it beside rustc, or name a source that holds it: `std = LABEL`'
            : "take the `rust-std` archive, or the distribution's package, of this triple and of the compiler's version",
    );
}

export function noLinker(triple: string, place: Place | undefined): Diagnostic {
    return problem(
        'no-linker',
        `nothing says which program links for \`${triple}\``,
        place,
        'built for another platform, for which `cc` cannot link',
        `add \`target ${triple} { cc = "PROGRAM" }\` with its C compiler, which links as well, or \`linker\``,
    );
}

export function noRunner(name: string, triple: string, place: Place): Diagnostic {
    return {
        ...problem(
            'no-runner',
            `test \`${name}\` is left out: this machine cannot run programs for \`${triple}\``,
            place,
            'not run',
            `say what can: \`target ${triple} { runner = ["qemu-ARCH", "-L", "/usr/SYSROOT"] }\``,
        ),
        severity: 'warning',
    };
}

export function noTests(label: string, place: Place): Diagnostic {
    return problem(
        'no-tests',
        `\`cargo-test ${label}\` chooses no test program`,
        place,
        'nothing would be run',
        'choose targets that have tests (`library`, `bins`, `tests`), name other `packages`, or remove the block',
    );
}

export function noHarness(label: string, place: Place): Diagnostic {
    return problem(
        'no-harness',
        `no test program of \`cargo-test ${label}\` takes filters`,
        place,
        'these would filter nothing: the programs do without the test harness of Rust',
        'take `only` and `skip` away; `args` reaches every test program',
    );
}
