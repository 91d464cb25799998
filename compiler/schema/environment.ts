// Kind `environment`: what surrounds the actions of other recipes.
import { commonFields, commonGroups, optionalVersion } from './common.ts';
import { type Kind, field, group, name, oneOf, required, setOf } from './types.ts';

export const environmentKind: Kind = {
    name: 'environment',
    root: group(
        'What surrounds the actions of other recipes.',
        {
            version: optionalVersion,
            ...commonFields,
            provider: required(oneOf('host'), 'Where its files come from: `host` is the machine rpkg runs on.'),
            tools: field(setOf(name), 'Programs it has: `cc`, `make`, `rustc`, `cargo`.'),
        },
        commonGroups,
    ),
};
