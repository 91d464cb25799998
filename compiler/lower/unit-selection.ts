// What a recipe builds of its workspace.
import type { FeatureFlags } from '../cargo/requested-features.ts';
import type { TargetChoice } from '../cargo/roots.ts';
import type { Selection } from '../cargo/unit-graph.ts';
import { boolOf, type Evaluated, listOf, textOf } from '../value.ts';
import { wantsLibraries } from './libraries.ts';

export function unitSelection(evaluated: Evaluated): {
    readonly selection: Selection;
    readonly features: FeatureFlags;
} {
    const { root } = evaluated;
    const name = textOf(root, 'package');
    const bins = listOf(root, 'bins');
    return {
        selection: {
            intent: 'build',
            packages: name === undefined ? undefined : [name],
            targets: bins.length === 0 ? undefined : chosenTargets(bins, wantsLibraries(evaluated)),
        },
        features: {
            features: listOf(root, 'features'),
            all: false,
            defaults: boolOf(root, 'default-features') !== false,
        },
    };
}

function chosenTargets(programs: readonly string[], library: boolean): TargetChoice {
    return { library, programs, examples: [], tests: [], benchmarks: [] };
}
