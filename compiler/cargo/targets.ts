// Which targets a package has: those of the manifest and those that its folder shows. (The Cargo Book, "Cargo Targets";
// Cargo 1.95, `util/toml/targets.rs`.)
import { compareBytes } from '../plan/bytes.ts';
import type { FolderView } from './folder-view.ts';
import { baseOf, joinPath } from './folder-path.ts';
import type { Target, TargetKind } from './package.ts';
import { boolAt, firstAt, isTable, type Table, tablesAt, textAt, textsAt } from './toml-table.ts';

export interface TargetContext {
    readonly view: FolderView;
    readonly root: string;
    readonly manifest: Table;
    /** `[package]`. */
    readonly about: Table;
    readonly name: string;
    readonly edition: string;
    readonly say: (message: string) => void;
}

/** In Cargo's order. */
export function readTargets(context: TargetContext): readonly Target[] {
    const library = readLibrary(context);
    return [
        ...(library === undefined ? [] : [library]),
        ...listed(context, kinds.bin, library !== undefined),
        ...listed(context, kinds.example, library !== undefined),
        ...listed(context, kinds.test, library !== undefined),
        ...listed(context, kinds.bench, library !== undefined),
        ...readBuildScript(context),
    ];
}

function readLibrary(context: TargetContext): Target | undefined {
    const { view, root, manifest, about, name, edition } = context;
    const table = isTable(manifest['lib']) ? manifest['lib'] : undefined;
    const usual = joinPath(root, 'src/lib.rs');
    if (table === undefined && (boolAt(about, 'autolib') === false || !view.isFile(usual))) return undefined;
    const lib = table ?? {};
    const own = textAt(lib, 'name') ?? name.replaceAll('-', '_');
    const crateTypes = textsAt(lib, 'crate-type') ?? textsAt(lib, 'crate_type');
    const isMacro =
        (boolAt(lib, 'proc-macro') ?? boolAt(lib, 'proc_macro')) === true ||
        crateTypes?.includes('proc-macro') === true;
    const legacy = joinPath(root, `src/${own}.rs`);
    const path = textAt(lib, 'path');
    return {
        kind: isMacro ? 'proc-macro' : 'lib',
        name: own,
        path: path === undefined ? (view.isFile(usual) || edition !== '2015' ? usual : legacy) : joinPath(root, path),
        crateTypes: isMacro ? ['proc-macro'] : (crateTypes ?? ['lib']),
        ...flagsOf(lib, edition, { test: true, bench: true, doc: true, doctest: true }),
    };
}

interface Listed {
    readonly kind: Extract<TargetKind, 'bin' | 'example' | 'test' | 'bench'>;
    readonly folder: string;
    readonly auto: string;
    readonly flags: Flags;
}

interface Flags {
    readonly test: boolean;
    readonly bench: boolean;
    readonly doc: boolean;
    readonly doctest: boolean;
}

const kinds: Readonly<Record<Listed['kind'], Listed>> = {
    bin: {
        kind: 'bin',
        folder: 'src/bin',
        auto: 'autobins',
        flags: { test: true, bench: true, doc: true, doctest: false },
    },
    example: {
        kind: 'example',
        folder: 'examples',
        auto: 'autoexamples',
        flags: { test: false, bench: false, doc: false, doctest: false },
    },
    test: {
        kind: 'test',
        folder: 'tests',
        auto: 'autotests',
        flags: { test: true, bench: false, doc: false, doctest: false },
    },
    bench: {
        kind: 'bench',
        folder: 'benches',
        auto: 'autobenches',
        flags: { test: false, bench: true, doc: false, doctest: false },
    },
};

/** Explicit targets, and inferred ones whose name and path nobody has taken. */
function listed(context: TargetContext, { kind, folder, auto, flags }: Listed, hasLibrary: boolean): readonly Target[] {
    const { manifest, about, edition, root } = context;
    const inferred = inferTargets(context, kind, folder);
    const explicit = tablesAt(manifest, kind);
    const wantsInferred = boolAt(about, auto) ?? (explicit === undefined || edition !== '2015');
    const targets = (explicit ?? []).flatMap((table) => {
        const name = textAt(table, 'name') ?? (kind === 'bin' ? context.name : undefined);
        if (name === undefined) {
            context.say(`a \`[[${kind}]]\` has no name`);
            return [];
        }
        const path = textAt(table, 'path');
        const found =
            path === undefined ? inferredPath(context, { kind, name, inferred, hasLibrary }) : joinPath(root, path);
        if (found === undefined) {
            context.say(`no file was found for the ${kind} \`${name}\`; add \`path\` to it`);
            return [];
        }
        return [targetOf(table, { kind, name, path: found, edition, flags })];
    });
    if (wantsInferred) {
        const names = new Set(targets.map(({ name }) => name));
        const paths = new Set(targets.map(({ path }) => path));
        for (const { name, path } of inferred) {
            if (names.has(name) || paths.has(path)) continue;
            names.add(name);
            targets.push(targetOf({}, { kind, name, path, edition, flags }));
        }
    }
    return targets.sort((a, b) => compareBytes(a.name, b.name));
}

