// Wording of what layers must not do to each other.
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { didYouMean, error, here, there } from './errors.ts';
import type { FieldTouch } from './value.ts';

export function alreadySet(key: string, place: Place, first: FieldTouch, list: boolean): Diagnostic {
    const last = key.slice(key.lastIndexOf('.') + 1);
    return error(
        'layer/already-set',
        `\`${key}\` is already set`,
        [here(place, 'second definition'), there(first.place, `first set here, in layer \`${first.layer}\``)],
        `write \`${last} := …\` to replace it on purpose${list ? ', or `+=` to extend the list' : ''}`,
    );
}

export function nothingToReplace(
    key: string,
    place: Place,
    nearest: { readonly key: string; readonly touch: FieldTouch } | undefined,
    fallback: string | undefined,
): Diagnostic {
    const otherwise =
        fallback === undefined
            ? 'write `=` to define it'
            : `it only has its default ${fallback}: write \`=\` to define it`;
    return error(
        'layer/nothing-to-replace',
        `nothing to replace: \`${key}\` is not set in any layer below`,
        [
            here(place, '`:=` needs an existing value'),
            ...(nearest === undefined ? [] : [there(nearest.touch.place, `\`${nearest.key}\` is set here`)]),
        ],
        didYouMean(nearest?.key, otherwise),
    );
}

export function notInList(
    key: string,
    item: string,
    place: Place,
    first: FieldTouch | undefined,
    nearest: string | undefined,
): Diagnostic {
    const otherwise =
        first === undefined
            ? `\`${key}\` is not set in any layer below`
            : 'the layer below has changed: remove this if it is no longer needed';
    return error(
        'layer/not-in-list',
        `nothing to remove: \`${item}\` is not in \`${key}\``,
        [
            here(place, 'not in the list at this point'),
            ...(first === undefined ? [] : [there(first.place, `\`${key}\` starts here with ${first.operand}`)]),
        ],
        didYouMean(nearest, otherwise),
    );
}

export function alreadyInSet(key: string, item: string, place: Place, first: Place): Diagnostic {
    return error(
        'layer/already-in-set',
        `\`${item}\` is already in \`${key}\``,
        [here(place, 'added a second time'), there(first, 'first added here')],
        'remove it here; no item is in this list twice',
    );
}

export function defaultAboveBase(key: string, place: Place, below: FieldTouch | undefined): Diagnostic {
    return error(
        'layer/default-above-base',
        '`?=` gives a default for later layers, so it belongs into the base recipe',
        [
            here(place, 'used above the base recipe'),
            ...(below === undefined ? [] : [there(below.place, `\`${key}\` is set here`)]),
        ],
        below === undefined ? 'write `=` to define it' : 'write `:=` to replace it on purpose',
    );
}

export function expired(key: string, until: string, version: string, reason: string, place: Place): Diagnostic {
    return error(
        'layer/expired',
        `this change of \`${key}\` was meant to last until ${until}, and the version is ${version}`,
        [here(place, `reason given: ${reason}`)],
        'remove the change if its reason is gone; else say with `until` when to look again',
    );
}

export function conditionalConstant(key: string, condition: string, place: Place): Diagnostic {
    return error(
        'layer/conditional-constant',
        `\`${key}\` cannot depend on a condition`,
        [here(place, `only when ${condition}`)],
        `conditions may read \`${key}\`; set it outside \`when\`, in this layer or in an overlay`,
    );
}

export function appliedTwice(name: string, place: Place, first: Place): Diagnostic {
    return error(
        'layer/applied-twice',
        `the profile \`${name}\` is applied already`,
        [here(place, 'second time'), there(first, 'first applied here')],
        'remove one of the two lines',
    );
}
