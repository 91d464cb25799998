// What the pure compiler must be told before it can lower a recipe. The caller finds it out (network, probes, disk),
// keeps what everybody shares in `rpkg.lock`, and hands it back as `PlanFacts`.
import type { Place } from '../../lang/source.ts';
import type { FolderView } from '../cargo/folder-view.ts';
import type { DecidedLock } from '../cargo/decide-lock.ts';
import type { LockedPackage } from '../cargo/lock-file.ts';
import type { PackageId } from '../cargo/package.ts';
import type { UnitAsk } from '../cargo/decide-lock.ts';
import type { HostTool, Source } from '../plan/plan.ts';

/** A source as the recipe states it: trees of local folders and commits are not known yet. */
export type WantedSource = Exclude<Source, { type: 'local' | 'git' | 'debian' | 'image' }> | Unpinned;

type Unpinned =
    | { readonly type: 'local'; readonly path: string; readonly exclude: readonly string[] }
    | { readonly type: 'git'; readonly url: string; readonly commit: string };

export interface SourceNeed {
    /** The label of the `source` block, or `vendor` for a folder of crates. */
    readonly id: string;
    readonly source: WantedSource;
    readonly place: Place;
}

/** A file of a source that decides what the plan looks like. */
export interface TextNeed {
    readonly source: string;
    readonly path: string;
    readonly place: Place;
}

/** A root file system, by the name of the recipe that describes it. */
export type EnvironmentNeed = { readonly name: string /** As Debian names it. */; readonly architecture: string } & (
    | PackagesNeed
    | ImageNeed
);

export interface ImageNeed {
    readonly type: 'image';
    readonly path?: string;
    readonly urls: readonly string[];
    readonly hash: string;
}

/** What it is made of. */
export interface PackagesNeed {
    readonly type: 'debian';
    readonly suite: string;
    readonly pockets: readonly string[];
    readonly components: readonly string[];
    readonly packages: readonly string[];
}

export interface Needs {
    readonly tools: readonly string[];
    /** Absent for the host's. */
    readonly environment?: EnvironmentNeed;
    readonly sources: readonly SourceNeed[];
    readonly texts: readonly TextNeed[];
    /** Labels of sources that planning looks into where they are at hand; without them it goes on. */
    readonly views?: readonly string[];
    /** Labels of sources that only other targets need: pins of them stay. */
    readonly idle: readonly string[];
    /** Present when the recipe is built without Cargo: manifests have to be read then. */
    readonly cargo?: CargoNeed;
    /** Of the recipes that this one is made of, each with surroundings of its own. */
    readonly parts?: readonly { readonly name: string; readonly needs: Needs }[];
}

/** The needs of a recipe and of all its parts. */
export function allNeeds(needs: Needs): readonly Needs[] {
    return [needs, ...(needs.parts ?? []).flatMap((part) => allNeeds(part.needs))];
}

/** What has to be looked at of a Cargo workspace. */
export interface CargoNeed {
    /** The lock file in the main source. */
    readonly lock: string;
    readonly from: 'crates' | 'directory' | 'bundled';
    /** The folder of crates: the user's for `directory`, relative to the main source for `bundled`. */
    readonly path: string | undefined;
    readonly host: string;
    readonly target: string;
    /** What the recipe says of the target's standard library: `toolchain`, or the label of a source. */
    readonly std: string | undefined;
    /** Flags of either side: `--cfg` and `-C target-feature` decide which dependency tables count. */
    readonly flags: { readonly host: readonly string[]; readonly target: readonly string[] };
    readonly policy: LockPolicy;
    /** Crates that the policy `patch` leaves open. */
    readonly unlock: readonly string[];
    /** Crates that a source of the recipe stands in for. */
    readonly replacements: readonly { readonly name: string; readonly source: string }[];
    /** Features that the recipe turns on for a crate. */
    readonly extraFeatures: (id: PackageId) => readonly string[];
    /** What is built of the workspace, which decides what is needed. */
    readonly asks: readonly UnitAsk[];
    readonly place: Place;
}

/** What a lock file has to say. */
export type LockPolicy = 'require' | 'patch' | 'resolve';

export interface CargoFacts {
    /** Sources at the places where actions see them. */
    readonly view: FolderView;
    /** Where the sources of a locked package lie in the view; undefined when they are not there. */
    readonly crateFolder: (id: PackageId) => string | undefined;
    /** Folder in the view → where that crate comes from. */
    readonly crates: ReadonlyMap<string, Source>;
    /** What the sources of the recipe have that stand in for crates. */
    readonly replaced: readonly { readonly name: string; readonly version: string }[];
    /** Of the lock file, where it was read before; nobody reads it twice. */
    readonly lock?: readonly LockedPackage[] | undefined;
    /** What was decided in place of the lock file; undefined where it has its say. */
    readonly decided: DecidedLock | undefined;
    /** Where `lib/rustlib` lies in what `std` names; undefined when it holds no library for the target. */
    readonly stdFolder: string | undefined;
    /** Lines of `rustc --print cfg`. */
    readonly hostCfg: readonly string[];
    readonly targetCfg: readonly string[];
}

/** A root file system: where it comes from, and the digest of its tree. */
export interface EnvironmentFacts {
    readonly source: Source;
    readonly digest: string;
}

export interface PlanFacts {
    /** There when `Needs.environment` is. */
    readonly environment?: EnvironmentFacts;
    /** Identity of each needed tool. */
    readonly tools: Readonly<Record<string, HostTool>>;
    /** Source id → tree digest, for local folders and commits. */
    readonly trees: ReadonlyMap<string, string>;
    /** `SOURCE/PATH` → text; absent when the source has no such file. */
    readonly texts: ReadonlyMap<string, string>;
    /** Source id → what it holds, below `viewRoot`; for those of `Needs.views` that are at hand. */
    readonly views?: ReadonlyMap<string, FolderView>;
    /** There when `Needs.cargo` is. */
    readonly cargo?: CargoFacts;
    /** By name, for `Needs.parts`. */
    readonly parts?: ReadonlyMap<string, PlanFacts>;
}

/** Where the root of a source is in `PlanFacts.views`. */
export const viewRoot = '/source';

/** Key of `PlanFacts.texts`. */
export function textKey(source: string, path: string): string {
    return `${source}/${path}`;
}
