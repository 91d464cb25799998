// Kind `chain`: from the compiler at hand to a wanted release of Rust, one release after the other (spec/chains.md).
import { commonFields, commonGroups, requiredVersion } from './common.ts';
import { type Kind, bool, defaultBool, field, group, int, layersOn, ref, required, setOf, version } from './types.ts';

export const chainKind: Kind = {
    name: 'chain',
    root: group(
        'The releases of Rust from the compiler at hand to a wanted one, each built by the one before.',
        {
            version: requiredVersion,
            ...commonFields,
            have: required(version, 'The compiler at hand, with which the first link is built.', { constant: true }),
            each: required(ref('rustc'), 'How a release is built: this recipe, with the version of each link in turn.'),
            last: field(ref('rustc'), 'The recipe of the wanted release, where it is another one than `each`.'),
            'by-itself': field(bool, 'Whether the wanted release is built once more, by itself.', {
                default: defaultBool(false),
                constant: true,
            }),
            llvm: field(
                setOf(int(10, 999)),
                'Major versions of LLVM that the environment has: links with an LLVM of the system that name no `llvm.config` take `llvm-config-N` of one that fits.',
            ),
        },
        {
            ...commonGroups,
            link: layersOn(
                'rustc',
                'A layer on the recipe of one link, by its release; it also says which point release is taken.',
            ),
        },
    ),
};
