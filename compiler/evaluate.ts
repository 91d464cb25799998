// One recipe → all its fields. Constants first, since conditions read them; then the layers in written order; then
// defaults, completeness, interpolation, assertions. Total, and linear in what is written.
import type { Assign, Atom } from '../lang/ast.ts';
import { type Diagnostic, isError } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { nearest } from '../lang/suggest.ts';
import { checkAsserts } from './assertions.ts';
import { otherRelease } from './chain-errors.ts';
import { type ChainLink, chainLinks } from './chain-links.ts';
import { referredChain } from './check-value.ts';
import { checkCompleteness } from './completeness.ts';
import { notAFact, unknownOption } from './condition-errors.ts';
import { chooseChain } from './choose-recipe.ts';
import { judge } from './conditions.ts';
import { type FactTable, factTable, shownFacts } from './fact-table.ts';
import type { Facts } from './facts.ts';
import { fieldKey } from './field-key.ts';
import { finalFields } from './final-values.ts';
import { type Conditions, type PendingLayer, type Walk, walkLayers } from './layers.ts';
import { normalPath } from './module-path.ts';
import { chooseRecipe } from './name-errors.ts';
import { tidy } from './tidy.ts';
import type { Chain, Layer, Module, Program } from './program.ts';
import { kinds } from './schema/kinds.ts';
import type { GroupRow } from './schema/types.ts';
import { type Store, emptyStore, isSuspect } from './store.ts';
import { type Node, addDefaults, treeOf } from './tree.ts';
import { type Evaluated, type Field, type Group, textOf } from './value.ts';

export interface Request {
    /** A name of the main file, or `alias.name`; the only recipe of the file when it is undefined. */
    readonly recipe: string | undefined;
    /** Path of the main file. */
    readonly main: string;
    readonly facts: Facts;
}

export interface Evaluation {
    /** Best effort when there are errors; undefined when no recipe could be found. */
    readonly evaluated: Evaluated | undefined;
    readonly diagnostics: readonly Diagnostic[];
}

interface Evaluating {
    readonly program: Program;
    readonly facts: Facts;
    /** Recipes that others refer to, each evaluated once. */
    readonly targets: Map<Chain, Evaluated>;
    readonly diagnostics: Diagnostic[];
    /** Names of options that some recipe has. */
    readonly options: Set<string>;
    /** No option may have got lost by a mistake that is reported. */
    optionsKnown: boolean;
}

/** Evaluates one recipe of a program that was resolved without errors. */
export function evaluate(program: Program, { recipe, main, facts }: Request): Evaluation {
    const module = program.modules.get(normalPath(main));
    if (module === undefined) return { evaluated: undefined, diagnostics: [chooseRecipe(main, [])] };
    const chosen = chooseChain(program, module, recipe);
    if ('problem' in chosen) return { evaluated: undefined, diagnostics: [chosen.problem] };
    const evaluating: Evaluating = {
        program,
        facts,
        targets: new Map(),
        diagnostics: [],
        options: new Set(),
        optionsKnown: true,
    };
    const evaluated = chosen.chain === undefined ? undefined : evaluateChain(evaluating, chosen.chain);
    if (evaluating.optionsKnown) evaluating.diagnostics.push(...unknownOptions(facts, [...evaluating.options]));
    return { evaluated, diagnostics: tidy(evaluating.diagnostics) };
}

function unknownOptions({ options }: Facts, known: readonly string[]): readonly Diagnostic[] {
    const unknown = [...options.keys()].filter((name) => !known.includes(name));
    return unknown.map((name) => unknownOption(name, nearest(name, known), known));
}

function evaluateChain(evaluating: Evaluating, chain: Chain): Evaluated {
    const root = kinds.get(chain.kind)?.root;
    if (root === undefined) throw new Error(`kind ${chain.kind} was resolved but has no schema`);
    const { diagnostics } = evaluating;
    const constants = collectConstants(evaluating, chain, root);
    const { table, diagnostics: optionProblems } = factTable(evaluating.facts, constants);
    diagnostics.push(...optionProblems);
    const before = diagnostics.length;
    const walk: Walk = {
        ...newWalk(evaluating, chain, diagnostics),
        conditions: conditionsFor(evaluating, table, constants),
    };
    walkLayers(walk, root, chain.layers);
    const tree = treeOf(walk.store, root);
    const defaults = addDefaults(tree, walk.store);
    const [base] = chain.layers;
    diagnostics.push(...checkCompleteness(walk.store, chain.kind, tree, (chain.layers.at(-1) ?? base).place));
    const finished = finalFields({
        store: walk.store,
        table,
        root: tree,
        defaults,
        base: { layer: base.name, place: base.place },
        refer: (atom, module) => referTo(evaluating, atom, module),
    });
    diagnostics.push(...finished.diagnostics);
    if (!diagnostics.slice(before).some(isError)) {
        diagnostics.push(...checkAsserts(walk.asserts, finished.fields, table, tree));
    }
    const evaluated = {
        name: chain.name,
        kind: chain.kind,
        layers: chain.layers.map(({ name, module }) => ({ name, file: module.source })),
        root: groupOf(tree, finished.fields),
        facts: shownFacts(table),
        fields: finished.fields,
    };
    const isWhole = !diagnostics.slice(before).some(isError);
    if (chain.kind !== 'chain' || !isWhole) return evaluated;
    return { ...evaluated, parts: evaluateLinks(evaluating, chain, evaluated, walk.layers) };
}

