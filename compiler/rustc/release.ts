// Which release of Rust is meant, and whose bootstrap stands for it in the tables.
import { compareVersions } from '../versions.ts';
import { oldestMinor } from './point-releases.ts';
import schemaTable from './schema-table.json' with { type: 'json' };

/** A release that the tables can speak of. */
export interface Release {
    /** `1.85.1` */
    readonly version: string;
    readonly minor: number;
    readonly patch: number;
    /**
     * `read`: the bootstrap of this minor release was read. `between`: only those before and after it were, so what they
     * differ in is not certain. `newer`, `older`: no table knows it, the newest or oldest one stands for it.
     */
    readonly known: 'read' | 'between' | 'newer' | 'older';
    /** The samples that stand for it: one, or for `between` the one before and the one after. */
    readonly samples: readonly string[];
    /** To be told to the user when the tables do not know the release itself. */
    readonly note?: string;
}

/** Releases whose bootstrap was read, oldest first. */
export const sampledReleases: readonly string[] = Object.keys(schemaTable.samples).sort(compareVersions);

export interface NumberedVersion {
    readonly minor: number;
    readonly patch: number;
}

/** Numbers of `1.85`, `1.85.1`, `1.85.1-nightly` or `1.85.1+dfsg1`; the patch counts as 0 when it is left away. */
export function versionNumbers(version: string): NumberedVersion | undefined {
    const match = /^1\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+~].*)?$/.exec(version);
    return match === null ? undefined : { minor: Number(match[1]), patch: Number(match[2] ?? 0) };
}

/** The release of a version that a chain can have as a link, 1.55 or later; undefined for older ones, and for what is no version of Rust. */
export function releaseOf(version: string): Release | undefined {
    const numbers = versionNumbers(version);
    if (numbers === undefined || numbers.minor <= oldestMinor) return undefined;
    return { version: plainVersion(numbers), ...numbers, ...samplesFor(numbers.minor) };
}

function samplesFor(minor: number): Pick<Release, 'known' | 'samples' | 'note'> {
    const own = sampledReleases.find((sample) => minorOf(sample) === minor);
    if (own !== undefined) return { known: 'read', samples: [own] };
    const before = sampledReleases.findLast((sample) => minorOf(sample) < minor) ?? '';
    const after = sampledReleases.find((sample) => minorOf(sample) > minor);
    if (before === '')
        return {
            known: 'older',
            samples: [after ?? ''],
            note: `1.${String(minor)} is older than what rpkg knows: the rules of ${after ?? ''} are used for it`,
        };
    if (after === undefined)
        return {
            known: 'newer',
            samples: [before],
            note: `1.${String(minor)} is newer than what rpkg knows: the rules of ${before} are used for it`,
        };
    return {
        known: 'between',
        samples: [before, after],
        note: `the bootstrap of 1.${String(minor)} was not read: where ${before} and ${after} differ, rpkg cannot tell`,
    };
}

/** Always with three numbers. */
export function plainVersion({ minor, patch }: NumberedVersion): string {
    return `1.${String(minor)}.${String(patch)}`;
}

function minorOf(version: string): number {
    return versionNumbers(version)?.minor ?? 0;
}

/** Whether a release is at least of a minor version: `isFrom(release, '1.87')`. */
export function isFrom(release: NumberedVersion, version: string): boolean {
    const least = versionNumbers(version);
    if (least === undefined) return false;
    return release.minor > least.minor || (release.minor === least.minor && release.patch >= least.patch);
}
