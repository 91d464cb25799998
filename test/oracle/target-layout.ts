// Targets of a package: files where Cargo finds them itself, tables that say it otherwise.
import type { Random } from './random.ts';

type Table = Record<string, unknown>;

export interface Layout {
    readonly edition: string;
    /** What `required-features` may name. */
    readonly features: readonly string[];
    readonly isMacro: boolean;
    readonly links: boolean;
    /** Of the registry: no more than what dependents need. */
    readonly published: boolean;
    readonly needsProgram: boolean;
}

/** Adds target tables to the manifest; gives files by their names. */
export function layOutTargets(random: Random, manifest: Table, layout: Layout): Map<string, string> {
    const files = new Map<string, string>();
    const about = manifest['package'] as Table;
    const hasLibrary = layout.isMacro || layout.published || random.chance(0.88);
    if (hasLibrary) library(random, manifest, layout, files);
    if (!hasLibrary || layout.needsProgram || random.chance(0.3)) files.set('src/main.rs', program);
    if (!layout.published) {
        programs(random, manifest, layout, files);
        for (const kind of ['example', 'test', 'bench'] as const) others(random, manifest, layout, files, kind);
        if (random.chance(0.15)) about['default-run'] = random.maybePick(definiteBins(manifest, files)) ?? undefined;
        if (about['default-run'] === undefined) delete about['default-run'];
    }
    buildScript(random, about, layout, files);
    return files;
}

const program = 'fn main() {}\n';

function library(random: Random, manifest: Table, { isMacro, published, edition }: Layout, files: Map<string, string>) {
    const table: Table = {};
    const odd = random.chance(0.15);
    files.set(odd ? 'lib/code.rs' : 'src/lib.rs', '');
    if (odd) table['path'] = 'lib/code.rs';
    if (isMacro) table[edition !== '2024' && random.chance(0.1) ? 'proc_macro' : 'proc-macro'] = true;
    if (random.chance(0.12))
        table['name'] = `${(manifest['package'] as { name: string }).name.replaceAll('-', '_')}_lib`;
    if (!isMacro && random.chance(published ? 0.1 : 0.2))
        table['crate-type'] = random.pick([
            ['lib'],
            ['rlib'],
            ['lib', 'cdylib'],
            ['rlib', 'staticlib'],
            ['cdylib', 'rlib'],
            ['dylib'],
            ['dylib', 'rlib'],
            ['lib', 'cdylib', 'staticlib'],
            ...(published ? [] : [['cdylib'], ['staticlib']]),
        ]);
    flags(random, table, ['test', 'doctest', 'bench', 'doc', 'harness']);
    if (edition !== '2024' && random.chance(0.02)) table['edition'] = '2018';
    if (Object.keys(table).length > 0) manifest['lib'] = table;
}

function programs(random: Random, manifest: Table, layout: Layout, files: Map<string, string>): void {
    const tables: Table[] = [];
    for (const name of random.some(['one', 'two-words', 'three'], 0.2)) {
        const file = random.pick([`src/bin/${name}.rs`, `src/bin/${name}/main.rs`]);
        const explicit = random.chance(0.4);
        const odd = explicit && random.chance(0.3);
        files.set(odd ? `programs/${name}.rs` : file, program);
        if (explicit)
            tables.push(
                programTable(
                    random,
                    name,
                    odd || random.chance(0.4) ? (odd ? `programs/${name}.rs` : file) : undefined,
                    layout,
                ),
            );
    }
    if (files.has('src/main.rs') && random.chance(0.25)) {
        const own = (manifest['package'] as { name: string }).name;
        tables.push(
            random.chance(0.5)
                ? programTable(random, own, random.chance(0.5) ? 'src/main.rs' : undefined, layout)
                : programTable(random, 'renamed-main', 'src/main.rs', layout),
        );
    }
    if (tables.length > 0) manifest['bin'] = tables;
    const some = files.has('src/lib.rs') || files.has('lib/code.rs') || tables.length > 0;
    if (some && random.chance(0.1)) (manifest['package'] as Table)['autobins'] = random.chance(0.25);
}

function programTable(random: Random, name: string, path: string | undefined, { features }: Layout): Table {
    const table: Table = { name, ...(path === undefined ? {} : { path }) };
    requiredFeatures(random, table, features);
    flags(random, table, ['test', 'bench', 'doc', 'doctest']);
    return table;
}

function others(
    random: Random,
    manifest: Table,
    { features, edition }: Layout,
    files: Map<string, string>,
    kind: 'example' | 'test' | 'bench',
): void {
    const folder = { example: 'examples', test: 'tests', bench: 'benches' }[kind];
    const tables: Table[] = [];
    for (const name of random.some([`${kind}-a`, `${kind}_b`], 0.3)) {
        const file = random.pick([`${folder}/${name}.rs`, `${folder}/${name}/main.rs`]);
        const explicit = random.chance(0.4);
        const odd = explicit && random.chance(0.25);
        const used = odd ? `other/${name}.rs` : file;
        files.set(used, program);
        if (!explicit) continue;
        const table: Table = { name, ...(odd || random.chance(0.3) ? { path: used } : {}) };
        requiredFeatures(random, table, features);
        if (kind === 'example' && random.chance(0.25))
            table[edition !== '2024' && random.chance(0.1) ? 'crate_type' : 'crate-type'] = random.pick([
                ['cdylib'],
                ['lib'],
                ['staticlib'],
                ['bin'],
                ['dylib', 'rlib'],
            ]);
        flags(random, table, ['test', 'bench', 'doc', 'harness', 'doctest']);
        tables.push(table);
    }
    if (tables.length > 0) manifest[kind] = tables;
    // Not a target: neither a file of Rust nor a folder with a program.
    if (random.chance(0.1)) files.set(`${folder}/shared/mod.rs`, '');
    if (random.chance(0.08)) (manifest['package'] as Table)[`auto${folder}`] = random.chance(0.3);
}

function requiredFeatures(random: Random, table: Table, features: readonly string[]): void {
    if (features.length > 0 && random.chance(0.35))
        table['required-features'] = random.sample(features, random.between(1, 2));
}

function flags(random: Random, table: Table, names: readonly string[]): void {
    for (const name of random.some(names, 0.08)) table[name] = random.chance(0.3);
}

/** Programs that Cargo knows whatever the edition discovers. */
function definiteBins(manifest: Table, files: ReadonlyMap<string, string>): string[] {
    const listed = ((manifest['bin'] ?? []) as { name: string }[]).map(({ name }) => name);
    const own = (manifest['package'] as { name: string }).name;
    const auto = (manifest['package'] as Table)['autobins'] === undefined && listed.length === 0;
    return auto && files.has('src/main.rs') ? [own] : listed;
}

function buildScript(random: Random, about: Table, { links }: Layout, files: Map<string, string>): void {
    if (links) about['links'] = `${String(about['name']).replaceAll('-', '_')}_native`;
    if (!links && !random.chance(0.3)) {
        if (random.chance(0.1)) {
            files.set('build.rs', program);
            about['build'] = false;
        }
        return;
    }
    const way = random.pick(['found', 'found', 'found', 'named', 'odd', 'true']);
    files.set(way === 'odd' ? 'scripts/make-it.rs' : 'build.rs', program);
    if (way === 'named') about['build'] = 'build.rs';
    if (way === 'odd') about['build'] = 'scripts/make-it.rs';
    if (way === 'true') about['build'] = true;
}
