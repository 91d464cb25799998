// Dependency tables of a manifest. The same name may stand in several of them; each is a declaration of its own.
import { normalPath } from '../module-path.ts';
import { sortedEntries } from '../plan/bytes.ts';
import { parsePlatform } from './cfg.ts';
import { type FindWorkspace, inheritDependency } from './inherit.ts';
import type { Dependency, DependencyKind, DependencySource, Package } from './package.ts';
import { parseRequirement } from './requirement.ts';
import { badManifest, flagAt, isTable, isTexts, type Reading, type Table, textAt, unsupported } from './toml-table.ts';

export interface DependencyContext {
    readonly reading: Reading;
    readonly folder: string;
    readonly edition: string;
    readonly origin: Package['origin'];
    readonly find: FindWorkspace;
}

const spellings: readonly (readonly [key: string, legacy: string | undefined, kind: DependencyKind])[] = [
    ['dependencies', undefined, 'normal'],
    ['dev-dependencies', 'dev_dependencies', 'dev'],
    ['build-dependencies', 'build_dependencies', 'build'],
];

export function readDependencies(context: DependencyContext, document: Table): readonly Dependency[] {
    const { reading } = context;
    const dependencies = readTables(context, document, undefined);
    const { target } = document;
    for (const [platform, tables] of isTable(target) ? sortedEntries(target) : []) {
        if (parsePlatform(platform) === undefined) {
            badManifest(reading, `\`${platform}\` is neither a target triple nor a \`cfg(…)\``);
        }
        if (isTable(tables)) dependencies.push(...readTables(context, tables, platform));
        else badManifest(reading, `\`target.'${platform}'\` is not a table`);
    }
    checkSources(reading, dependencies);
    return dependencies;
}

function readTables(context: DependencyContext, tables: Table, platform: string | undefined): Dependency[] {
    const { reading } = context;
    const dependencies: Dependency[] = [];
    for (const [key, legacy, kind] of spellings) {
        const table = tables[key] ?? (legacy === undefined ? undefined : tables[legacy]);
        if (legacy !== undefined && tables[legacy] !== undefined) refuseLegacy(context, legacy, key);
        if (table === undefined) continue;
        if (!isTable(table)) {
            badManifest(reading, `\`${key}\` is not a table`);
            continue;
        }
        for (const [name, value] of sortedEntries(table)) {
            const dependency = readDependency(context, { name, value, kind, platform });
            if (dependency !== undefined) dependencies.push(dependency);
        }
    }
    return dependencies;
}

function refuseLegacy({ reading, edition }: DependencyContext, legacy: string, key: string): void {
    if (edition >= '2024') badManifest(reading, `\`${legacy}\` is \`${key}\` since edition 2024`);
}

/** One entry; also used for those of `[patch]`. */
export function readDependency(
    context: DependencyContext,
    {
        name,
        value,
        kind,
        platform,
    }: { name: string; value: unknown; kind: DependencyKind; platform: string | undefined },
): Dependency | undefined {
    const { reading } = context;
    const written = typeof value === 'string' ? { version: value } : value;
    if (!isTable(written)) {
        badManifest(reading, `dependency \`${name}\` is neither a version nor a table`);
        return undefined;
    }
    const inherited = inheritDependency(reading, { name, entry: written, ...context });
    if (inherited === undefined) return undefined;
    const { entry, folder } = inherited;
    if (entry['default_features'] !== undefined) refuseLegacy(context, 'default_features', 'default-features');
    const features = entry['features'] ?? [];
    if (!isTexts(features)) badManifest(reading, `\`features\` of \`${name}\` is not a list of texts`);
    else checkFeatureNames(reading, name, features);
    const optional = flagAt(reading, entry, 'optional') ?? false;
    if (optional && kind === 'dev') badManifest(reading, `dev-dependency \`${name}\` is optional, which no one can be`);
    if (entry['artifact'] !== undefined) {
        unsupported(reading, `dependency \`${name}\` asks for an artifact`, 'only nightly Cargo knows `artifact`');
    }
    const requirement = textAt(reading, entry, 'version') ?? '*';
    if (parseRequirement(requirement) === undefined) {
        badManifest(reading, `dependency \`${name}\`: \`${requirement}\` is not a version requirement`);
    }
    return {
        name,
        packageName: textAt(reading, entry, 'package') ?? name,
        kind,
        platform,
        optional,
        features: isTexts(features) ? features : [],
        defaultFeatures:
            flagAt(reading, entry, 'default-features') ?? flagAt(reading, entry, 'default_features') ?? true,
        requirement,
        from: readSource(context, name, entry, folder),
    };
}

function checkFeatureNames(reading: Reading, name: string, features: readonly string[]): void {
    for (const feature of features) {
        if (feature.includes('/') || feature.startsWith('dep:')) {
            badManifest(reading, `dependency \`${name}\`: \`${feature}\` is not a feature of it`);
        }
    }
}

function readSource(
    { reading, origin }: DependencyContext,
    name: string,
    entry: Table,
    folder: string,
): DependencySource {
    const [path, git] = [textAt(reading, entry, 'path'), textAt(reading, entry, 'git')];
    if (path !== undefined && git !== undefined) {
        badManifest(reading, `dependency \`${name}\` has both \`git\` and \`path\`; only one is possible`);
    }
    if (entry['base'] !== undefined) {
        unsupported(reading, `the path of dependency \`${name}\` has a \`base\``, 'write the whole path');
    }
    if (git !== undefined) return { type: 'git', url: git, reference: readReference(reading, name, entry) };
    // What was published says where its author had the dependency; the registry has it now.
    if (path !== undefined && origin !== 'registry') return { type: 'path', folder: normalPath(`${folder}/${path}`) };
    if (path === undefined && entry['version'] === undefined) {
        badManifest(reading, `dependency \`${name}\` has neither \`version\`, \`path\` nor \`git\``);
    }
    return {
        type: 'registry',
        registry: textAt(reading, entry, 'registry-index') ?? textAt(reading, entry, 'registry'),
    };
}

/** As Cargo.lock writes it: `branch=…`, `tag=…` or `rev=…`. */
function readReference(reading: Reading, name: string, entry: Table): string | undefined {
    const references = ['branch', 'tag', 'rev'].flatMap((key) => {
        const value = textAt(reading, entry, key);
        return value === undefined ? [] : [`${key}=${value}`];
    });
    if (references.length > 1) {
        badManifest(reading, `dependency \`${name}\`: only one of \`branch\`, \`tag\` and \`rev\` is possible`);
    }
    return references[0];
}

/** One name means one package, whatever the platform and the kind. */
function checkSources(reading: Reading, dependencies: readonly Dependency[]): void {
    const sources = new Map<string, string>();
    for (const { name, from } of dependencies) {
        const source = JSON.stringify(from);
        if ((sources.get(name) ?? source) !== source) {
            badManifest(reading, `dependency \`${name}\` comes from different sources in different tables`);
        }
        sources.set(name, source);
    }
}
