// Evaluated recipe → plan, in two steps because a plan needs facts that only the world has: `needsOf` says which,
// `lower` takes them. Both are pure; the same recipe and facts give the same plan on every machine.
import { type Diagnostic, isError } from '../../lang/diagnostic.ts';
import type { Place } from '../../lang/source.ts';
import { type Evaluated, listOf } from '../value.ts';
import { compareBytes } from '../plan/bytes.ts';
import { checkPlan } from '../plan/check.ts';
import { planDigest } from '../plan/identity.ts';
import { keptInKeyOrder } from '../plan/key-order.ts';
import type { HostTool, Plan } from '../plan/plan.ts';
import { tidy } from '../tidy.ts';
import { lowerApp } from './app.ts';
import { chainParts, checkChain, lowerChain } from './chain.ts';
import { type LoweredPart, type Lowering, type Part, epochOf, versionOf } from './context.ts';
import { cargoNeed, isWithoutCargo, vendorNeeds } from './crates.ts';
import { addEnvironment, environmentNeed, plannedEnvironment, surroundingsOf } from './environment.ts';
import { brokenRule, missingSource, unknownTool } from './errors.ts';
import { crateTools } from './crate-overrides.ts';
import { lowerGeneric } from './generic.ts';
import { cargoParts, cargoVersion, checkPairedCargo, lowerPairedCargo } from './paired-cargo.ts';
import type { Needs, PlanFacts, SourceNeed, TextNeed } from './needs.ts';
import { rustcTexts, rustcTools } from './rustc-fields.ts';
import { viewedSources } from './rustc-vendor.ts';
import { missingLlvm } from './rustc-windows.ts';
import { checkRustc, lowerRustc } from './rustc.ts';
import { wantedSources } from './sources.ts';
import { idleSources, targetPrograms } from './target-tools.ts';
import { relativePath, startTrace } from './trace.ts';

interface Kind {
    /** Tools that the kind's own commands use; the recipe's environment may add more. */
    readonly tools: (evaluated: Evaluated) => readonly string[];
    /** Files of sources that planning reads, beside those that decide the crates of an application. */
    readonly texts?: (evaluated: Evaluated, sources: readonly SourceNeed[]) => readonly TextNeed[];
    /** Sources that planning looks into where they are at hand. */
    readonly views?: (evaluated: Evaluated) => readonly string[];
    /** What to tell of a tool that is not there, where the kind knows more than its name. */
    readonly missingTool?: (evaluated: Evaluated, tool: string) => Diagnostic | undefined;
    readonly needsSource: boolean;
    /** Recipes that it is made of. They bring what is needed, and their actions are there when it is lowered itself. */
    readonly parts?: (evaluated: Evaluated) => readonly Part[];
    /** Errors that need no facts. */
    readonly check?: (evaluated: Evaluated) => readonly Diagnostic[];
    readonly lower: (lowering: Lowering) => Record<string, string>;
    /** Of what is packaged, where the recipe leaves it to its sources. */
    readonly version?: (lowering: { readonly version: string; readonly parts: readonly LoweredPart[] }) => string;
}

const kinds: Readonly<Record<string, Kind>> = {
    app: { tools: appTools, needsSource: true, lower: lowerApp },
    cargo: {
        tools: () => [],
        needsSource: false,
        parts: cargoParts,
        check: checkPairedCargo,
        lower: lowerPairedCargo,
        version: cargoVersion,
    },
    chain: { tools: () => [], needsSource: false, parts: chainParts, check: checkChain, lower: lowerChain },
    generic: { tools: () => ['sh'], needsSource: false, lower: lowerGeneric },
    rustc: {
        tools: rustcTools,
        texts: rustcTexts,
        views: viewedSources,
        missingTool: missingLlvm,
        needsSource: true,
        check: checkRustc,
        lower: lowerRustc,
    },
};

/** Kinds of recipes that can be planned. */
export function isBuildable(kind: string): boolean {
    return Object.hasOwn(kinds, kind);
}

