// Units while the graph is being made: which of two visits mean the same unit, and what was decided only for a while.
import { crateName, libraryOf, type Package, packageKey, type Target } from './package.ts';
import type { DraftProfile } from './profile.ts';
import type { UnitMode } from './unit.ts';

/** As if `--target HOST` had always been given; `host` is what runs while building. */
export type Kind = 'host' | 'target';

/** What a visit brings along and the unit does not keep. (Cargo's `UnitFor`.) */
export interface UnitFor {
    readonly isHost: boolean;
    readonly hostFeatures: boolean;
    readonly alwaysUnwinds: boolean;
}

export interface Draft {
    readonly key: string;
    readonly package: Package;
    readonly target: Target;
    readonly profile: DraftProfile;
    readonly kind: Kind;
    readonly mode: UnitMode;
    readonly features: readonly string[];
}

export interface DraftEdge {
    readonly to: Draft;
    readonly unitFor: UnitFor;
    readonly externName: string;
}

/** Drafts by key, each with its dependencies. */
export type DraftGraph = Map<string, { readonly draft: Draft; readonly edges: DraftEdge[] }>;

export function makeDraft(parts: Omit<Draft, 'key'>): Draft {
    return { ...parts, key: draftKey(parts) };
}

/** Two profiles that differ only in what is still open are the same here, as in Cargo. */
export function draftKey({ package: owner, target, profile, kind, mode, features }: Omit<Draft, 'key'>): string {
    const targetIndex = owner.targets.indexOf(target);
    return [packageKey(owner.id), targetIndex, kind, mode, profileKey(profile), features.join(',')].join('|');
}

export function profileKey(profile: DraftProfile): string {
    const { name, root, optLevel, lto, codegenUnits, debuginfo, splitDebuginfo, debugAssertions } = profile;
    const { overflowChecks, rpath, incremental, panic, strip } = profile;
    const first = [name, root, optLevel, lto, codegenUnits, debuginfo, splitDebuginfo, debugAssertions];
    return [...first, overflowChecks, rpath, incremental, panic, strip].join(' ');
}

export function isForHost({ kind }: Target): boolean {
    return kind === 'proc-macro' || kind === 'custom-build';
}

/** The kind of a dependency: what runs in the compiler is built for the build machine, and so is all below it. */
export function kindFor(parent: Kind, target: Target): Kind {
    return isForHost(target) ? 'host' : parent;
}

/** The context of a dependency. (Cargo's `UnitFor::with_dependency`.) */
export function contextFor(context: UnitFor, parent: Target, dependency: Target): UnitFor {
    const runsOnHost = isForHost(dependency);
    return {
        isHost: context.isHost || runsOnHost,
        hostFeatures: context.hostFeatures || parent.kind === 'custom-build' || dependency.kind === 'proc-macro',
        alwaysUnwinds: context.alwaysUnwinds || runsOnHost,
    };
}

/** The name under which code refers to a dependency: what it is renamed to, else its library's own. */
export function externNameOf(dependency: Package, renamed: string | undefined): string {
    const library = libraryOf(dependency);
    return renamed?.replaceAll('-', '_') ?? (library === undefined ? '' : crateName(library));
}
