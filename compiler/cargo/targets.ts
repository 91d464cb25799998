// What a package builds: targets that the manifest names, and those that Cargo finds by where files lie.
import { normalPath } from '../module-path.ts';
import { compareBytes } from '../plan/bytes.ts';
import type { FolderView } from './folder-view.ts';
import type { Package, Target, TargetKind } from './package.ts';
import {
    badManifest,
    flagAt,
    type Reading,
    type Table,
    tableAt,
    tablesAt,
    textAt,
    textsAt,
    unsupported,
} from './toml-table.ts';

export interface TargetContext {
    readonly reading: Reading;
    readonly view: FolderView;
    readonly folder: string;
    readonly packageName: string;
    readonly edition: string;
    readonly origin: Package['origin'];
}

/** A target before its path is known. */
interface Entry {
    readonly name: string;
    readonly path: string | undefined;
    readonly table: Table;
}

/** Path is relative to the package. */
interface Found {
    readonly name: string;
    readonly path: string;
}

type Defaults = Pick<Target, 'test' | 'bench' | 'doc' | 'doctest'>;

type Listed = 'bin' | 'example' | 'test' | 'bench';

const rows: readonly {
    readonly kind: Listed;
    readonly folder: string;
    readonly auto: string;
    readonly defaults: Defaults;
}[] = [
    { kind: 'bin', folder: 'src/bin', auto: 'autobins', defaults: flags('test', 'bench', 'doc') },
    { kind: 'example', folder: 'examples', auto: 'autoexamples', defaults: flags() },
    { kind: 'test', folder: 'tests', auto: 'autotests', defaults: flags('test') },
    { kind: 'bench', folder: 'benches', auto: 'autobenches', defaults: flags('bench') },
];

function flags(...on: readonly (keyof Defaults)[]): Defaults {
    return {
        test: on.includes('test'),
        bench: on.includes('bench'),
        doc: on.includes('doc'),
        doctest: on.includes('doctest'),
    };
}

/** In Cargo's order. `about` is the manifest's `[package]`. */
export function readTargets(context: TargetContext, document: Table, about: Table): readonly Target[] {
    const { reading } = context;
    const library = readLibrary(context, document, about);
    const targets = library === undefined ? [] : [library];
    for (const row of rows) {
        const { kind, auto } = row;
        const written = tablesAt(reading, document, kind);
        const isAutomatic = flagAt(reading, about, auto);
        const entries = readEntries(context, kind, written);
        // Everything is written, as in all that is published: there is nothing to look for, and the order stays.
        const isComplete = isAutomatic === false && entries.every(({ path }) => path !== undefined);
        const found = isComplete ? [] : kind === 'bin' ? findPrograms(context) : findIn(context, row.folder);
        const all = isComplete ? entries : withFound(context, { written: written && entries, found, isAutomatic });
        checkUnique(reading, kind, all);
        for (const entry of all) {
            const path = entry.path ?? pathOf(context, { kind, entry, found, hasLibrary: library !== undefined });
            if (path === undefined) continue;
            targets.push(
                makeTarget(
                    context,
                    { kind, ...entry, path, crateTypes: crateTypesOf(context, kind, entry) },
                    row.defaults,
                ),
            );
        }
    }
    const script = readBuildScript(context, about);
    if (targets.length === 0) {
        badManifest(reading, 'the package has no target', 'it needs src/lib.rs, src/main.rs, `[lib]` or `[[bin]]`');
    }
    return script === undefined ? targets : [...targets, script];
}

// Libraries

function readLibrary(context: TargetContext, document: Table, about: Table): Target | undefined {
    const { reading, packageName } = context;
    const written = tableAt(reading, document, 'lib');
    if (written === undefined && (flagAt(reading, about, 'autolib') === false || !hasUsualLibrary(context))) {
        return undefined;
    }
    const table = written ?? {};
    const name = textAt(reading, table, 'name') ?? packageName.replaceAll('-', '_');
    if (name.includes('-')) badManifest(reading, `library \`${name}\`: the name of a library has no hyphen`);
    const path = textAt(reading, table, 'path') ?? libraryPath(context, name);
    if (path === undefined) {
        badManifest(reading, `library \`${name}\` has no src/lib.rs`, 'add the file, or set `lib.path`');
        return undefined;
    }
    const { isMacro, crateTypes } = readLibraryTypes(context, name, table);
    const target = makeTarget(
        context,
        { kind: isMacro ? 'proc-macro' : 'lib', name, path, table, crateTypes },
        flags('test', 'bench', 'doc', 'doctest'),
    );
    // Cargo reads the key for libraries and does nothing with it; rustdoc cannot link to a library of C.
    const isDocTestable = crateTypes.some((type) => type === 'lib' || type === 'rlib' || type === 'proc-macro');
    return { ...target, requiredFeatures: undefined, doctest: target.doctest && isDocTestable };
}

