// Wording of what does not fit the schema of a recipe's kind.
import type { Operator } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { didYouMean, error, here, listed, there } from './errors.ts';
import { describeType } from './schema/describe.ts';
import type { FieldType } from './schema/types.ts';

/** `` a recipe of kind `app` ``, or `` `source main` ``. */
export function ownerName(kind: string, key: string): string {
    return key === '' ? `a recipe of kind \`${kind}\`` : `\`${key}\``;
}

export function unknownField(
    owner: string,
    name: string,
    place: Place,
    nearest: string | undefined,
    known: readonly string[],
): Diagnostic {
    const otherwise =
        known.length === 0 ? 'only fields `x-…` of your own can stand here' : `it has ${listed(known, 40)}`;
    return error(
        'type/unknown-field',
        `${owner} has no \`${name}\``,
        [here(place, 'unknown here')],
        didYouMean(nearest, otherwise),
    );
}

/** A block's name where a field's is expected. */
export function blockNotField(key: string, place: Place): Diagnostic {
    return error(
        'type/unknown-field',
        `\`${key}\` is a block, not a field`,
        [here(place, 'has no value of its own')],
        `write \`${key} { … }\`, or set one of its fields`,
    );
}

/** A field's name where a block's is expected. */
export function fieldNotBlock(key: string, type: FieldType, place: Place): Diagnostic {
    return error(
        'type/unknown-field',
        `\`${key}\` is a field, not a block`,
        [here(place, 'has nothing inside')],
        `write \`${key} = …\`: it takes ${describeType(type)}`,
    );
}

export function mismatch(key: string, type: FieldType, place: Place, instead: string | undefined): Diagnostic {
    return error(
        'type/mismatch',
        `\`${key}\` takes ${describeType(type)}`,
        [here(place, 'does not fit')],
        instead === undefined ? undefined : `write \`${instead}\``,
    );
}

/** A value that was right until its interpolations were filled in. */
export function filledMismatch(key: string, type: FieldType, place: Place, filled: string): Diagnostic {
    return error(
        'type/mismatch',
        `\`${key}\` takes ${describeType(type)}`,
        [here(place, `reads ${filled} with everything put in`)],
        'change what is put in, or the text around it',
    );
}

export function wrongOperator(key: string, operator: Operator, type: FieldType, place: Place): Diagnostic {
    return error(
        'type/operator',
        `\`${operator}\` changes lists, and \`${key}\` holds a single value`,
        [here(place, 'not for a single value')],
        type.kind === 'any' ? 'write `:=` to replace it' : `write \`:=\` to replace it; it takes ${describeType(type)}`,
    );
}

export function missingField(owner: string, name: string, type: FieldType, place: Place): Diagnostic {
    return error(
        'type/missing-field',
        `${owner} needs \`${name}\``,
        [here(place, `\`${name}\` is not set`)],
        `add \`${name} = …\`: it takes ${describeType(type)}`,
    );
}

/** A field that another field of the block asks for. */
export function missingPartner(owner: string, by: string, name: string, type: FieldType, place: Place): Diagnostic {
    return error(
        'type/missing-field',
        `${owner} with \`${by}\` also needs \`${name}\``,
        [here(place, `\`${name}\` is not set`)],
        `add \`${name} = …\`: it takes ${describeType(type)}`,
    );
}

export function noWay(owner: string, ways: readonly string[], place: Place): Diagnostic {
    return error(
        'type/way',
        `${owner} needs one of ${listed(ways)}`,
        [here(place, 'none of them is set')],
        `set exactly one of ${listed(ways)}`,
    );
}

export function twoWays(owner: string, first: string, second: string, place: Place, firstPlace: Place): Diagnostic {
    return error(
        'type/way',
        `${owner} has both \`${first}\` and \`${second}\``,
        [here(place, 'second one'), there(firstPlace, 'first one')],
        'keep exactly one of them',
    );
}

export function strayField(owner: string, name: string, way: string, place: Place, wayPlace: Place): Diagnostic {
    return error(
        'type/way',
        `${owner} has \`${name}\`, which does not go with \`${way}\``,
        [here(place, 'means nothing here'), there(wayPlace, `\`${way}\` is set here`)],
        'remove it',
    );
}

export function missingLabel(head: string, place: Place): Diagnostic {
    return error(
        'type/label',
        `\`${head}\` blocks have a label`,
        [here(place, 'no label')],
        `write \`${head} NAME { … }\``,
    );
}

export function surplusLabel(head: string, place: Place, takesOne: boolean): Diagnostic {
    return error(
        'type/label',
        takesOne ? `\`${head}\` blocks have one label` : `\`${head}\` blocks have no label`,
        [here(place, 'one too many')],
        takesOne ? `write \`${head} NAME { … }\`` : `write \`${head} { … }\``,
    );
}

export function interpolatedConstant(key: string, place: Place): Diagnostic {
    return error(
        'type/constant',
        `\`${key}\` has to be written out`,
        [here(place, 'contains `\\(…)`')],
        'conditions may read it, so it is known before any value is put into another one',
    );
}

export function notScalar(name: string, place: Place): Diagnostic {
    return error(
        'type/not-scalar',
        `\`${name}\` cannot be put into a string`,
        [here(place, 'not a single value')],
        'only fields that hold a single value can',
    );
}

export function tooLong(key: string, limit: number, place: Place): Diagnostic {
    return error(
        'type/too-long',
        `strings put into strings grow beyond ${limit} characters`,
        [here(place, `\`${key}\` is one too many`)],
        'put large text into a file of a source',
    );
}
