// Wording of what stands in the way of a first recipe.
import type { Diagnostic } from '../../lang/diagnostic.ts';

function problem(code: `init/${string}`, message: string, help: string): Diagnostic {
    return { code, severity: 'error', message, labels: [], help };
}

export function noProgram(packages: readonly string[]): Diagnostic {
    return problem(
        'init/no-program',
        `${packages.join(', ')} ${packages.length === 1 ? 'is a library' : 'are libraries'}: there is no program to install`,
        'a crate reaches users inside of the applications that depend on it: name another package with `--package`; what programs link to is installed by a block `library NAME` of a recipe',
    );
}

export function severalPackages(packages: readonly string[]): Diagnostic {
    return problem(
        'init/several-packages',
        `several packages have programs: ${packages.join(', ')}`,
        'name one of them with `--package`; each gets a recipe of its own',
    );
}

export function recipeExists(file: string): Diagnostic {
    return problem(
        'init/recipe-exists',
        `${file} is there already`,
        'name another file with `-o`, or replace it with `--force`',
    );
}

export function unpinnedSource(what: string): Diagnostic {
    return problem(
        'init/unpinned-source',
        `${what} does not say what is pinned`,
        'give the whole commit with `--commit`',
    );
}