/** What has to be found out before `lower` can be called. */
export function needsOf(evaluated: Evaluated): {
    readonly needs: Needs;
    readonly diagnostics: readonly Diagnostic[];
} {
    const own = ownNeeds(evaluated);
    const parts = kindOf(evaluated)
        .parts?.(evaluated)
        .map((part) => ({ part, ...needsOf(part.evaluated) }));
    if (parts === undefined) return own;
    const named = parts.map(({ part: { name, texts = [], evaluated: of }, needs }) => {
        const place = of.root.fields.get('version')?.place;
        const more = place === undefined ? [] : texts.map((text) => ({ ...text, place }));
        return { name, needs: { ...needs, texts: [...needs.texts, ...more] } };
    });
    const diagnostics = [own, ...parts].flatMap((each) => each.diagnostics);
    return { needs: { ...own.needs, parts: named }, diagnostics: tidy(diagnostics) };
}

function ownNeeds(evaluated: Evaluated): ReturnType<typeof needsOf> {
    const kind = kindOf(evaluated);
    const { sources, diagnostics } = wantedSources(evaluated);
    const main = sources.find(({ id }) => id === 'main');
    const missing = kind.needsSource && main === undefined && diagnostics.length === 0;
    const cargo = cargoNeed(evaluated, sources);
    const vendor =
        evaluated.kind === 'app' && cargo === undefined ? vendorNeeds(evaluated, sources) : { sources: [], texts: [] };
    const surrounding = environmentNeed(evaluated);
    const problems = [...diagnostics, ...surrounding.diagnostics, ...(kind.check?.(evaluated) ?? [])];
    return {
        needs: {
            ...(surrounding.need === undefined ? {} : { environment: surrounding.need }),
            tools: [
                ...new Set([
                    ...kind.tools(evaluated),
                    ...crateTools(evaluated),
                    ...targetPrograms(evaluated),
                    ...environmentTools(evaluated),
                ]),
            ].sort(compareBytes),
            sources: [...sources, ...vendor.sources],
            texts: [...vendor.texts, ...(kind.texts?.(evaluated, sources) ?? [])],
            ...(kind.views === undefined ? {} : { views: kind.views(evaluated) }),
            idle: idleSources(evaluated),
            ...(cargo === undefined ? {} : { cargo }),
        },
        diagnostics: missing ? [missingSource(evaluated.kind, evaluated.root.place), ...problems] : problems,
    };
}

/** What to tell of a tool that is not there; undefined where its name says all. */
export function missingToolOf(evaluated: Evaluated, tool: string): Diagnostic | undefined {
    const { missingTool, parts } = kindOf(evaluated);
    const own = missingTool?.(evaluated, tool);
    if (own !== undefined || parts === undefined) return own;
    for (const part of parts(evaluated)) {
        const told = missingToolOf(part.evaluated, tool);
        if (told !== undefined) return told;
    }
    return undefined;
}

export interface LowerOptions {
    /** The recipe file that was asked for. */
    readonly mainPath: string;
    /** Whether calls of compilers, linkers and archivers are written down. */
    readonly record: boolean;
}

/** The plan, or no plan and the diagnostics that say why. */
export function lower(
    evaluated: Evaluated,
    facts: PlanFacts,
    { mainPath, record }: LowerOptions,
): { readonly plan: Plan | undefined; readonly diagnostics: readonly Diagnostic[] } {
    const { needs, diagnostics: early } = needsOf(evaluated);
    if (early.length > 0) return { plan: undefined, diagnostics: early };
    const found: Diagnostic[] = [];
    const { lowering, outputs } = lowerPart({ name: evaluated.name, evaluated }, needs, facts, {
        mainPath,
        record,
        diagnostics: found,
    });
    const diagnostics = eachOnce(found);
    if (diagnostics.some(isError)) return { plan: undefined, diagnostics };
    const made = assemble(lowering, outputs, mainPath);
    const broken = checkPlan(made).map((problem) => brokenRule(problem, placeOf(evaluated, made, problem.at)));
    if (broken.length > 0) return { plan: undefined, diagnostics: broken };
    // As it would be read back: its digests and its text then need no order of their own.
    const plan = (keptInKeyOrder(made, partsOfActions) as typeof made | undefined) ?? made;
    return { plan: { ...plan, digest: planDigest(plan) }, diagnostics };
}

/** Plan, its actions, one of them, what stands in that: digests see actions with and without some of it. */
const partsOfActions = 3;

