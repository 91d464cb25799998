// Why two units of one crate are not the same action: what they say themselves, or else which of the crates below them
// differ. Names that follow from these (hashes, and the files called after them) are no reasons of their own.
import { compareBytes } from '../plan/bytes.ts';
import { splitRef, treesOf } from '../plan/graph.ts';
import { environmentHash } from '../plan/identity.ts';
import { own } from '../plan/own.ts';
import type { Plan, RunAction } from '../plan/plan.ts';

/** One kind of reason with what differs: words that only one of them has, names of variables, ids of what lies below. */
export interface UnitReason {
    readonly kind:
        | 'version'
        | 'features'
        | 'flags'
        | 'variables'
        | 'sources'
        | 'tools'
        | 'limits'
        | 'dependencies'
        | 'salt';
    readonly details: readonly string[];
}

interface UnitOf {
    readonly side: { readonly plan: Plan; readonly keys: ReadonlyMap<string, string> };
    readonly id: string;
}

export function unitReasons(before: UnitOf, after: UnitOf): readonly UnitReason[] {
    const [one, other] = [runOf(before), runOf(after)];
    if (one === undefined || other === undefined) return [];
    const versions = [one.env['CARGO_PKG_VERSION'] ?? '', other.env['CARGO_PKG_VERSION'] ?? ''];
    if (versions[0] !== versions[1]) return [{ kind: 'version', details: versions }];
    const words = difference(wordsOf(one), wordsOf(other));
    const isFeature = (word: string): boolean => word.includes('feature="');
    const variables = difference(variablesOf(one), variablesOf(other)).map((text) => text.slice(2));
    const own: UnitReason[] = [
        { kind: 'features', details: words.filter(isFeature).map(featureName) },
        { kind: 'flags', details: words.filter((word) => !isFeature(word)) },
        { kind: 'variables', details: [...new Set(variables.map((text) => text.split('=')[0] ?? ''))] },
        { kind: 'sources', details: differingTrees(before, after, one, other, isSource) },
        { kind: 'tools', details: differingTools(before.side.plan, after.side.plan, one, other) },
        { kind: 'limits', details: difference(limitsOf(one), limitsOf(other)) },
    ];
    const found = own.filter(({ details }) => details.length > 0);
    if (found.length > 0) return found;
    const below = differingTrees(before, after, one, other, (id) => !isSource(id));
    return [below.length > 0 ? { kind: 'dependencies', details: below } : { kind: 'salt', details: [] }];
}

function runOf({ side, id }: UnitOf): RunAction | undefined {
    const action = own(side.plan.actions, id);
    return action?.kind === 'run' ? action : undefined;
}

/** `- WORD` and `+ WORD` for what only one of them has. */
function difference(one: readonly string[], other: readonly string[]): readonly string[] {
    const [left, right] = [new Set(one), new Set(other)];
    return [
        ...[...left].filter((word) => !right.has(word)).map((word) => `- ${word}`),
        ...[...right].filter((word) => !left.has(word)).map((word) => `+ ${word}`),
    ];
}

/** Words of the commands with `-C` and its like joined to what follows, and hashes taken away. */
function wordsOf({ commands }: RunAction): readonly string[] {
    const words = commands.flatMap((command) =>
        'argv' in command ? command.argv : command.script.split('\n').flatMap((line) => line.split(/ (?=')| /)),
    );
    return words.flatMap((word, index) => {
        const before = words[index - 1];
        if (word.startsWith('@') || before === '--extern' || /^(?:metadata|extra-filename)=/.test(word)) return [];
        if (['-C', '--cfg', '-L', '--extern'].includes(word)) return [];
        return [`${before === '-C' || before === '--cfg' ? `${before} ` : ''}${withoutHash(word)}`];
    });
}

function withoutHash(text: string): string {
    return text.replaceAll(/-[0-9a-f]{16}\b/g, '');
}

function featureName(word: string): string {
    return word.replace(/^(..).*feature="([^"]*)".*$/, '$1$2');
}

function variablesOf({ env }: RunAction): readonly string[] {
    return Object.entries(env).map(([name, value]) => `${name}=${withoutHash(value)}`);
}

function limitsOf({ limits, identity }: RunAction): readonly string[] {
    const { timeoutSeconds, memoryBytes } = limits;
    return [
        `timeout ${timeoutSeconds} s`,
        ...(memoryBytes === undefined ? [] : [`memory ${memoryBytes}`]),
        ...(identity === undefined ? [] : ['keys without hashes of sources']),
    ];
}

function differingTools(before: Plan, after: Plan, one: RunAction, other: RunAction): readonly string[] {
    const [left, right] = [own(before.environments, one.environment), own(after.environments, other.environment)];
    if (left === undefined || right === undefined || environmentHash(left) === environmentHash(right)) return [];
    const names = [...new Set([...Object.keys(left.tools), ...Object.keys(right.tools)])].sort(compareBytes);
    return names.filter((name) => own(left.tools, name)?.digest !== own(right.tools, name)?.digest);
}

/** Ids of what is below the one and not below the other, looking through trees that only put others together. */
function differingTrees(
    before: UnitOf,
    after: UnitOf,
    one: RunAction,
    other: RunAction,
    isWanted: (id: string) => boolean,
): readonly string[] {
    const [left, right] = [below(before.side, one), below(after.side, other)];
    const only = (mine: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): readonly string[] => {
        const keys = new Set(theirs.values());
        return [...mine].filter(([id, key]) => isWanted(id) && !keys.has(key)).map(([id]) => id);
    };
    return [...new Set([...only(left, right), ...only(right, left)])].sort(compareBytes);
}

function isSource(id: string): boolean {
    return !id.startsWith('unit.');
}

function below({ plan, keys }: UnitOf['side'], action: RunAction): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const seen = new Set<string>();
    const waiting = treesOf(action).map(({ tree }) => splitRef(tree).action);
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        if (seen.has(id)) continue;
        seen.add(id);
        const made = own(plan.actions, id);
        if (made?.kind === 'compose') waiting.push(...treesOf(made).map(({ tree }) => splitRef(tree).action));
        else found.set(id, keys.get(id) ?? '');
    }
    return found;
}
