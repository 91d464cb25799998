// What lowering of a compiler reads in several places of its recipe.
import { type Evaluated, type Field, type Group, listOf, textOf } from '../value.ts';
import type { Lowering } from './context.ts';
import type { SourceNeed, TextNeed } from './needs.ts';

/** What is needed to find out what is wrong with a recipe, also before anything is known of the world. */
export type Checked = Pick<Lowering, 'evaluated' | 'environment' | 'diagnostics'>;

/** Places that only this kind has. */
export const rustcPlaces = {
    config: '/rpkg/config',
    /** The folder that the build system builds in. */
    bootstrap: '/rpkg/bootstrap',
    scripts: '/rpkg/scripts',
    stage0: '/rpkg/stage0',
} as const;

/** A block without a label; empty where the recipe has none. */
export function block({ root }: Evaluated, name: string): Group {
    return root.groups.get(name) ?? { path: name, fields: new Map(), groups: new Map() };
}

export function fieldOf(evaluated: Evaluated, group: string, name: string): Field | undefined {
    return evaluated.root.groups.get(group)?.fields.get(name);
}

/** Sources that hold the compiler that compiles the first stage; none when the environment has it. */
export function stage0Sources(evaluated: Evaluated): readonly string[] {
    return listOf(block(evaluated, 'bootstrap'), 'from');
}

/** `llvm-config` of a system's LLVM; undefined for a bundled one. */
export function llvmConfig(evaluated: Evaluated): string | undefined {
    const llvm = block(evaluated, 'llvm');
    return textOf(llvm, 'link') === 'bundled' ? undefined : (textOf(llvm, 'config') ?? 'llvm-config');
}

/** The program that puts together what an instrumented compiler counted; undefined where the recipe wants no such thing. */
export function profdataTool(evaluated: Evaluated): string | undefined {
    const pgo = block(evaluated, 'pgo');
    return textOf(pgo, 'script') === undefined ? undefined : (textOf(pgo, 'profdata') ?? 'llvm-profdata');
}

/** Triples by their role: where it is built, where the compiler runs, and what else it compiles for. */
export interface Triples {
    readonly build: string;
    readonly host: string;
    readonly targets: readonly string[];
}

export function triplesFor({ root, facts }: Evaluated): Triples {
    const host = String(facts['target.triple']);
    const build = String(facts['host.triple']);
    const named = listOf(root, 'targets');
    if (textOf(root, 'goal') === 'library') return { build, host: build, targets: named.length > 0 ? named : [host] };
    return { build, host, targets: [host, ...named.filter((triple) => triple !== host)] };
}

/** `SOURCE/PATH` in two; a text without a slash names nothing. */
export function splitSourcePath(text: string): { readonly source: string; readonly path: string } | undefined {
    const slash = text.indexOf('/');
    return slash <= 0 ? undefined : { source: text.slice(0, slash), path: text.slice(slash + 1) };
}

/** Lists of patches that planning has to read. */
export function rustcTexts(evaluated: Evaluated, sources: readonly SourceNeed[]): readonly TextNeed[] {
    const place = fieldOf(evaluated, 'patches', 'series')?.place;
    if (place === undefined) return [];
    return listOf(block(evaluated, 'patches'), 'series').flatMap((text) => {
        const named = splitSourcePath(text);
        return named === undefined || !sources.some(({ id }) => id === named.source) ? [] : [{ ...named, place }];
    });
}

/** Whether the bootstrap compiler is one of a distribution, taken out of its folders. */
function isMovedStage0(evaluated: Evaluated): boolean {
    const environment = evaluated.root.fields.get('environment')?.target;
    const provider = environment === undefined ? 'host' : textOf(environment.root, 'provider');
    return stage0Sources(evaluated).length > 0 || provider !== 'host';
}

/** Programs of the environment that the kind's own commands use. */
export function rustcTools(evaluated: Evaluated): readonly string[] {
    const llvm = llvmConfig(evaluated);
    const profdata = profdataTool(evaluated);
    const bundled = textOf(block(evaluated, 'llvm'), 'link') === 'bundled';
    return [
        'c++',
        'cc',
        'make',
        'patch',
        'python3',
        'sh',
        ...(bundled ? ['cmake', 'ninja'] : []),
        ...(llvm === undefined ? [] : [llvm]),
        ...(profdata === undefined ? [] : [profdata]),
        ...(stage0Sources(evaluated).length === 0 ? ['cargo', 'rustc'] : []),
        ...(isMovedStage0(evaluated) ? ['patchelf'] : []),
    ];
}
