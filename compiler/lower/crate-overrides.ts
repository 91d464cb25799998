// `crate NAME { … }` blocks → what they change for the units of the packages they match. A block that matches nothing is
// an error: silence would hide a crate that was renamed or is gone.
import type { Package, PackageId } from '../cargo/package.ts';
import { matches, parseRequirement, type Requirement } from '../cargo/requirement.ts';
import type { UnitGraph } from '../cargo/unit.ts';
import { parseVersion } from '../cargo/version.ts';
import { boolOf, type Evaluated, type Group, labelsOf, listOf, textOf } from '../value.ts';
import { blocks, type Lowering, mapOf } from './context.ts';
import { badRequirement, forbiddenCrate, noSystemLibrary, unmatchedCrate } from './errors.ts';

/** What applies to one package: all matching blocks together. */
export interface CrateOverride {
    /** Labels of the blocks, for provenance. */
    readonly labels: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly rustflags: readonly string[];
    readonly linkArgs: readonly string[];
    /** pkg-config modules with their conditions. */
    readonly systemLibraries: readonly string[];
    readonly script: 'run' | 'skip' | 'directives';
    readonly directives: readonly string[];
    readonly isWritable: boolean;
    /** Its units see the folders of other members, too. */
    readonly seesWorkspace: boolean;
    /** `SOURCE/FILE`. */
    readonly patches: readonly string[];
    readonly inputs: readonly string[];
}

export type CrateOverrides = (which: Package) => CrateOverride | undefined;

interface Block {
    readonly label: string;
    readonly group: Group;
    readonly requirement: Requirement | undefined;
}

/** Reads the blocks; problems with them go to the diagnostics. */
export function crateOverrides(lowering: Lowering, graph: UnitGraph): CrateOverrides {
    const all = readBlocks(lowering);
    const memo = new Map<Package, CrateOverride | undefined>();
    const overrideOf = (which: Package): CrateOverride | undefined => {
        if (!memo.has(which)) memo.set(which, combined(all.filter((block) => isMeant(block, which.id))));
        return memo.get(which);
    };
    const packages = new Set(graph.units.map((unit) => unit.package));
    for (const block of all) checkBlock(lowering, block, packages);
    return overrideOf;
}

/** Features that blocks turn on, by what they match. Needed before there is a graph. */
export function extraFeatures(evaluated: Evaluated): (id: PackageId) => readonly string[] {
    const all = readBlocks({ evaluated, diagnostics: [] });
    return (id) => all.filter((block) => isMeant(block, id)).flatMap(({ group }) => listOf(group, 'features'));
}

/** Programs that `crate` blocks use. */
export function crateTools({ root }: Evaluated): readonly string[] {
    const groups = [...labelsOf(root, 'crate').values()];
    const has = (name: string): boolean => groups.some((group) => listOf(group, name).length > 0);
    return [...(has('system-library') ? ['pkg-config'] : []), ...(has('patches') ? ['patch'] : [])];
}

function readBlocks(lowering: Pick<Lowering, 'evaluated' | 'diagnostics'>): readonly Block[] {
    return blocks(lowering, 'crate').flatMap(([label, group]) => {
        const text = textOf(group, 'version');
        const requirement = text === undefined ? undefined : parseRequirement(text);
        if (text === undefined || requirement !== undefined) return [{ label, group, requirement }];
        const place = group.fields.get('version')?.place;
        if (place !== undefined) lowering.diagnostics.push(badRequirement(label, text, place));
        return [];
    });
}

function isMeant({ label, requirement }: Block, { name, version }: PackageId): boolean {
    if (name !== label) return false;
    const parsed = parseVersion(version);
    return requirement === undefined || (parsed !== undefined && matches(requirement, parsed));
}

function checkBlock(lowering: Lowering, block: Block, packages: ReadonlySet<Package>): void {
    const { label, group } = block;
    const place = group.place ?? group.fields.values().next().value?.place;
    if (place === undefined) return;
    const link = group.fields.get('link');
    if (link?.value === 'system' && listOf(group, 'system-library').length === 0) {
        lowering.diagnostics.push(noSystemLibrary(label, link.place));
    }
    const met = [...packages].filter(({ id }) => isMeant(block, id));
    const isForbidden = textOf(group, 'link') === 'forbid';
    const [first] = met;
    if (first !== undefined && isForbidden) lowering.diagnostics.push(forbiddenCrate(first.id, place));
    if (first === undefined && !isForbidden) {
        const others = [...packages].filter(({ id }) => id.name === label).map(({ id }) => id.version);
        lowering.diagnostics.push(unmatchedCrate(label, others, place));
    }
}

function combined(met: readonly Block[]): CrateOverride | undefined {
    if (met.length === 0) return undefined;
    const groups = met.map(({ group }) => group);
    const all = (name: string): readonly string[] => groups.flatMap((group) => listOf(group, name));
    const scripts = groups.map((group) => textOf(group, 'build-script')).filter((way) => way !== 'run');
    const script = scripts.at(-1);
    return {
        labels: met.map(({ label }) => label),
        env: {
            ...Object.fromEntries(groups.flatMap((group) => Object.entries(mapOf(group, 'env')))),
            ...(groups.some((group) => boolOf(group, 'unstable') === true) ? { RUSTC_BOOTSTRAP: '1' } : {}),
        },
        rustflags: all('rustflags'),
        linkArgs: all('link-args'),
        systemLibraries: all('system-library'),
        script: script === 'skip' || script === 'directives' ? script : 'run',
        directives: all('directives'),
        isWritable: groups.some((group) => boolOf(group, 'writable') === true),
        seesWorkspace: groups.some((group) => boolOf(group, 'workspace') === true),
        patches: all('patches'),
        inputs: all('inputs'),
    };
}
