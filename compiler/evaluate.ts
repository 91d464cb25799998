// One recipe → all its fields. Constants first, since conditions read them; then the layers in written order; then
// defaults, completeness, interpolation, assertions. Total, and linear in what is written.
import type { Atom } from '../lang/ast.ts';
import { type Diagnostic, isError } from '../lang/diagnostic.ts';
import { nearest } from '../lang/suggest.ts';
import { checkAsserts } from './assertions.ts';
import { referredChain } from './check-value.ts';
import { checkCompleteness } from './completeness.ts';
import { notAFact, unknownOption } from './condition-errors.ts';
import { chooseChain } from './choose-recipe.ts';
import { judge } from './conditions.ts';
import { type FactTable, factTable, shownFacts } from './fact-table.ts';
import type { Facts } from './facts.ts';
import { fieldKey } from './field-key.ts';
import { finalFields } from './final-values.ts';
import { type Conditions, type Walk, walkLayers } from './layers.ts';
import { normalPath } from './module-path.ts';
import { chooseRecipe } from './name-errors.ts';
import { tidy } from './tidy.ts';
import { type Chain, type Module, type Program } from './program.ts';
import { kinds } from './schema/kinds.ts';
import type { GroupRow } from './schema/types.ts';
import { type Store, emptyStore, isSuspect } from './store.ts';
import { type Node, addDefaults, treeOf } from './tree.ts';
import type { Evaluated, Field, Group } from './value.ts';

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
    return {
        name: chain.name,
        kind: chain.kind,
        layers: chain.layers.map(({ name, module }) => ({ name, file: module.source })),
        root: groupOf(tree, finished.fields),
        facts: shownFacts(table),
        fields: finished.fields,
    };
}

function newWalk(evaluating: Evaluating, chain: Chain, diagnostics: Diagnostic[]): Walk {
    const { program } = evaluating;
    return {
        program,
        kind: chain.kind,
        store: emptyStore(),
        diagnostics,
        asserts: [],
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

/** Kinds that are referred to refer to nothing themselves, so this ends. */
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
