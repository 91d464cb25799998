// Kind `generic`: steps that say themselves what to run.
import { commonFields, commonGroups, env, environment, requiredVersion, rootLimits, source, step } from './common.ts';
import { type Kind, group, label, labelled, required } from './types.ts';

export const genericKind: Kind = {
    name: 'generic',
    root: group(
        'Steps that say themselves what to run.',
        { version: requiredVersion, ...commonFields, environment },
        {
            ...commonGroups,
            source,
            env,
            limits: rootLimits,
            step,
            output: labelled(group('A tree to keep.', { step: required(label('step'), 'The step that makes it.') })),
        },
    ),
};
