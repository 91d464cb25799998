// The main file and everything it imports. Reading is handed in; paths are text.
import type { File, Use } from '../lang/ast.ts';
import { type Diagnostic, isError } from '../lang/diagnostic.ts';
import { parse } from '../lang/parse.ts';
import type { Place, SourceFile, Span } from '../lang/source.ts';
import { pathsOf } from './ast-paths.ts';
import {
    absolutePath,
    duplicateAlias,
    hashMismatch,
    importCycle,
    missingFile,
    missingMain,
    unusedAlias,
} from './import-errors.ts';
import { defaultAlias, importedPath, normalPath } from './module-path.ts';
import { pinOf } from './pin.ts';
import type { Import, Module } from './program.ts';

export interface Loaded {
    /** By path, each file after those it imports. The main file is the last one. */
    readonly modules: ReadonlyMap<string, Module>;
    readonly diagnostics: readonly Diagnostic[];
}

interface Loading {
    readonly read: (path: string) => Promise<string | undefined>;
    readonly modules: Map<string, Module>;
    readonly diagnostics: Diagnostic[];
    /** Files being imported, outermost first, with the place that imports the next one. */
    readonly open: { readonly path: string; place?: Place }[];
    /** Files that are not there: reported once for each place that wants them, read once. */
    readonly missing: Set<string>;
}

/** Loads `main` and its imports. `read` gives undefined for a file that is not there. */
export async function loadModules(main: string, read: (path: string) => Promise<string | undefined>): Promise<Loaded> {
    const loading: Loading = {
        read,
        modules: new Map(),
        diagnostics: [],
        open: [],
        missing: new Set(),
    };
    const path = normalPath(main);
    if ((await loadFile(loading, path)) === undefined) loading.diagnostics.push(missingMain(path));
    return { modules: loading.modules, diagnostics: loading.diagnostics };
}

async function loadFile(loading: Loading, path: string): Promise<Module | undefined> {
    const known = loading.modules.get(path);
    if (known !== undefined) return known;
    if (loading.missing.has(path)) return undefined;
    const text = await loading.read(path);
    if (text === undefined) {
        loading.missing.add(path);
        return undefined;
    }
    const source: SourceFile = { path, text };
    const { ast, diagnostics } = parse(source);
    loading.diagnostics.push(...diagnostics);
    const open: Loading['open'][number] = { path };
    loading.open.push(open);
    const imports = await loadImports(loading, { path, source, ast }, open);
    loading.open.pop();
    const module: Module = { path, source, ast, imports };
    loading.modules.set(path, module);
    if (!diagnostics.some(isError)) reportUnused(loading, module);
    return module;
}

async function loadImports(
    loading: Loading,
    file: { readonly path: string; readonly source: SourceFile; readonly ast: File },
    open: { place?: Place },
): Promise<ReadonlyMap<string, Import>> {
    const imports = new Map<string, Import>();
    for (const use of file.ast.uses) {
        const at = (span: Span): Place => ({ file: file.source, span });
        if (use.path.text.startsWith('/')) {
            loading.diagnostics.push(absolutePath(at(use.path.span)));
            continue;
        }
        const entry: Import = {
            alias: use.alias?.text ?? defaultAlias(use.path.text),
            path: importedPath(file.path, use.path.text),
            use,
        };
        const first = imports.get(entry.alias);
        if (first !== undefined) {
            loading.diagnostics.push(duplicateAlias(entry.alias, at(aliasSpan(use)), at(aliasSpan(first.use))));
            continue;
        }
        imports.set(entry.alias, entry);
        open.place = at(use.path.span);
        await follow(loading, entry, open.place);
    }
    return imports;
}

async function follow(loading: Loading, { path, use }: Import, place: Place): Promise<void> {
    const start = loading.open.findIndex((file) => file.path === path);
    if (start >= 0) {
        const circle = loading.open.slice(start);
        const places = circle.flatMap((file) => file.place ?? []);
        loading.diagnostics.push(
            importCycle(
                circle.map((file) => file.path),
                places,
            ),
        );
        return;
    }
    const module = await loadFile(loading, path);
    if (module === undefined) {
        loading.diagnostics.push(missingFile(path, place));
        return;
    }
    const found = use.hash === undefined ? undefined : pinOf(module.source);
    if (use.hash === undefined || found === undefined || use.hash.text === found) return;
    loading.diagnostics.push(hashMismatch(path, use.hash.text, found, { file: place.file, span: use.hash.span }));
}

function aliasSpan(use: Use): Span {
    return (use.alias ?? use.path).span;
}

function reportUnused(loading: Loading, module: Module): void {
    const used = new Set(pathsOf(module.ast).flatMap(({ names }) => (names.length > 1 ? (names[0]?.text ?? []) : [])));
    for (const { alias, use } of module.imports.values()) {
        if (!used.has(alias)) {
            loading.diagnostics.push(unusedAlias(alias, { file: module.source, span: aliasSpan(use) }));
        }
    }
}
