// Wording of conditions, assertions, facts and options.
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { didYouMean, error, here, listed } from './errors.ts';

export function notAFact(
    name: string,
    place: Place,
    nearest: string | undefined,
    facts: readonly string[],
): Diagnostic {
    return error(
        'condition/not-a-fact',
        `conditions cannot read \`${name}\``,
        [here(place, 'not a fact')],
        nearest === undefined
            ? `only what is known before any layer is applied can be read: ${listed(facts, 40)}`
            : `did you mean \`${nearest}\`? Only facts can be read: ${listed(facts, 40)}`,
    );
}

export function unknownWord(
    word: string,
    subject: string,
    place: Place,
    nearest: string | undefined,
    known: Iterable<string>,
): Diagnostic {
    return error(
        'condition/unknown-word',
        `\`${subject}\` is never \`${word}\``,
        [here(place, 'unknown word')],
        didYouMean(nearest, `it can be ${listed(known, 40)}`),
    );
}

export function incomparable(subject: string, what: string, place: Place, help: string): Diagnostic {
    return error(
        'condition/mismatch',
        `\`${subject}\` is ${what}`,
        [here(place, 'cannot be compared like this')],
        help,
    );
}

/** A condition that reads nothing. */
export function readsNothing(place: Place): Diagnostic {
    return error(
        'condition/mismatch',
        'this condition reads no value',
        [here(place, 'always the same')],
        'compare a fact with a value, as in `target.arch == amd64`',
    );
}

export function assertionFailed(
    message: string | undefined,
    condition: string,
    unset: readonly string[],
    place: Place,
): Diagnostic {
    const help = unset.length === 0 ? undefined : `not set: ${listed(unset)}`;
    return error(
        'assert/failed',
        message ?? 'an assertion does not hold',
        [here(place, `\`${condition}\` is false`)],
        help,
    );
}

export function unknownTarget(triple: string, nearest: string | undefined): Diagnostic {
    return error(
        'fact/unknown-target',
        `there is no target \`${triple}\``,
        [],
        didYouMean(nearest, 'give a Rust target triple such as `x86_64-unknown-linux-gnu`'),
    );
}

export function unknownOption(name: string, nearest: string | undefined, known: readonly string[]): Diagnostic {
    return error(
        'fact/unknown-option',
        `the recipe has no option \`${name}\``,
        [],
        didYouMean(nearest, known.length === 0 ? 'it has no options' : `it has ${listed(known)}`),
    );
}

export function badOption(name: string, value: string, expected: string): Diagnostic {
    return error('fact/bad-option', `option \`${name}\` cannot be \`${value}\``, [], `give ${expected}`);
}
