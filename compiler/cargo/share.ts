// The second pass over the units: brings together what is the same for the build machine and for the product, and
// settles what profiles left open. Without `--target` a unit of both kinds is one unit when all below it is the same.
import type { DraftDependency, DraftUnit, Drafts } from './draft-unit.ts';
import { unitKeys } from './draft-unit.ts';
import type { UnitKind } from './platforms.ts';
import type { DraftProfile } from './profile.ts';

export interface SharedUnit {
    readonly draft: DraftUnit;
    readonly profile: DraftProfile;
    readonly kind: UnitKind;
    readonly dependencies: readonly SharedDependency[];
    /** Order of becoming known: dependencies first. */
    readonly index: number;
}

export interface SharedDependency {
    readonly unit: SharedUnit;
    readonly externName: string;
}

/** `merge` is false when `--target` was given. */
export function shareUnits(
    drafts: Drafts,
    roots: readonly DraftUnit[],
    merge: boolean,
): { readonly units: readonly SharedUnit[]; readonly roots: readonly SharedUnit[] } {
    const done = new Map<DraftUnit, SharedUnit>();
    const byKey = new Map<string, SharedUnit>();
    const units: SharedUnit[] = [];
    const keys = unitKeys();

    const share = (draft: DraftUnit, forHost: boolean): SharedUnit => {
        const known = done.get(draft);
        if (known !== undefined) return known;
        const dependencies = (draft.dependencies ?? []).map(({ unit, unitFor, externName }: DraftDependency) => ({
            unit: share(unit, unitFor.host),
            externName,
        }));
        const kind = merge ? 'host' : draft.kind;
        const profile = settled(draft, dependencies, forHost);
        const key = `${keys({ ...draft, profile, kind })} ${dependencies.map(({ unit }) => unit.index).join(',')}`;
        const equal = byKey.get(key);
        const shared = equal ?? { draft, profile, kind, dependencies, index: units.length };
        if (equal === undefined) {
            byKey.set(key, shared);
            units.push(shared);
        }
        done.set(draft, shared);
        return shared;
    };

    const settled = (draft: DraftUnit, dependencies: readonly SharedDependency[], forHost: boolean): DraftProfile => {
        let { profile } = draft;
        const bare = profile.debuginfo === 0 && dependencies.every(({ unit }) => unit.profile.debuginfo === 0);
        // The standard library comes with debug information, which nobody asked for then.
        if (profile.stripIsOpen && bare) profile = { ...profile, strip: 'debuginfo', stripIsOpen: false };
        if (!forHost || !merge || !profile.debuginfoIsDeferred) return profile;
        // What only the build machine needs can do without; what the product needs too is built once, with.
        const finalized = { ...profile, debuginfoIsDeferred: false };
        const twin = drafts.find({ ...draft, profile: finalized, kind: 'target' });
        const isShared = twin?.dependencies !== undefined;
        return isShared ? finalized : { ...finalized, debuginfo: 0 };
    };

    return { roots: roots.map((root) => share(root, false)), units };
}
