// Wording of what can be wrong with `use`.
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { error, here, there, warning } from './errors.ts';

export function missingMain(path: string): Diagnostic {
    return error('import/missing-file', `there is no file \`${path}\``, [], 'give the path of a `.rpkg` file');
}

export function missingFile(path: string, place: Place): Diagnostic {
    return error(
        'import/missing-file',
        `there is no file \`${path}\``,
        [here(place, 'imported here')],
        'the path is relative to the folder of the file that imports it',
    );
}

export function absolutePath(place: Place): Diagnostic {
    return error(
        'import/absolute-path',
        'an import has to be a relative path',
        [here(place, 'means another file on another machine')],
        'write the path relative to the folder of this file, for instance `"../base.rpkg"`',
    );
}

/** `files` in the order of import; the last one imports the first one. */
export function importCycle(files: readonly string[], places: readonly Place[]): Diagnostic {
    const [closing, ...others] = [...places].reverse();
    const labels =
        closing === undefined
            ? []
            : [here(closing, 'closes the circle'), ...others.map((at) => there(at, 'imports the next one'))];
    const names = files.map((file) => `\`${file}\``).join(' → ');
    return error(
        'import/cycle',
        files.length === 1 ? `${names} imports itself` : `files import each other: ${names} → \`${files[0] ?? ''}\``,
        labels,
        'move what both need into a file of its own',
    );
}

export function duplicateAlias(alias: string, place: Place, first: Place): Diagnostic {
    return error(
        'import/duplicate-alias',
        `two imports are called \`${alias}\``,
        [here(place, 'second one'), there(first, 'first one')],
        'give one of them another name with `as`',
    );
}

export function unusedAlias(alias: string, place: Place): Diagnostic {
    return warning(
        'import/unused-alias',
        `nothing uses the import \`${alias}\``,
        [here(place, 'never used')],
        'remove the line',
    );
}

export function hashMismatch(path: string, wanted: string, found: string, place: Place): Diagnostic {
    return error(
        'import/hash-mismatch',
        `\`${path}\` is not the file that is pinned here`,
        [here(place, `pins ${wanted}`)],
        `read what changed in it; then write \`${found}\``,
    );
}
