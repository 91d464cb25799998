// What all kinds share while they are lowered: the recipe, the facts, the trace, and the actions so far.
import type { Diagnostic } from '../../lang/diagnostic.ts';
import { type Evaluated, type Group, labelsOf, numberOf, textOf } from '../value.ts';
import { sortedEntries } from '../plan/bytes.ts';
import type { Action, Environment, Limits, RunAction, TreeRef } from '../plan/plan.ts';
import type { PlanFacts, SourceNeed } from './needs.ts';
import { pinnedSource } from './sources.ts';
import { stdSources } from './target-tools.ts';
import { type Trace, keysBelow } from './trace.ts';

export interface Lowering {
    readonly evaluated: Evaluated;
    readonly facts: PlanFacts;
    readonly sources: readonly SourceNeed[];
    readonly environment: Environment;
    readonly surroundings: Surroundings;
    readonly trace: Trace;
    readonly actions: Map<string, Action>;
    readonly diagnostics: Diagnostic[];
    /** Whether calls of compilers, linkers and archivers are written down. */
    readonly record: boolean;
    /** All environments of the plan: its own, or those of its parts. */
    readonly environments: Map<string, Environment>;
    /** The recipes that this one is made of, lowered already. */
    readonly parts: readonly LoweredPart[];
}

/** A recipe that another one is made of. */
export interface Part {
    readonly name: string;
    readonly evaluated: Evaluated;
    /** Files of its sources that planning of the whole reads. */
    readonly texts?: readonly { readonly source: string; readonly path: string }[];
}

export interface LoweredPart {
    readonly name: string;
    readonly lowering: Lowering;
    readonly outputs: Readonly<Record<string, TreeRef>>;
}

/** How a run action says what it finds outside of `/rpkg`. */
export type Surroundings = Pick<RunAction, 'environment' | 'root'>;

/** Fixed places below `/rpkg`. */
export const places = { build: '/rpkg/build', out: '/rpkg/out', source: '/rpkg/src', result: '/rpkg/result' } as const;

/** `main` is at `/rpkg/src`, any other source beside it. */
function sourcePlace(id: string): string {
    return id === 'main' ? places.source : `${places.source}-${id}`;
}

/** One `fetch.LABEL` action for each source block. */
export function addSources(lowering: Lowering): void {
    for (const need of lowering.sources) {
        const id = `fetch.${need.id}`;
        lowering.actions.set(id, { kind: 'fetch', source: pinnedSource(need, lowering.facts) });
        const prefix = need.id === 'vendor' ? 'vendor' : `source.${need.id}`;
        lowering.trace.note(['actions', id, 'source'], keysBelow(lowering.evaluated, prefix));
    }
}

/** The variables that every action of the recipe has, its own `env` and the given additions on top. */
export function completeEnv(lowering: Lowering, own: Readonly<Record<string, string>>): Record<string, string> {
    const { evaluated, environment } = lowering;
    const mounted = Object.values(environment.tools).flatMap(({ mount }) =>
        mount === undefined ? [] : [`${mount}/bin`],
    );
    const base = {
        HOME: places.build,
        JOBS: '$(jobs)',
        LC_ALL: 'C.UTF-8',
        NAME: evaluated.name,
        OUT: places.out,
        PATH: [...new Set(mounted), '/usr/bin', '/bin', '/usr/sbin', '/sbin'].join(':'),
        SHELL: '/bin/sh',
        SOURCE_DATE_EPOCH: String(epochOf(evaluated)),
        SRC: places.source,
        TMPDIR: '/tmp',
        TZ: 'UTC',
        USER: 'rpkg',
        VERSION: versionOf(evaluated),
    };
    return Object.fromEntries(sortedEntries({ ...base, ...mapOf(evaluated.root, 'env'), ...own }));
}

/** A map-typed field such as `env`: each key is a field of its own. */
export function mapOf(group: Group, name: string): Record<string, string> {
    const fields = group.groups.get(name)?.fields ?? new Map<string, never>();
    return Object.fromEntries([...fields].map(([key, field]) => [key, String(field.value)]));
}

export function epochOf(evaluated: Evaluated): number {
    return numberOf(evaluated.root, 'epoch') ?? 1;
}

export function versionOf(evaluated: Evaluated): string {
    const value = evaluated.root.fields.get('version')?.value;
    return value === undefined ? '0' : String(value);
}

/** Root of what is installed. */
export function prefixOf({ evaluated }: Lowering): string {
    const install = evaluated.root.groups.get('install');
    return (install === undefined ? undefined : textOf(install, 'prefix')) ?? '/usr';
}

/** The group's own `limits`, each missing one taken from the recipe's. */
export function limitsOf(lowering: Lowering, group: Group, fallbackWeight: number): Limits {
    const root = lowering.evaluated.root.groups.get('limits');
    const own = group.groups.get('limits');
    const read = (name: string): number | undefined =>
        (own === undefined ? undefined : numberOf(own, name)) ??
        (root === undefined ? undefined : numberOf(root, name));
    const memoryBytes = read('memory');
    return {
        timeoutSeconds: read('timeout') ?? 3600,
        weight: read('weight') ?? fallbackWeight,
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
    };
}

/** Traces what every run action is made of. */
export function noteCommon(lowering: Lowering, id: string, prefix: string | undefined): void {
    const { evaluated, trace } = lowering;
    for (const key of keysBelow(evaluated, 'env')) trace.note(['actions', id, 'env', key.slice('env.'.length)], [key]);
    trace.note(['actions', id, 'env', 'SOURCE_DATE_EPOCH'], ['epoch']);
    trace.note(['actions', id, 'env', 'VERSION'], ['version']);
    trace.note(['actions', id, 'limits'], keysBelow(evaluated, 'limits'));
    if (prefix === undefined) return;
    trace.note(['actions', id, 'limits'], keysBelow(evaluated, `${prefix}.limits`));
    trace.note(['actions', id, 'commands'], [`${prefix}.script`, `${prefix}.run`]);
    trace.note(['actions', id, 'mounts'], [`${prefix}.sources`, `${prefix}.writable`, `${prefix}.after`]);
    for (const key of keysBelow(evaluated, `${prefix}.env`)) {
        trace.note(['actions', id, 'env', key.slice(prefix.length + '.env.'.length)], [key]);
    }
}

/** Mounts of the named sources, or of all. */
export function sourceMounts(
    lowering: Lowering,
    wanted: readonly string[],
    writable: boolean,
): Record<string, { tree: TreeRef; writable: boolean }> {
    const hidden = new Set(['vendor', ...stdSources(lowering.evaluated)]);
    const chosen = lowering.sources.filter(({ id }) => (wanted.length === 0 ? !hidden.has(id) : wanted.includes(id)));
    return Object.fromEntries(chosen.map(({ id }) => [sourcePlace(id), { tree: `fetch.${id}`, writable }]));
}

/** The blocks `head LABEL { … }` of the recipe. */
export function blocks(lowering: Pick<Lowering, 'evaluated'>, head: string): readonly (readonly [string, Group])[] {
    return [...labelsOf(lowering.evaluated.root, head)];
}
