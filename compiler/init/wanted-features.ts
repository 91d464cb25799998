// Features that a program needs before there is anything to build: those that all of the package's programs ask for.
import type { Package } from '../cargo/package.ts';
import { programsOf } from './chosen-package.ts';

/** Empty when a program can be built with what is on by default. */
export function wantedFeatures(owner: Package): readonly string[] {
    const needed = programsOf(owner).map(({ requiredFeatures = [] }) => requiredFeatures);
    const on = defaultFeatures(owner);
    if (needed.some((features) => features.every((feature) => on.has(feature)))) return [];
    return needed[0]?.filter((feature) => !on.has(feature)) ?? [];
}

function defaultFeatures({ features }: Package): ReadonlySet<string> {
    const on = new Set<string>();
    const waiting = ['default'];
    for (let feature = waiting.pop(); feature !== undefined; feature = waiting.pop()) {
        if (on.has(feature)) continue;
        on.add(feature);
        waiting.push(...(features.get(feature) ?? []));
    }
    return on;
}
