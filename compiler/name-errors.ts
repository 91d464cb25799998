// Wording of names that mean nothing, the wrong thing, or themselves.
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { didYouMean, error, here, listed, there } from './errors.ts';

type Sort = 'recipe' | 'profile';

export function duplicateDefinition(name: string, place: Place, first: Place): Diagnostic {
    return error(
        'name/duplicate-definition',
        `\`${name}\` is defined twice`,
        [here(place, 'second definition'), there(first, 'first defined here')],
        'rename one of them; recipes, overlays and profiles of a file share their names',
    );
}

export function unknownDefinition(
    sort: Sort,
    name: string,
    place: Place,
    nearest: string | undefined,
    inReach: readonly string[],
): Diagnostic {
    const otherwise =
        inReach.length === 0
            ? `this file defines and imports no ${sort}; other files are imported with \`use "…"\``
            : `there are ${listed(inReach)}`;
    return error(
        'name/unknown-definition',
        `there is no ${sort} \`${name}\``,
        [here(place, 'not defined here and not imported')],
        didYouMean(nearest, otherwise),
    );
}

export function unknownImport(alias: string, place: Place, nearest: string | undefined): Diagnostic {
    return error(
        'name/unknown-definition',
        `nothing is imported as \`${alias}\``,
        [here(place, 'not an import of this file')],
        didYouMean(nearest, `import it: \`use "….rpkg" as ${alias}\``),
    );
}

export function wrongSort(name: string, wanted: Sort, place: Place): Diagnostic {
    return wanted === 'profile'
        ? error(
              'name/wrong-sort',
              `\`${name}\` is a recipe and cannot be applied`,
              [here(place, 'expected a profile')],
              'settings that several recipes share go into a `profile`; an `overlay` changes one recipe',
          )
        : error(
              'name/wrong-sort',
              `\`${name}\` is a profile, not a recipe`,
              [here(place, 'expected a recipe or an overlay')],
              `\`apply ${name}\` uses a profile's settings inside a recipe`,
          );
}

export function wrongKind(name: string, kind: string, wanted: string, place: Place): Diagnostic {
    return error(
        'name/wrong-sort',
        `\`${name}\` is a recipe of kind \`${kind}\``,
        [here(place, `expected one of kind \`${wanted}\``)],
        `name a recipe that is defined with \`is ${wanted}\``,
    );
}

export function recursion(names: readonly string[], place: Place): Diagnostic {
    const [first = ''] = names;
    const circle = [...names, first].map((name) => `\`${name}\``).join(' → ');
    return error(
        'name/recursion',
        names.length === 1
            ? `\`${first}\` is defined in terms of itself`
            : `these are defined in terms of each other: ${circle}`,
        [here(place, 'leads back to where it came from')],
        'move what they share into a definition of its own',
    );
}

/** Blocks that come after each other. */
export function circularLabels(head: string, labels: readonly string[], field: string, place: Place): Diagnostic {
    const [first = ''] = labels;
    const circle = [...labels, first].map((label) => `\`${label}\``).join(' → ');
    return error(
        'name/recursion',
        labels.length === 1
            ? `\`${head} ${first}\` comes after itself`
            : `these \`${head}\` blocks come after each other: ${circle}`,
        [here(place, 'closes the circle')],
        `take it out of \`${field}\` here, or break the circle elsewhere`,
    );
}

/** `places` are the references, in the order of `keys`. */
export function circularFields(keys: readonly string[], places: readonly Place[]): Diagnostic {
    const [first = ''] = keys;
    const circle = [...keys, first].map((key) => `\`${key}\``).join(' → ');
    const [own, ...others] = places;
    return error(
        'name/recursion',
        keys.length === 1 ? `\`${first}\` contains itself` : `these values contain each other: ${circle}`,
        own === undefined
            ? []
            : [here(own, 'leads back to itself'), ...others.map((place) => there(place, 'by way of this'))],
        'write one of them without the reference',
    );
}

export function unknownKind(
    kind: string,
    place: Place,
    nearest: string | undefined,
    kinds: Iterable<string>,
): Diagnostic {
    return error(
        'name/unknown-kind',
        `there is no kind of recipe called \`${kind}\``,
        [here(place, 'unknown kind')],
        didYouMean(nearest, `there are ${listed(kinds)}`),
    );
}

export function tooDeep(what: 'layers' | 'profiles', limit: number, place: Place): Diagnostic {
    return error(
        'name/too-deep',
        `more than ${limit} ${what} stand on each other`,
        [here(place, 'one too many')],
        'put what several of them do into one',
    );
}

export function differentRoot(name: string, root: string, wanted: string, place: Place): Diagnostic {
    return error(
        'name/different-root',
        `\`${name}\` is no overlay on \`${wanted}\``,
        [here(place, `starts from \`${root}\``)],
        'overlays can be stacked when they all start from the same recipe',
    );
}

export function sharedLayer(name: string, layer: string, place: Place, defined: Place): Diagnostic {
    return error(
        'name/shared-layer',
        `\`${name}\` would apply the layer \`${layer}\` a second time`,
        [here(place, `contains \`${layer}\`, which is below it already`), there(defined, 'the layer in both')],
        'name only overlays that share nothing but their base recipe',
    );
}

export function chooseRecipe(path: string, names: readonly string[]): Diagnostic {
    return error(
        'name/choose-recipe',
        names.length === 0 ? `\`${path}\` defines no recipe` : `\`${path}\` defines several recipes`,
        [],
        names.length === 0 ? 'name a file with a `recipe` or an `overlay`' : `say which one is meant: ${listed(names)}`,
    );
}

export function unknownRecipe(
    name: string,
    path: string,
    nearest: string | undefined,
    names: readonly string[],
): Diagnostic {
    return error(
        'name/unknown-definition',
        `\`${path}\` defines no recipe \`${name}\``,
        [],
        didYouMean(nearest, names.length === 0 ? 'it defines no recipe at all' : `it defines ${listed(names)}`),
    );
}

export function unknownReference(name: string, place: Place, nearest: string | undefined): Diagnostic {
    return error(
        'name/unknown-reference',
        `nothing is called \`${name}\``,
        [here(place, 'unknown')],
        didYouMean(nearest, 'fields of this recipe can be named here, and facts such as `target.arch`'),
    );
}

export function unsetReference(name: string, place: Place): Diagnostic {
    return error(
        'name/unset-reference',
        `\`${name}\` is not set`,
        [here(place, 'has no value')],
        `set \`${name}\`, or write the value here`,
    );
}

export function unknownLabel(
    head: string,
    name: string,
    place: Place,
    nearest: string | undefined,
    labels: readonly string[],
): Diagnostic {
    return error(
        'name/unknown-label',
        `there is no \`${head} ${name}\``,
        [here(place, 'names no block of this recipe')],
        didYouMean(
            nearest,
            labels.length === 0 ? `the recipe has no \`${head}\` block` : `there are ${listed(labels)}`,
        ),
    );
}
