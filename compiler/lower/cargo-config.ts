// The configuration file that one offline cargo build is given. Keys: The Cargo Book, "Configuration".
import { numberOf, textOf } from '../value.ts';
import { type Lowering, places, versionOf } from './context.ts';
import type { Vendor } from './crates.ts';
import { flagsOf, rustFlags } from './flags.ts';
import type { Recorder } from './recorder.ts';
import { linkerOf } from './target-linker.ts';

type TomlValue = string | number | boolean | readonly string[];

/** Text of the file. The folder of crates stands in for every registry. */
export function cargoConfig(lowering: Lowering, vendor: Vendor, program: Recorder['program']): string {
    const { evaluated } = lowering;
    const target = String(evaluated.facts['target.triple']);
    const linker = linkerOf(lowering, evaluated.root.place);
    const replaced = vendor.registries
        .filter((url) => !isDefaultRegistry(url))
        .map((url, index): Section => [`source.registry-${index + 1}`, { registry: url, 'replace-with': 'rpkg' }]);
    return writeToml([
        ['build', { target }],
        [
            `target.${target}`,
            {
                ...(linker === undefined ? {} : { linker: program(linker) }),
                rustflags: targetFlags(lowering, vendor.directory),
            },
        ],
        [`profile.${profileName(lowering)}`, profileKeys(lowering)],
        ['net', { offline: true }],
        ['source.crates-io', { 'replace-with': 'rpkg' }],
        ...replaced,
        ['source.rpkg', { directory: vendor.directory }],
    ]);
}

type Section = readonly [string, Readonly<Record<string, TomlValue>>];

export function profileName(lowering: Lowering): string {
    return textOf(lowering.evaluated.root, 'profile') ?? 'release';
}

/** Recipe's flags, then one `link-arg` for every linker flag, then the prefixes to forget. */
function targetFlags(lowering: Lowering, crates: string): readonly string[] {
    const { evaluated } = lowering;
    const remapped = `/usr/src/${evaluated.name}-${versionOf(evaluated)}`;
    const remap = evaluated.root.fields.get('remap-paths')?.value === true;
    return [
        ...rustFlags(flagsOf(evaluated, 'target')),
        ...(remap
            ? [`--remap-path-prefix=${places.source}=${remapped}`, `--remap-path-prefix=${crates}=${remapped}/vendor`]
            : []),
    ];
}

/** The recipe's words for what cargo calls by a number or a boolean. */
export function profileKeys(lowering: Lowering): Record<string, TomlValue> {
    const group = lowering.evaluated.root.groups.get('profile-release');
    const keys: Record<string, TomlValue> = {};
    if (group === undefined) return keys;
    for (const [name, field] of group.fields) {
        const value = numberOf(group, name) ?? field.value;
        if (typeof value === 'string' && /^[0-3]$/.test(value)) keys[name] = Number(value);
        else if (name === 'lto' && value === 'thin-local') keys[name] = false;
        else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
            keys[name] = value;
    }
    return keys;
}

/** The registry that Cargo knows by itself has this name in every lock file, however it is reached. */
function isDefaultRegistry(url: string): boolean {
    return url.endsWith('/crates.io-index');
}

/** One key a line and one list item a line, so that a plan's difference is a flag and not a paragraph. */
function writeToml(sections: readonly Section[]): string {
    const tables = sections
        .filter(([, keys]) => Object.keys(keys).length > 0)
        .map(
            ([name, keys]) =>
                `[${name}]\n${Object.entries(keys)
                    .map(([key, value]) => `${key} = ${tomlValue(value)}\n`)
                    .join('')}`,
        );
    return tables.join('\n');
}

/** JSON's strings are TOML's basic strings, but for DEL. */
function tomlValue(value: TomlValue): string {
    if (typeof value !== 'object') return JSON.stringify(value).replaceAll('\x7f', '\\u007f');
    return `[\n${value.map((item) => `    ${tomlValue(item)},\n`).join('')}]`;
}
