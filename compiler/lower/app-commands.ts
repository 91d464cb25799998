// The commands of the cargo driver's one build action.
import { shellWord } from '../plan/quote.ts';
import type { Command } from '../plan/plan.ts';
import { boolOf, listOf, textOf } from '../value.ts';
import { profileName } from './cargo-config.ts';
import { type Lowering, mapOf, places, prefixOf } from './context.ts';
import { fileRule } from './errors.ts';

/** `cargo build`, offline, with the generated configuration, and with the lock file as it is unless it was dropped. */
export function cargoCommand(lowering: Lowering, dropLock: boolean): Command {
    const { evaluated, environment } = lowering;
    const { root } = evaluated;
    const cargo = environment.tools['cargo'];
    const profile = profileName(lowering);
    const features = listOf(root, 'features');
    const name = textOf(root, 'package');
    return {
        argv: [
            cargo?.mount === undefined ? '/usr/bin/cargo' : `${cargo.mount}/bin/cargo`,
            'build',
            '--config',
            '/rpkg/config/cargo.toml',
            dropLock ? '--offline' : '--frozen',
            ...(profile === 'release' ? ['--release'] : ['--profile', profile]),
            '--target',
            String(evaluated.facts['target.triple']),
            ...(name === undefined ? [] : ['--package', name]),
            ...listOf(root, 'bins').flatMap((bin) => ['--bin', bin]),
            ...(boolOf(root, 'default-features') === false ? ['--no-default-features'] : []),
            ...(boolOf(root, 'ignore-rust-version') === true ? ['--ignore-rust-version'] : []),
            ...(features.length === 0 ? [] : ['--features', features.join(',')]),
        ],
    };
}

/** Copies what cargo built, and files, to their places below the prefix. */
export function installScript(lowering: Lowering): string {
    const { evaluated } = lowering;
    const profile = profileName(lowering);
    const built = `${places.build}/target/${String(evaluated.facts['target.triple'])}/${profile === 'dev' ? 'debug' : profile}`;
    const bins = listOf(evaluated.root, 'bins');
    return installLines(lowering, places.source, (destination) =>
        bins.length > 0
            ? bins.map((bin) => `install -m 755 ${shellWord(`${built}/${bin}`)} ${destination}/`)
            : [
                  `find ${shellWord(built)} -maxdepth 1 -type f -perm -100 ! -name '*.so' ! -name '*.d' -exec install -m 755 -t ${destination} {} +`,
              ],
    );
}

/** The whole script: `programs` gives the lines that fill the folder of programs, a word of the shell; `sources` is where `install.files` start. */
export function installLines(
    lowering: Lowering,
    sources: string,
    programs: (destination: string) => readonly string[],
): string {
    const install = lowering.evaluated.root.groups.get('install');
    const prefix = prefixOf(lowering);
    const bindir = (install === undefined ? undefined : textOf(install, 'bindir')) ?? 'bin';
    const destination = `"$OUT"${shellWord(`${prefix}/${bindir}`)}`;
    return [
        `mkdir -p ${destination}`,
        ...programs(destination),
        ...(install === undefined ? [] : listOf(install, 'files')).flatMap((rule) =>
            installFile(lowering, rule, { sources, prefix }),
        ),
        ...Object.entries(install === undefined ? {} : mapOf(install, 'rename')).map(([from, to]) => {
            const target = `"$OUT"${shellWord(`${prefix}/${to}`)}`;
            return `mkdir -p "$(dirname ${target})" && mv "$OUT"${shellWord(`${prefix}/${from}`)} ${target}`;
        }),
    ].join('\n');
}

/** `SOURCE -> DESTINATION`; without the arrow the destination is the source's own path. A folder is copied whole. */
function installFile(
    { evaluated, diagnostics }: Lowering,
    rule: string,
    { sources, prefix }: { readonly sources: string; readonly prefix: string },
): readonly string[] {
    const [from = '', to = from, ...more] = rule.split(' -> ').map((side) => side.trim());
    if (more.length > 0 || !isInside(from) || !isInside(to)) {
        const place = evaluated.root.groups.get('install')?.fields.get('files')?.place;
        if (place !== undefined) diagnostics.push(fileRule(rule, place));
        return [];
    }
    const source = shellWord(`${sources}/${from}`);
    const target = `"$OUT"${shellWord(`${prefix}/${to}`)}`;
    return [
        `if [ -d ${source} ]; then mkdir -p ${target} && cp -R ${source}/. ${target}/`,
        `else install -D -m 644 ${source} ${target}; fi`,
    ];
}

function isInside(path: string): boolean {
    return path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}
