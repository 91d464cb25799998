// What a recipe asks of its workspace: what is built, and the package's own tests.
import type { UnitAsk } from '../cargo/decide-lock.ts';
import type { FeatureFlags } from '../cargo/requested-features.ts';
import type { TargetChoice } from '../cargo/roots.ts';
import type { Selection } from '../cargo/unit-graph.ts';
import { boolOf, type Evaluated, labelsOf, listOf, textOf } from '../value.ts';
import { wantsLibraries } from './libraries.ts';
import { testSelection } from './test-selection.ts';

export function buildSelection(evaluated: Evaluated): Selection {
    const { root } = evaluated;
    const name = textOf(root, 'package');
    const [bins, examples] = [listOf(root, 'bins'), listOf(root, 'examples')];
    return {
        intent: 'build',
        packages: name === undefined ? undefined : [name],
        targets:
            bins.length + examples.length === 0 ? undefined : chosenTargets(bins, examples, wantsLibraries(evaluated)),
    };
}

function chosenTargets(programs: readonly string[], examples: readonly string[], library: boolean): TargetChoice {
    return {
        library,
        // All programs when only examples are named.
        programs: programs.length === 0 ? 'all' : programs,
        examples,
        tests: [],
        benchmarks: [],
    };
}

/** `more` beside the features of the recipe. */
export function featureFlags({ root }: Evaluated, more: readonly string[]): FeatureFlags {
    return {
        features: [...listOf(root, 'features'), ...more],
        all: false,
        defaults: boolOf(root, 'default-features') !== false,
    };
}

/** Everything that a `cargo-test` block or the recipe itself asks for. */
export function unitAsks(evaluated: Evaluated): readonly UnitAsk[] {
    const { root } = evaluated;
    const tests = [...labelsOf(root, 'cargo-test').values()].map((group) => ({
        selection: testSelection(group, textOf(root, 'package')),
        features: featureFlags(evaluated, listOf(group, 'features')),
    }));
    return [{ selection: buildSelection(evaluated), features: featureFlags(evaluated, []) }, ...tests];
}
