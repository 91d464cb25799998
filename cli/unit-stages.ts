// What the stages before the units found, as JSON for people and tests.
import type { FeatureReason } from '../compiler/cargo/features.ts';
import type { LockedGraph } from '../compiler/cargo/locked-graph.ts';
import { type Package, packageKey } from '../compiler/cargo/package.ts';
import type { FeaturePlan } from '../compiler/cargo/unit-graph.ts';
import type { Workspace } from '../compiler/cargo/workspace.ts';

export function manifestStage({ locals, ...workspace }: Workspace): unknown {
    const names = (packages: readonly Package[]): readonly string[] => packages.map(({ id }) => packageKey(id));
    return {
        root: workspace.root,
        resolver: workspace.resolver,
        members: names(workspace.members),
        defaultMembers: names(workspace.defaultMembers),
        packages: locals.map((local) => ({ ...local, features: Object.fromEntries(local.features) })),
    };
}

/** Of the packages that features were asked of. */
export function graphStage({ features }: FeaturePlan, graph: LockedGraph): unknown {
    const ids = new Map(features.entries().map(({ package: { package: found } }) => [packageKey(found.id), found.id]));
    return Object.fromEntries(
        [...ids].map(([key, id]) => [
            key,
            graph.edges(id).map(({ to, declarations }) => ({ to: packageKey(to), declarations })),
        ]),
    );
}

export function featureStage({ features }: FeaturePlan): unknown {
    return features.entries().map((entry) => ({
        package: packageKey(entry.package.package.id),
        world: entry.world,
        features: Object.fromEntries([...entry.features].map(([feature, reason]) => [feature, reasonText(reason)])),
        optionalDependencies: entry.optionalDependencies,
    }));
}

function reasonText(reason: FeatureReason): string {
    if (reason.by === 'request') return 'asked for';
    const { name, version } = reason.package.package.id;
    const owner = `${name} ${version}${reason.world === 'host' ? ' (host)' : ''}`;
    return reason.by === 'feature'
        ? `feature \`${reason.feature}\` of ${owner}`
        : `dependency \`${reason.name}\` of ${owner}`;
}
