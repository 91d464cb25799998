// Flags of a recipe → the variables by which the build system hands them to compilers. Each flag takes one way:
//
// - C and C++: `CFLAGS_TRIPLE` and `CXXFLAGS_TRIPLE`, which are asked for before all other names.
// - rustc: `RUSTFLAGS_NOT_BOOTSTRAP` reaches every call of a compiler that was built here, `RUSTFLAGS_BOOTSTRAP` every call of the
//   bootstrap compiler. Where the compiler is built once, it is that one which compiles what is installed.
// - what a compiler is salted with: as `-Cmetadata` of rustc, which takes it beside Cargo's own.
// - linkers: as `-Clink-arg` of rustc, since rustc calls them.
//
// The build system splits at single spaces and has no quotes, so a flag with a space in it is refused.
import { type Evaluated, type Group, labelsOf, listOf, textOf } from '../value.ts';
import { uncarriedFlag } from './rustc-errors.ts';
import { type Checked, triplesFor } from './rustc-fields.ts';

interface Channel {
    readonly variable: string;
    readonly flags: readonly string[];
    /** Keys of the fields that the flags come from. */
    readonly fields: readonly string[];
}

/** Variables with flags, for the commands of the build system. */
export function flagVariables(lowering: Checked, stage: number): Readonly<Record<string, string>> {
    const channels = channelsOf(lowering.evaluated, stage).filter(({ flags }) => flags.length > 0);
    for (const { flags, fields } of channels) refuseSpaces(lowering, flags, fields);
    return Object.fromEntries(channels.map(({ variable, flags }) => [variable, flags.join(' ')]));
}

/** Variable → fields, for provenance. */
export function flagOrigins(evaluated: Evaluated, stage: number): readonly (readonly [string, readonly string[]])[] {
    return channelsOf(evaluated, stage).map(({ variable, fields }) => [variable, fields]);
}

function channelsOf(evaluated: Evaluated, stage: number): readonly Channel[] {
    const { root } = evaluated;
    const { build, host } = triplesFor(evaluated);
    const links = listOf(root, 'ldflags').map((flag) => `-Clink-arg=${flag}`);
    const salt = textOf(root, 'salt');
    const rust = [...(salt === undefined ? [] : [`-Cmetadata=${salt}`]), ...listOf(root, 'rustflags'), ...links];
    const bootstrap = listOf(root, 'bootstrap-rustflags');
    const rustFields = ['rustflags', 'ldflags', 'salt'];
    return [
        ...compilerChannels(evaluated, host, ''),
        ...(build === host ? [] : compilerChannels(evaluated, build, 'host-')),
        { variable: 'RUSTFLAGS_NOT_BOOTSTRAP', flags: rust, fields: rustFields },
        {
            variable: 'RUSTFLAGS_BOOTSTRAP',
            flags: stage === 1 ? [...bootstrap, ...rust] : bootstrap,
            fields: stage === 1 ? ['bootstrap-rustflags', ...rustFields] : ['bootstrap-rustflags'],
        },
        ...[...labelsOf(root, 'target')].flatMap(([triple, group]): readonly Channel[] => {
            const path = `target.${triple}`;
            return [
                {
                    variable: `CARGO_TARGET_${suffixOf(triple).toUpperCase()}_RUSTFLAGS`,
                    flags: [...processorFlags(group), ...listOf(group, 'rustflags')],
                    fields: ['rustflags', 'cpu', 'features'].map((name) => `${path}.${name}`),
                },
                ...(triple === host || triple === build
                    ? []
                    : [
                          {
                              variable: `CFLAGS_${suffixOf(triple)}`,
                              flags: listOf(group, 'cflags'),
                              fields: [`${path}.cflags`],
                          },
                      ]),
            ];
        }),
    ];
}

function processorFlags(group: Group): readonly string[] {
    const cpu = textOf(group, 'cpu');
    const features = listOf(group, 'features');
    return [
        ...(cpu === undefined ? [] : [`-Ctarget-cpu=${cpu}`]),
        ...(features.length === 0 ? [] : [`-Ctarget-feature=${features.join(',')}`]),
    ];
}

function compilerChannels({ root }: Evaluated, triple: string, side: '' | 'host-'): readonly Channel[] {
    const preprocessor = listOf(root, `${side}cppflags`);
    return [['CFLAGS', 'cflags'] as const, ['CXXFLAGS', 'cxxflags'] as const].map(([variable, field]) => ({
        variable: `${variable}_${suffixOf(triple)}`,
        flags: [...preprocessor, ...listOf(root, `${side}${field}`)],
        fields: [`${side}cppflags`, `${side}${field}`],
    }));
}

function suffixOf(triple: string): string {
    return triple.replaceAll('-', '_').replaceAll('.', '_');
}

function refuseSpaces({ evaluated, diagnostics }: Checked, flags: readonly string[], fields: readonly string[]): void {
    for (const flag of flags.filter((text) => /\s/.test(text))) {
        const field = fields.find((key) => listOf(evaluated.root, key).some((text) => flag.endsWith(text)));
        diagnostics.push(uncarriedFlag(flag, evaluated.fields.get(field ?? fields[0] ?? '')?.place));
    }
}