/** Each link is the recipe that it is built by, at the link's version, with the layers of the chain for it. */
function evaluateLinks(
    evaluating: Evaluating,
    chain: Chain,
    { root }: Evaluated,
    layers: readonly PendingLayer[],
): ReadonlyMap<string, Evaluated> {
    const { links, diagnostics } = chainLinks(root);
    evaluating.diagnostics.push(...diagnostics);
    const parts = new Map<string, Evaluated>();
    if (diagnostics.some(isError)) return parts;
    for (const link of links) {
        const own = link.isLast ? root.fields.get('last') : undefined;
        const base = baseOf(evaluating, own ?? root.fields.get('each'));
        if (base === undefined) continue;
        const said = own?.target === undefined ? link.version : textOf(own.target.root, 'version');
        if (said !== link.version) {
            evaluating.diagnostics.push(otherRelease(said ?? '', link.version, own?.place));
            continue;
        }
        const added = layers.filter(({ head, label }) => head === 'link' && label === link.version);
        parts.set(
            link.name,
            evaluateChain(evaluating, {
                ...base,
                layers: [
                    ...base.layers,
                    ...(own === undefined ? [versionLayer(chain, root.fields.get('version')?.place, link)] : []),
                    ...added.map(({ layer }) => layer),
                ],
            }),
        );
    }
    return parts;
}

/** The chain of layers of the recipe that a reference names. */
function baseOf({ targets }: Evaluating, field: Field | undefined): Chain | undefined {
    return [...targets].find(([, evaluated]) => evaluated === field?.target)?.[0];
}

/** `version := 1.84.1`, as if the chain had an overlay that says it. */
function versionLayer({ layers }: Chain, place: Place | undefined, { version, stage0 }: ChainLink): Layer {
    const { name, module, place: own } = layers.find((layer) => layer.module.source === place?.file) ?? layers[0];
    const { span } = place ?? own;
    const assign: Assign = {
        kind: 'assign',
        path: [{ text: 'version', span }],
        operator: ':=',
        operatorSpan: span,
        value: { kind: 'version', text: version, span },
        because: { text: `a link of the chain, built by ${stage0}`, span },
        span,
    };
    return { name, module, block: { statements: [assign], span }, place: { file: module.source, span } };
}

function newWalk(evaluating: Evaluating, chain: Chain, diagnostics: Diagnostic[]): Walk {
    const { program } = evaluating;
    return {
        program,
        kind: chain.kind,
        store: emptyStore(),
        diagnostics,
        asserts: [],
        layers: [],
        applied: new Map(),
        checked: new Set(),
    };
}

/** What the layers set outside of conditions. Mistakes are told when all fields are. */
function collectConstants(evaluating: Evaluating, chain: Chain, root: GroupRow): Store {
    const walk = newWalk(evaluating, chain, []);
    walkLayers(walk, root, chain.layers);
    for (const { names } of walk.store.blocks.values()) {
        const [head, name] = names;
        if (head !== 'option' || name === undefined) continue;
        evaluating.options.add(name);
        // The block says already that it needs a default.
        const key = fieldKey([head, name, 'default']);
        if (!walk.store.slots.has(key)) walk.store.broken.add(key);
    }
    if (isSuspect(walk.store, ['option', ''])) evaluating.optionsKnown = false;
    return walk.store;
}

function conditionsFor(evaluating: Evaluating, table: FactTable, constants: Store): Conditions {
    const version = table.get('version');
    return {
        version: version?.type === 'version' ? version.value : undefined,
        holds: (condition, module) => {
            const judged = judge(condition, module.source, {
                read: (names) => table.get(fieldKey(names)),
                unknown: (names, place) => {
                    if (names[0] === 'option' && isSuspect(constants, [...names, 'default'])) return undefined;
                    const name = fieldKey(names);
                    return notAFact(name, place, nearest(name, table.keys()), [...table.keys()]);
                },
            });
            evaluating.diagnostics.push(...judged.diagnostics);
            return judged.holds;
        },
    };
}

/** A kind refers only to kinds that are simpler: chains to compilers, compilers to environments. So this ends. */
function referTo(evaluating: Evaluating, atom: Atom, module: Module): Evaluated | undefined {
    const chain = referredChain(evaluating.program, module, atom);
    if (chain === undefined) return undefined;
    const known = evaluating.targets.get(chain);
    if (known !== undefined) return known;
    const evaluated = evaluateChain(evaluating, chain);
    evaluating.targets.set(chain, evaluated);
    return evaluated;
}

function groupOf(node: Node, fields: ReadonlyMap<string, Field>): Group {
    const own = [...node.fields].flatMap(([name, key]): readonly (readonly [string, Field])[] => {
        const field = fields.get(key);
        return field === undefined ? [] : [[name, field]];
    });
    return {
        path: node.key,
        ...(node.place === undefined ? {} : { place: node.place }),
        fields: new Map(own),
        groups: new Map([...node.groups].map(([name, inner]) => [name, groupOf(inner, fields)])),
    };
}