/** Parts may have the same to say. */
function eachOnce(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
    const keyOf = ({ code, message, labels }: Diagnostic): string =>
        JSON.stringify([code, message, labels.map(({ file, span }) => [file.path, span])]);
    return [...new Map(diagnostics.map((each) => [keyOf(each), each])).values()];
}

interface Making extends LowerOptions {
    readonly diagnostics: Diagnostic[];
}

function lowerPart({ name, evaluated }: Part, needs: Needs, facts: PlanFacts, making: Making): LoweredPart {
    const kind = kindOf(evaluated);
    const { mainPath, record, diagnostics } = making;
    const parts = kind.parts?.(evaluated).map((part): LoweredPart => {
        const partNeeds = needs.parts?.find((each) => each.name === part.name)?.needs;
        const partFacts = facts.parts?.get(part.name);
        if (partNeeds === undefined || partFacts === undefined) throw new Error(`no facts for the part ${part.name}`);
        return lowerPart(part, partNeeds, partFacts, making);
    });
    const environment = plannedEnvironment(toolsOf(evaluated, needs, facts, diagnostics), facts);
    const surroundings = surroundingsOf(facts);
    const lowering: Lowering = {
        evaluated,
        facts,
        sources: needs.sources,
        environment,
        surroundings,
        trace: startTrace(evaluated, mainPath),
        actions: new Map(),
        diagnostics,
        record,
        environments: new Map(parts === undefined ? [[surroundings.environment, environment]] : []),
        parts: parts ?? [],
    };
    addEnvironment(lowering);
    return { name, lowering, outputs: kind.lower(lowering) };
}

function kindOf(evaluated: Evaluated): Kind {
    const kind = kinds[evaluated.kind];
    if (kind === undefined) throw new Error(`a recipe of kind ${evaluated.kind} cannot be lowered`);
    return kind;
}

function appTools(evaluated: Evaluated): readonly string[] {
    return ['cargo', 'cc', 'rustc', 'sh'].filter((tool) => tool !== 'cargo' || !isWithoutCargo(evaluated));
}

function environmentTools(evaluated: Evaluated): readonly string[] {
    const environment = evaluated.root.fields.get('environment')?.target;
    return environment === undefined ? [] : listOf(environment.root, 'tools');
}

function toolsOf(
    evaluated: Evaluated,
    needs: Needs,
    facts: PlanFacts,
    diagnostics: Diagnostic[],
): Readonly<Record<string, HostTool>> {
    const tools: Record<string, HostTool> = {};
    for (const name of needs.tools) {
        const tool = facts.tools[name];
        if (tool === undefined)
            diagnostics.push(
                missingToolOf(evaluated, name) ?? unknownTool(name, evaluated.root.fields.get('environment')?.place),
            );
        else tools[name] = tool;
    }
    return tools;
}

function assemble(
    { evaluated, environments, surroundings, trace, actions, parts }: Lowering,
    outputs: Readonly<Record<string, string>>,
    mainPath: string,
): Omit<Plan, 'digest'> {
    const folder = mainPath.split('/').slice(0, -1).join('/');
    const version = versionOf(evaluated);
    trace.note(['environments', surroundings.environment], ['environment']);
    trace.note(['subject', 'version'], ['version']);
    return {
        schema: 'rpkg.plan/1',
        subject: {
            name: evaluated.name,
            version: kindOf(evaluated).version?.({ version, parts }) ?? version,
            kind: evaluated.kind,
            epoch: epochOf(evaluated),
        },
        context: {
            host: String(evaluated.facts['host.triple']),
            target: String(evaluated.facts['target.triple']),
            facts: evaluated.facts,
        },
        layers: evaluated.layers.map(({ name, file }) => ({ name, file: relativePath(folder, file.path) })),
        environments: Object.fromEntries(environments),
        actions: Object.fromEntries(actions),
        outputs,
        provenance: trace.provenance(),
    };
}

/** Where the recipe says what a place of the plan was made from; the nearest noted place above it counts. */
function placeOf(evaluated: Evaluated, plan: Omit<Plan, 'digest'>, at: string): Place | undefined {
    const noted = Object.entries(plan.provenance.values)
        .filter(([above]) => at === above || at.startsWith(`${above}/`) || above.startsWith(`${at}/`))
        .flatMap(([, keys]) => keys);
    return evaluated.fields.get(noted[0] ?? '')?.place ?? evaluated.root.place;
}
