// The last pass over the graph: without `--target`, what is the same for the build machine and the target becomes one
// unit; and what nobody set in profiles is decided. (Cargo 1.95, `ops/cargo_compile/mod.rs`, `traverse_and_share`.)
import { createHash } from 'node:crypto';
import { type Draft, draftKey, type DraftGraph, profileKey } from './unit-draft.ts';
import type { DraftProfile } from './profile.ts';
import { packageKey } from './package.ts';

export interface SharedUnit {
    readonly draft: Draft;
    /** Undefined for the build machine. */
    readonly platform: string | undefined;
    readonly profile: DraftProfile;
    readonly dependencies: readonly { readonly unit: number; readonly externName: string }[];
}

export interface ShareOptions {
    /** The triple of `--target`; undefined when the build machine is the target, and units may be shared. */
    readonly target: string | undefined;
}

export function shareUnits(
    drafts: DraftGraph,
    roots: readonly Draft[],
    options: ShareOptions,
): { readonly units: readonly SharedUnit[]; readonly roots: readonly number[] } {
    const units: SharedUnit[] = [];
    const byIdentity = new Map<string, number>();
    const memo = new Map<string, number>();
    const identities: string[] = [];
    const share = (draft: Draft, isForHost: boolean): number => {
        const known = memo.get(draft.key);
        if (known !== undefined) return known;
        const edges = drafts.get(draft.key)?.edges ?? [];
        const dependencies = edges.map(({ to, unitFor, externName }) => ({
            unit: share(to, unitFor.isHost),
            externName,
        }));
        const below = dependencies.map(({ unit }) => units[unit]).filter((unit) => unit !== undefined);
        const profile = decided(drafts, draft, { isForHost, below, isSharing: options.target === undefined });
        const platform = draft.kind === 'host' ? undefined : options.target;
        const parts = dependencies.map(({ unit }) => identities[unit] ?? '');
        const dependencyHash = createHash('sha256').update(parts.join('\n')).digest('hex');
        const { package: owner, target, mode, features } = draft;
        const identity = [
            packageKey(owner.id),
            owner.targets.indexOf(target),
            platform ?? 'host',
            mode,
            profileKey(profile),
            features.join(','),
            dependencyHash,
        ].join('|');
        const same = byIdentity.get(identity);
        const index = same ?? units.push({ draft, platform, profile, dependencies }) - 1;
        byIdentity.set(identity, index);
        identities[index] = identity;
        memo.set(draft.key, index);
        return index;
    };
    const rootIndices = roots.map((root) => share(root, false));
    return { units, roots: [...new Set(rootIndices)] };
}

interface Surroundings {
    readonly isForHost: boolean;
    readonly below: readonly SharedUnit[];
    readonly isSharing: boolean;
}

/** The profile with nothing left open. */
function decided(drafts: DraftGraph, draft: Draft, { isForHost, below, isSharing }: Surroundings): DraftProfile {
    let { profile } = draft;
    const hasNoDebug = profile.debuginfo === 0 && below.every((unit) => unit.profile.debuginfo === 0);
    // What the standard library brings is of no use then.
    if (profile.stripIsOpen && hasNoDebug) profile = { ...profile, strip: 'debuginfo', stripIsOpen: false };
    if (isForHost && isSharing && profile.debugIsOpen) {
        const twin = draftKey({ ...draft, profile, kind: 'target' });
        // A unit that runs anyway in the target's form is taken as it is.
        if (!drafts.has(twin)) profile = { ...profile, debuginfo: 0 };
    }
    return { ...profile, debugIsOpen: false };
}