function hasUsualLibrary({ view, folder }: TargetContext): boolean {
    return view.isFile(`${folder}/src/lib.rs`);
}

function libraryPath(context: TargetContext, name: string): string | undefined {
    const { view, folder, edition } = context;
    if (hasUsualLibrary(context)) return 'src/lib.rs';
    const legacy = `src/${name}.rs`;
    return edition === '2015' && view.isFile(`${folder}/${legacy}`) ? legacy : undefined;
}

function readLibraryTypes(
    context: TargetContext,
    name: string,
    table: Table,
): { readonly isMacro: boolean; readonly crateTypes: readonly string[] } {
    const { reading } = context;
    const types = textsAt(reading, table, spelling(context, table, 'crate-type', 'crate_type'));
    const isListed = types?.includes('proc-macro') === true;
    const isMacro = flagAt(reading, table, spelling(context, table, 'proc-macro', 'proc_macro')) === true || isListed;
    if (types?.includes('dylib') === true && types.includes('cdylib')) {
        badManifest(reading, `library \`${name}\` cannot be both \`dylib\` and \`cdylib\``);
    }
    if (isListed && types.length > 1) {
        badManifest(reading, `library \`${name}\` cannot be \`proc-macro\` and something else`);
    }
    return { isMacro, crateTypes: types ?? [isMacro ? 'proc-macro' : 'lib'] };
}

// Programs, examples, tests, benchmarks

/** Targets that the manifest names. */
function readEntries(context: TargetContext, kind: Listed, written: readonly Table[] | undefined): readonly Entry[] {
    const { reading } = context;
    return (written ?? []).flatMap((table): readonly Entry[] => {
        const name = textAt(reading, table, 'name');
        if (name === undefined || name.trim() === '') {
            badManifest(reading, `a \`[[${kind}]]\` has no name`);
            return [];
        }
        if (kind === 'bin') checkProgram(context, name, table);
        return [{ name, path: textAt(reading, table, 'path'), table }];
    });
}

/** Names of Cargo's own folders below its target folder. */
const takenNames = new Set(['deps', 'examples', 'build', 'incremental']);

function checkProgram({ reading }: TargetContext, name: string, table: Table): void {
    if (takenNames.has(name)) badManifest(reading, `program \`${name}\`: Cargo keeps that name for itself`);
    const types = textsAt(reading, table, 'crate-type') ?? textsAt(reading, table, 'crate_type') ?? [];
    if (types.length > 0 || table['proc-macro'] === true || table['proc_macro'] === true) {
        badManifest(reading, `program \`${name}\` has a crate type; programs have none to choose`);
    }
    if (table['filename'] !== undefined) {
        unsupported(
            reading,
            `program \`${name}\` sets \`filename\``,
            'only nightly Cargo knows this key; install the file under another name instead',
        );
    }
}

/** What the manifest names, and what was found besides, by name. */
function withFound(
    { folder, edition }: TargetContext,
    {
        written,
        found,
        isAutomatic,
    }: { written: readonly Entry[] | undefined; found: readonly Found[]; isAutomatic: boolean | undefined },
): readonly Entry[] {
    const entries = written ?? [];
    // Naming one switched the search off before edition 2018.
    const isSearched = isAutomatic ?? (written === undefined || edition !== '2015');
    const names = new Set(entries.map(({ name }) => name));
    const paths = new Set(
        entries.map(({ path }) => (path === undefined ? undefined : normalPath(`${folder}/${path}`))),
    );
    const more = found
        .filter(({ name, path }) => isSearched && !names.has(name) && !paths.has(`${folder}/${path}`))
        .map(({ name, path }): Entry => ({ name, path, table: {} }));
    return [...entries, ...more].sort((a, b) => compareBytes(a.name, b.name));
}

function findPrograms(context: TargetContext): readonly Found[] {
    const { view, folder, packageName } = context;
    const main = view.isFile(`${folder}/src/main.rs`) ? [{ name: packageName, path: 'src/main.rs' }] : [];
    return [...main, ...findIn(context, 'src/bin')];
}

/** `NAME.rs` and `NAME/main.rs`. */
function findIn({ view, folder }: TargetContext, within: string): readonly Found[] {
    return view.list(`${folder}/${within}`).flatMap((entry): readonly Found[] => {
        if (entry.startsWith('.')) return [];
        const path = `${within}/${entry}`;
        if (view.isFolder(`${folder}/${path}`)) {
            return view.isFile(`${folder}/${path}/main.rs`) ? [{ name: entry, path: `${path}/main.rs` }] : [];
        }
        return entry.endsWith('.rs') ? [{ name: entry.slice(0, -'.rs'.length), path }] : [];
    });
}

