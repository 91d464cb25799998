// Names → definitions: chains of layers for recipes and overlays, profiles for `apply`. Field values are not looked at.
import type { Definition, Overlay, Path, Recipe } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place, Span } from '../lang/source.ts';
import { nearest } from '../lang/suggest.ts';
import { appliesIn } from './ast-paths.ts';
import { missingDefinition } from './missing-definition.ts';
import {
    differentRoot,
    duplicateDefinition,
    recursion,
    sharedLayer,
    tooDeep,
    unknownKind,
    wrongSort,
} from './name-errors.ts';
import {
    type Chain,
    type Layer,
    type Meaning,
    type Module,
    type Program,
    deepest,
    lookUp,
    spellPath,
} from './program.ts';
import { kinds } from './schema/kinds.ts';
import { tidy } from './tidy.ts';

interface Resolving {
    readonly program: Program;
    readonly scopes: Map<string, Map<string, Meaning>>;
    readonly diagnostics: Diagnostic[];
    /** Definitions whose chains are being found, innermost last. */
    readonly open: (Recipe | Overlay)[];
    readonly broken: Set<Recipe | Overlay>;
}

/** Gives every definition its meaning. Imports must not be circular. */
export function resolve(modules: ReadonlyMap<string, Module>): {
    readonly program: Program;
    readonly diagnostics: readonly Diagnostic[];
} {
    const scopes = new Map<string, Map<string, Meaning>>();
    const resolving: Resolving = { program: { modules, scopes }, scopes, diagnostics: [], open: [], broken: new Set() };
    for (const module of modules.values()) resolveModule(resolving, module);
    for (const module of modules.values()) checkApplies(resolving, module);
    return { program: resolving.program, diagnostics: tidy(resolving.diagnostics) };
}

function at(module: Module, span: Span): Place {
    return { file: module.source, span };
}

function resolveModule(resolving: Resolving, module: Module): void {
    const definitions = new Map<string, Definition>();
    const scope = new Map<string, Meaning>();
    resolving.scopes.set(module.path, scope);
    for (const definition of module.ast.definitions) {
        const { name } = definition;
        const first = definitions.get(name.text);
        if (first !== undefined) {
            resolving.diagnostics.push(
                duplicateDefinition(name.text, at(module, name.span), at(module, first.name.span)),
            );
            continue;
        }
        definitions.set(name.text, definition);
        if (definition.kind !== 'profile') continue;
        scope.set(name.text, { sort: 'profile', name: name.text, profile: definition, module });
    }
    for (const definition of definitions.values()) {
        if (definition.kind !== 'profile') chainOf(resolving, module, definitions, definition);
    }
}

/** The chain of a definition of `module`; undefined when it has none, which is reported then. */
function chainOf(
    resolving: Resolving,
    module: Module,
    definitions: ReadonlyMap<string, Definition>,
    definition: Recipe | Overlay,
): Chain | undefined {
    const scope = resolving.scopes.get(module.path);
    const known = scope?.get(definition.name.text);
    if (known !== undefined) return known.sort === 'recipe' ? known.chain : undefined;
    const place = at(module, definition.name.span);
    const start = resolving.open.indexOf(definition);
    if (start >= 0) {
        const circle = resolving.open.slice(start);
        for (const member of circle) resolving.broken.add(member);
        const names = circle.map(({ name }) => name.text);
        resolving.diagnostics.push(recursion(names, place));
        return undefined;
    }
    if (resolving.open.length >= deepest) return reportDepth(resolving, place);
    resolving.open.push(definition);
    const baseOf = (path: Path): Chain | undefined => {
        const own = path.names.length === 1 ? definitions.get(path.names[0]?.text ?? '') : undefined;
        if (own === undefined || own.kind === 'profile') return findChain(resolving, module, path);
        return chainOf(resolving, module, definitions, own);
    };
    const layer: Layer = {
        name: definition.name.text,
        module,
        block: definition.block,
        place,
    };
    const chain =
        definition.kind === 'recipe'
            ? recipeChain(resolving, definition, layer, baseOf)
            : overlayChain(resolving, definition, layer, baseOf);
    resolving.open.pop();
    const fits = chain === undefined || chain.layers.length <= deepest;
    const whole = resolving.broken.has(definition) ? undefined : fits ? chain : reportDepth(resolving, place);
    scope?.set(definition.name.text, { sort: 'recipe', name: definition.name.text, chain: whole });
    return whole;
}

