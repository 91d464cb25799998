// Features that were asked for and that their package does not have. Cargo finds no solution then; without this, the
// feature would silently be on and do nothing.
import type { FeatureReason, ResolvedFeatures } from './features.ts';
import { describePackage } from './graph-problems.ts';
import { manifestPath } from './manifest-file.ts';
import type { CargoProblem } from './problem.ts';

export function unknownFeatures(features: ResolvedFeatures): readonly CargoProblem[] {
    const problems = new Map<string, CargoProblem>();
    for (const { package: node, features: active } of features.entries()) {
        for (const [feature, reason] of active) {
            const { id, features: known } = node.package;
            const key = `${describePackage(id)} ${feature}`;
            if (!known.has(feature) && !problems.has(key)) {
                problems.set(key, unknownFeature(describePackage(id), feature, reason));
            }
        }
    }
    return [...problems.values()];
}

function unknownFeature(owner: string, feature: string, reason: FeatureReason): CargoProblem {
    const message = `\`${owner}\` has no feature \`${feature}\``;
    if (reason.by === 'request') {
        return { code: 'cargo/unknown-feature', message, help: `take \`${feature}\` out of the features asked for` };
    }
    const { id, root } = reason.package.package;
    const by = reason.by === 'feature' ? `its feature \`${reason.feature}\`` : `its dependency \`${reason.name}\``;
    return {
        code: 'cargo/unknown-feature',
        message: `${message}, which ${by} asks for`,
        package: describePackage(id),
        file: manifestPath(root),
        help: 'ask for a feature that the locked version has, or lock a version that has this one',
    };
}