function targetOf(
    table: Table,
    {
        kind,
        name,
        path,
        edition,
        flags,
    }: Pick<Target, 'kind' | 'name' | 'path' | 'edition'> & { readonly flags: Flags },
): Target {
    const types = textsAt(table, 'crate-type') ?? textsAt(table, 'crate_type');
    const isMacro = (boolAt(table, 'proc-macro') ?? boolAt(table, 'proc_macro')) === true;
    const crateTypes = kind !== 'example' ? ['bin'] : isMacro ? ['proc-macro'] : (types ?? ['bin']);
    return { kind, name, path, crateTypes, ...flagsOf(table, edition, flags) };
}

function flagsOf(table: Table, edition: string, flags: Flags): Omit<Target, 'kind' | 'name' | 'path' | 'crateTypes'> {
    return {
        edition: textAt(table, 'edition') ?? edition,
        requiredFeatures: textsAt(table, 'required-features'),
        harness: boolAt(table, 'harness') ?? true,
        test: boolAt(table, 'test') ?? flags.test,
        bench: boolAt(table, 'bench') ?? flags.bench,
        doc: boolAt(table, 'doc') ?? flags.doc,
        doctest: boolAt(table, 'doctest') ?? flags.doctest,
    };
}

interface Inferred {
    readonly name: string;
    readonly path: string;
}

function inferTargets({ view, root, name }: TargetContext, kind: Listed['kind'], folder: string): readonly Inferred[] {
    const main = joinPath(root, 'src/main.rs');
    const at = joinPath(root, folder);
    const inFolder = view.list(at).flatMap((entry): Inferred[] => {
        if (entry.startsWith('.')) return [];
        const path = `${at}/${entry}`;
        if (entry.endsWith('.rs') && view.isFile(path)) return [{ name: entry.slice(0, -'.rs'.length), path }];
        return view.isFile(`${path}/main.rs`) ? [{ name: entry, path: `${path}/main.rs` }] : [];
    });
    return kind === 'bin' && view.isFile(main) ? [{ name, path: main }, ...inFolder] : inFolder;
}

/** Where a target without a path lies; editions before 2018 looked in more places. */
function inferredPath(
    context: TargetContext,
    which: {
        readonly kind: Listed['kind'];
        readonly name: string;
        readonly inferred: readonly Inferred[];
        readonly hasLibrary: boolean;
    },
): string | undefined {
    const { kind, name, inferred, hasLibrary } = which;
    const found = inferred.find((target) => target.name === name);
    if (found !== undefined) return found.path;
    if (context.edition !== '2015') return undefined;
    const places = kind === 'bench' ? ['src/bench.rs'] : kind === 'bin' ? legacyBins(name, hasLibrary) : [];
    return places.map((path) => joinPath(context.root, path)).find((path) => context.view.isFile(path));
}

function legacyBins(name: string, hasLibrary: boolean): readonly string[] {
    return [...(hasLibrary ? [] : [`src/${name}.rs`]), 'src/main.rs', 'src/bin/main.rs'];
}

function readBuildScript({ view, root, about, edition, say }: TargetContext): readonly Target[] {
    const build = firstAt(about, 'build');
    if (build === false) return [];
    if (Array.isArray(build)) {
        say('several build scripts in one package are unstable and not supported');
        return [];
    }
    const usual = joinPath(root, 'build.rs');
    if (build === undefined && !view.isFile(usual)) return [];
    const path = typeof build === 'string' ? joinPath(root, build) : usual;
    return [
        {
            kind: 'custom-build',
            name: `build-script-${baseOf(path).replace(/\.[^.]*$/, '')}`,
            path,
            crateTypes: ['bin'],
            edition,
            requiredFeatures: undefined,
            harness: true,
            test: false,
            bench: false,
            doc: false,
            doctest: false,
        },
    ];
}
