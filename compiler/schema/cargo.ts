// Kind `cargo`: Cargo as it belongs to a release of Rust, built and checked together with its rustc (spec/rustc-recipes.md).
import { commonFields, commonGroups } from './common.ts';
import { type Kind, group, oneOf, ref, required, union, version } from './types.ts';

export const cargoKind: Kind = {
    name: 'cargo',
    root: group(
        'Cargo of a release of Rust, built and checked together with its rustc.',
        {
            version: required(
                union(oneOf('paired'), version),
                '`paired`: the version that the sources of its rustc have; or the one that they must have, such as 0.86.0.',
                { constant: true },
            ),
            ...commonFields,
            rustc: required(ref('rustc'), 'The recipe of its rustc, which has `cargo` among its tools.'),
        },
        commonGroups,
    ),
};