/** Once: a pile that is too high is one mistake, wherever it is entered. */
function reportDepth({ diagnostics }: Resolving, place: Place): Chain | undefined {
    if (!diagnostics.some(({ code }) => code === 'name/too-deep')) diagnostics.push(tooDeep('layers', deepest, place));
    return undefined;
}

/** The chain of a path whose definition is complete already: an imported one. */
function findChain(resolving: Resolving, module: Module, path: Path): Chain | undefined {
    const name = spellPath(path);
    const place = at(module, path.span);
    const meaning = lookUp(
        resolving.program,
        module,
        path.names.map(({ text }) => text),
    );
    if (meaning === undefined) {
        resolving.diagnostics.push(missingDefinition(resolving.program, module, 'recipe', path));
        return undefined;
    }
    if (meaning.sort === 'recipe') return meaning.chain;
    resolving.diagnostics.push(wrongSort(name, 'recipe', place));
    return undefined;
}

type BaseOf = (path: Path) => Chain | undefined;

function recipeChain(resolving: Resolving, recipe: Recipe, layer: Layer, baseOf: BaseOf): Chain | undefined {
    if (recipe.from !== undefined) {
        const base = baseOf(recipe.from);
        return base === undefined ? undefined : { name: layer.name, kind: base.kind, layers: [...base.layers, layer] };
    }
    if (recipe.is === undefined) return undefined;
    const kind = recipe.is.text;
    if (kinds.has(kind)) return { name: layer.name, kind, layers: [layer] };
    const place = at(layer.module, recipe.is.span);
    resolving.diagnostics.push(unknownKind(kind, place, nearest(kind, kinds.keys()), kinds.keys()));
    return undefined;
}

/** The first base's chain, then what the others put on the same root, then the overlay itself. */
function overlayChain(resolving: Resolving, overlay: Overlay, layer: Layer, baseOf: BaseOf): Chain | undefined {
    const bases = overlay.on.map((path) => ({ path, chain: baseOf(path) }));
    const first = bases[0]?.chain;
    if (first === undefined) return undefined;
    const [root] = first.layers;
    const layers: [Layer, ...Layer[]] = [...first.layers];
    for (const { path, chain } of bases.slice(1)) {
        if (chain === undefined) return undefined;
        const place = at(layer.module, path.span);
        const [otherRoot, ...added] = chain.layers;
        if (otherRoot !== root) {
            resolving.diagnostics.push(differentRoot(spellPath(path), otherRoot.name, root.name, place));
            return undefined;
        }
        const twice = added.length === 0 ? root : added.find((one) => layers.includes(one));
        if (twice !== undefined) {
            resolving.diagnostics.push(sharedLayer(spellPath(path), twice.name, place, twice.place));
            return undefined;
        }
        layers.push(...added);
    }
    const renaming = bases.findLast(({ chain }) => chain !== undefined && chain.name !== root.name)?.chain;
    return { name: renaming?.name ?? first.name, kind: first.kind, layers: [...layers, layer] };
}

/** Every `apply` names a profile, and no profile leads back to itself. */
function checkApplies(resolving: Resolving, module: Module): void {
    for (const definition of module.ast.definitions) {
        for (const { path } of appliesIn(definition.block)) {
            const meaning = lookUp(
                resolving.program,
                module,
                path.names.map(({ text }) => text),
            );
            const place = at(module, path.span);
            const name = spellPath(path);
            if (meaning === undefined) {
                resolving.diagnostics.push(missingDefinition(resolving.program, module, 'profile', path));
            } else if (meaning.sort === 'recipe') {
                resolving.diagnostics.push(wrongSort(name, 'profile', place));
            }
        }
    }
    // Imports form no circle, so a circle of profiles lies within one file.
    const done = new Set<string>();
    for (const definition of module.ast.definitions) {
        if (definition.kind === 'profile') walkProfile(resolving, module, definition.name.text, [], done);
    }
}

function walkProfile(
    resolving: Resolving,
    module: Module,
    name: string,
    open: readonly string[],
    done: Set<string>,
): void {
    // Deeper ones are refused when they are applied.
    if (done.has(name) || open.length > deepest) return;
    const meaning = resolving.program.scopes.get(module.path)?.get(name);
    if (meaning?.sort !== 'profile') return;
    for (const { path } of appliesIn(meaning.profile.block)) {
        const next = path.names.length === 1 ? path.names[0]?.text : undefined;
        if (next === undefined) continue;
        const circle = [...open, name];
        const start = circle.indexOf(next);
        if (start < 0) walkProfile(resolving, module, next, circle, done);
        else resolving.diagnostics.push(recursion(circle.slice(start), at(module, path.span)));
    }
    done.add(name);
}
