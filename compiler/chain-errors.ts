// Wording of what can be wrong with a chain of releases.
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import type { RustcProblem } from './rustc/problem.ts';

function problem(code: string, message: string, place: Place | undefined, remark: string, help: string): Diagnostic {
    const labels = place === undefined ? [] : [{ ...place, text: remark, primary: true }];
    return { code: `chain/${code}`, severity: 'error', message, labels, help };
}

/** A rule of a release that a chain breaks. */
export function chainProblem({ code, severity, message, help }: RustcProblem, place: Place | undefined): Diagnostic {
    const labels = place === undefined ? [] : [{ ...place, text: 'in this chain', primary: true }];
    return { code, severity, message, labels, help };
}

export function unknownLink(label: string, links: readonly string[], place: Place | undefined): Diagnostic {
    return problem(
        'unknown-link',
        `the chain has no link \`${label}\``,
        place,
        'this layer would change nothing',
        links.length === 0
            ? 'write the release with all its numbers: `link "1.85.1"`'
            : `its links are ${links.join(', ')}; another point release of a minor version in between may be named`,
    );
}

export function twoReleases(label: string, other: string, place: Place | undefined): Diagnostic {
    return problem(
        'two-releases',
        `\`${label}\` and \`${other}\` are point releases of one minor version, and a chain takes one of them`,
        place,
        'which of the two is built?',
        `take one of the blocks away: any point release builds the next minor version`,
    );
}

export function nothingToBuild(version: string, place: Place | undefined): Diagnostic {
    return problem(
        'nothing-to-build',
        `rustc ${version} is the compiler at hand: the chain has no link`,
        place,
        'this release is there already',
        'set `by-itself = true` to build it with itself',
    );
}

export function otherRelease(version: string, wanted: string, place: Place | undefined): Diagnostic {
    return problem(
        'other-release',
        `\`last\` builds ${version}, and the chain ends with ${wanted}`,
        place,
        'a recipe of another release',
        'set `version` of the chain to the release of that recipe, or leave `last` away: `each` is then taken for the last link too',
    );
}

export function otherCompiler(said: string, found: string, place: Place | undefined): Diagnostic {
    return problem(
        'other-compiler',
        `the chain begins with rustc ${said}, and the compiler that its first link is built with is ${found}`,
        place,
        'what is at hand?',
        `set \`have = ${found}\`, or give that link another \`bootstrap\``,
    );
}

export function idleLlvm(place: Place | undefined): Diagnostic {
    return problem(
        'idle-llvm',
        'no link takes its LLVM from this list',
        place,
        'this changes nothing',
        'remove it, or let the recipes of links say `llvm.link = system-dynamic` and no `llvm.config`',
    );
}