function checkUnique(reading: Reading, kind: Listed, entries: readonly Entry[]): void {
    const seen = new Set<string>();
    for (const { name } of entries) {
        if (seen.has(name)) badManifest(reading, `there are two \`[[${kind}]]\` of the name \`${name}\``);
        seen.add(name);
    }
}

/** Where the file of a target lies whose path is not written. */
function pathOf(
    context: TargetContext,
    {
        kind,
        entry: { name },
        found,
        hasLibrary,
    }: { kind: Listed; entry: Entry; found: readonly Found[]; hasLibrary: boolean },
): string | undefined {
    const { reading, edition, origin } = context;
    const candidates = found.filter((each) => each.name === name);
    if (candidates.length === 1) return candidates[0]?.path;
    const legacy = edition === '2015' ? legacyPath(context, kind, name, hasLibrary) : undefined;
    if (legacy !== undefined) return legacy;
    // Cargo does not care about tests, examples and benchmarks of what it only depends on.
    if (kind === 'bin' || origin === 'member') {
        const message =
            candidates.length === 0
                ? `the file of \`[[${kind}]]\` \`${name}\` is not where it is expected`
                : `there are two files for \`[[${kind}]]\` \`${name}\``;
        badManifest(reading, message, `set the \`path\` of \`${name}\``);
    }
    return undefined;
}

function legacyPath(
    { view, folder }: TargetContext,
    kind: Listed,
    name: string,
    hasLibrary: boolean,
): string | undefined {
    const candidates: Record<Listed, readonly string[]> = {
        bin: [...(hasLibrary ? [] : [`src/${name}.rs`]), 'src/main.rs', 'src/bin/main.rs'],
        bench: name === 'bench' ? ['src/bench.rs'] : [],
        example: [],
        test: [],
    };
    return candidates[kind].find((path) => view.isFile(`${folder}/${path}`));
}

function crateTypesOf(context: TargetContext, kind: Listed, { table }: Entry): readonly string[] {
    if (kind !== 'example') return ['bin'];
    const types = textsAt(context.reading, table, spelling(context, table, 'crate-type', 'crate_type')) ?? [];
    return types.length === 0 ? ['bin'] : types;
}

// Build scripts

function readBuildScript(context: TargetContext, about: Table): Target | undefined {
    const { reading, view, folder } = context;
    const { build } = about;
    if (Array.isArray(build)) {
        unsupported(
            reading,
            'the package has several build scripts',
            'only nightly Cargo knows a list; `build` names one',
        );
        return undefined;
    }
    if (build !== undefined && typeof build !== 'string' && typeof build !== 'boolean') {
        badManifest(reading, '`build` is neither a path nor true or false');
        return undefined;
    }
    if (about['metabuild'] !== undefined) {
        unsupported(reading, 'the package uses `metabuild`', 'only nightly Cargo knows it; write a build script');
    }
    const path = build ?? view.isFile(`${folder}/build.rs`);
    if (path === false) return undefined;
    const file = path === true ? 'build.rs' : normalPath(path);
    const stem = file.slice(file.lastIndexOf('/') + 1).replace(/(?<=.)\.[^.]*$/, '');
    return makeTarget(
        context,
        { kind: 'custom-build', name: `build-script-${stem}`, path: file, table: {}, crateTypes: ['bin'] },
        flags(),
    );
}

// All of them

/** The older key where only that one is written. */
function spelling({ reading, edition }: TargetContext, table: Table, key: string, legacy: string): string {
    if (table[legacy] === undefined) return key;
    if (edition >= '2024') badManifest(reading, `\`${legacy}\` is \`${key}\` since edition 2024`);
    return table[key] === undefined ? legacy : key;
}

function makeTarget(
    { reading, folder, edition }: TargetContext,
    {
        kind,
        name,
        path,
        table,
        crateTypes,
    }: { kind: TargetKind; name: string; path: string; table: Table; crateTypes: readonly string[] },
    defaults: Defaults,
): Target {
    return {
        kind,
        name,
        path: path.startsWith('/') ? normalPath(path) : normalPath(`${folder}/${path}`),
        crateTypes,
        edition: textAt(reading, table, 'edition') ?? edition,
        requiredFeatures: textsAt(reading, table, 'required-features'),
        harness: flagAt(reading, table, 'harness') ?? true,
        test: flagAt(reading, table, 'test') ?? defaults.test,
        bench: flagAt(reading, table, 'bench') ?? defaults.bench,
        doc: flagAt(reading, table, 'doc') ?? defaults.doc,
        // Only libraries have documentation that is tested.
        doctest: (kind === 'lib' || kind === 'proc-macro') && (flagAt(reading, table, 'doctest') ?? defaults.doctest),
    };
}
