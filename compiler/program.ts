// All files of one compilation and what their names mean. Made by `load` and `resolve`, read by evaluation.
import type { Block, File, Path, Profile, Use } from '../lang/ast.ts';
import type { Place, SourceFile } from '../lang/source.ts';

/** One file. */
export interface Module {
    /** Normalised, relative to the same place as the main file's. */
    readonly path: string;
    readonly source: SourceFile;
    readonly ast: File;
    /** By alias. */
    readonly imports: ReadonlyMap<string, Import>;
}

export interface Import {
    readonly alias: string;
    /** Path of the imported module. */
    readonly path: string;
    readonly use: Use;
}

export interface Program {
    readonly modules: ReadonlyMap<string, Module>;
    /** Module path → name → meaning. */
    readonly scopes: ReadonlyMap<string, ReadonlyMap<string, Meaning>>;
}

export type Meaning =
    /** `chain` is missing when a diagnostic was given for it. */
    | { readonly sort: 'recipe'; readonly name: string; readonly chain: Chain | undefined }
    | { readonly sort: 'profile'; readonly name: string; readonly profile: Profile; readonly module: Module };

/** How many layers, and how many profiles, may stand on each other. Far more than anybody means, and it bounds recursion. */
export const deepest = 200;

/** A base recipe and everything on top of it. */
export interface Chain {
    /** The package: the last `recipe` among the layers. */
    readonly name: string;
    readonly kind: string;
    /** The first one is the base. */
    readonly layers: readonly [Layer, ...Layer[]];
}

export interface Layer {
    readonly name: string;
    readonly module: Module;
    readonly block: Block;
    /** Its name where it is defined. */
    readonly place: Place;
}

/** What a path of one or two names means in a module; undefined when nothing has that name. */
export function lookUp(program: Program, module: Module, names: readonly string[]): Meaning | undefined {
    const [first, second, ...more] = names;
    if (first === undefined || more.length > 0) return undefined;
    if (second === undefined) return program.scopes.get(module.path)?.get(first);
    const imported = module.imports.get(first);
    return imported === undefined ? undefined : program.scopes.get(imported.path)?.get(second);
}

/** Every name of one sort that a module could write, imported ones as `alias.name`. */
export function namesInReach(program: Program, module: Module, sort: Meaning['sort']): readonly string[] {
    const own = namesOf(program, module.path, sort);
    const imported = [...module.imports.values()].flatMap(({ alias, path }) =>
        namesOf(program, path, sort).map((name) => `${alias}.${name}`),
    );
    return [...own, ...imported];
}

function namesOf(program: Program, path: string, sort: Meaning['sort']): readonly string[] {
    const meanings = program.scopes.get(path)?.values() ?? [];
    return [...meanings].filter((meaning) => meaning.sort === sort).map(({ name }) => name);
}

export function spellPath(path: Path): string {
    return path.names.map(({ text }) => text).join('.');
}
