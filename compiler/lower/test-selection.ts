// A `cargo-test` block → what is asked of the planner of units.
import type { TargetChoice } from '../cargo/roots.ts';
import type { Selection } from '../cargo/unit-graph.ts';
import { boolOf, type Group, listOf } from '../value.ts';

/** The library's documentation tests are no programs, so they are left out later. */
export function testSelection(group: Group, recipePackage: string | undefined): Selection {
    const packages = listOf(group, 'packages');
    const usual = recipePackage === undefined ? undefined : [recipePackage];
    return { intent: 'test', packages: packages.length === 0 ? usual : packages, targets: targetsOf(group) };
}

/** Undefined when nothing is chosen. */
function targetsOf(group: Group): TargetChoice | undefined {
    const library = boolOf(group, 'library');
    const [programs, tests, examples, benchmarks] = ['bins', 'tests', 'examples', 'benches'].map((name) =>
        listOf(group, name),
    );
    const chosen = {
        programs: programs ?? [],
        tests: tests ?? [],
        examples: examples ?? [],
        benchmarks: benchmarks ?? [],
    };
    const isChosen = library === true || Object.values(chosen).some((names) => names.length > 0);
    return isChosen ? { library: library === true, ...chosen } : undefined;
}
