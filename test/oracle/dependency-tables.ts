// Dependency tables of made-up packages: what a package uses, how each is written, and in which tables.
import { type Family, pathFrom, type Surroundings, type Table, tableAt } from './crate-family.ts';
import { platformCondition } from './platform-conditions.ts';
import type { Random } from './random.ts';

/** A dependency on one family: the same key and source in every table it is written to. */
export interface Use {
    readonly key: string;
    readonly family: Family;
    readonly source: Table;
    readonly inherited: Table | undefined;
}

/** What members may inherit. */
export function chooseInheritable({ random, inheritable }: Surroundings, registry: readonly Family[]): void {
    for (const one of random.some(registry, 0.5)) {
        const renamed = random.chance(0.2);
        const key = renamed ? `ws-${one.name}` : one.name;
        const entry: Table = { ...requirement(random, one), ...(renamed ? { package: one.name } : {}) };
        if (random.chance(0.3)) entry['default-features'] = false;
        Object.assign(entry, featuresFor(random, one, 0.3));
        inheritable.set(one.name, { key, entry });
    }
}

/** `version = …`, for one of the versions that there are. */
function requirement(random: Random, { crates }: Family): Table {
    const { version } = random.pick(crates);
    const plain = version.replace(/\+.*$/, '');
    if (plain.includes('-')) return { version: random.pick([plain, `=${plain}`, `^${plain}`]) };
    // One version for all of the graph: what excludes the other one would make many workspaces impossible.
    const open = sharesCompatibility(crates) && !random.chance(0.02);
    const short = plain.startsWith('0.0') ? plain : plain.split('.').slice(0, 2).join('.');
    const choices = [short, `^${short}`, `>=${short}`, `>= ${short}, <9`];
    if (!open) choices.push(plain, `~${plain}`, `${short}.*`);
    if (random.chance(0.05)) return { version: random.pick(open ? ['*'] : [`=${plain}`, '*']) };
    const choice = random.pick(choices);
    return { version: plain.startsWith('0.0') && choice.endsWith('.*') ? plain : choice };
}

export function featuresFor(random: Random, { features }: Pick<Family, 'features'>, probability = 0.4): Table {
    const chosen = random.some(features, probability);
    if (chosen.length > 0 || random.chance(0.05)) return { features: chosen };
    return {};
}

export function chooseUses(
    { random, inheritable }: Surroundings,
    below: readonly Family[],
    { folder, inherits }: { readonly folder: string; readonly inherits: boolean },
): Use[] {
    return below
        .filter(({ crates: [crate] }) => random.chance(crate?.place === 'registry' ? 0.45 : 0.6))
        .flatMap((one): Use[] => {
            const known = inherits && random.chance(0.6) ? inheritable.get(one.name) : undefined;
            if (known !== undefined)
                return [{ key: known.key, family: one, source: { workspace: true }, inherited: known.entry }];
            const renamed = random.chance(0.15);
            const key = renamed ? random.pick([`${one.name}_again`, `my-${one.name}`]) : one.name;
            const packageField: Table = renamed ? { package: one.name } : {};
            const first: Use = {
                key,
                family: one,
                source: { ...sourceOf(random, one, folder), ...packageField },
                inherited: undefined,
            };
            return random.chance(0.15) ? [...allVersions(one), ...onlyWhenAlone(first)] : [first];
        });
}

/** Every version of a crate under a name of its own. */
function allVersions(one: Family): Use[] {
    if (one.crates.length < 2 || sharesCompatibility(one.crates)) return [];
    return one.crates.map(({ version }, index) => ({
        key: index === 0 ? one.name : `${one.name}-v${index}`,
        family: one,
        source: { version, ...(index === 0 ? {} : { package: one.name }) },
        inherited: undefined,
    }));
}

function onlyWhenAlone(use: Use): Use[] {
    const { crates } = use.family;
    return crates.length < 2 || sharesCompatibility(crates) ? [use] : [];
}

function sourceOf(random: Random, one: Family, folder: string): Table {
    const [local] = one.crates;
    if (local === undefined || local.place === 'registry') return requirement(random, one);
    const version = random.chance(0.2) ? { version: local.version.replace(/\+.*$/, '') } : {};
    return { path: pathFrom(folder, one), ...version };
}

/** How the manifest's edition lets tables be spelled. */
interface Spelling {
    readonly edition: string;
    readonly dash: string;
}

/** Writes each use to one or more tables; tells which are optional. */
export function writeDependencies(
    random: Random,
    manifest: Table,
    uses: readonly Use[],
    { edition, dash }: Spelling,
): ReadonlyMap<Use, 'optional' | 'always'> {
    const kinds = new Map<Use, 'optional' | 'always'>();
    for (const use of uses) {
        const sections = [random.pick(['dependencies', 'dependencies', 'dependencies', 'build-dependencies'])];
        if (random.chance(0.25)) sections.push(random.pick(['dependencies', 'build-dependencies']));
        for (const section of sections) {
            const optional = random.chance(0.35);
            const platform = random.chance(0.25) ? platformCondition(random) : undefined;
            const keys = [...(platform === undefined ? [] : ['target', platform]), section.replace('-', dash)];
            const table = tableAt(manifest, keys);
            if (use.key in table) continue;
            table[use.key] = entryOf(random, use, optional, edition);
            if (optional) kinds.set(use, 'optional');
            else if (!kinds.has(use)) kinds.set(use, 'always');
        }
    }
    return kinds;
}

function entryOf(random: Random, use: Use, optional: boolean, edition: string): Table | string {
    const entry: Table = { ...use.source, ...featuresFor(random, use.family, 0.3) };
    const allowsOff = use.inherited === undefined;
    const off = allowsOff ? random.chance(0.3) : false;
    if (off) entry[edition !== '2024' && random.chance(0.15) ? 'default_features' : 'default-features'] = false;
    else if (use.inherited?.['default-features'] === false && random.chance(0.3)) entry['default-features'] = true;
    if (optional) entry['optional'] = true;
    const { version } = entry;
    return Object.keys(entry).length === 1 && typeof version === 'string' && random.chance(0.7) ? version : entry;
}

export function writeDevDependencies(
    random: Random,
    manifest: Table,
    uses: readonly Use[],
    { folder, devs, edition, dash }: Spelling & { readonly folder: string; readonly devs: readonly Family[] },
): void {
    const platform = random.chance(0.2) ? ['target', platformCondition(random)] : [];
    const keys = [...platform, `dev${dash}dependencies`];
    for (const use of random.some(uses, 0.25)) tableAt(manifest, keys)[use.key] = entryOf(random, use, false, edition);
    for (const one of random.some(devs, 0.15)) {
        if (!one.linkable || mentions(manifest, one.name)) continue;
        const use = { key: one.name, family: one, source: sourceOf(random, one, folder), inherited: undefined };
        tableAt(manifest, keys)[one.name] = entryOf(random, use, false, edition);
    }
}

/** Whether any dependency table names the package already. */
export function mentions(manifest: Table, name: string): boolean {
    const tables = Object.entries(manifest).filter(([key]) => key !== 'package' && key !== 'features');
    const text = JSON.stringify(Object.fromEntries(tables));
    return text.includes(`"${name}":`) || text.includes(`"package":"${name}"`) || text.includes(`"ws-${name}":`);
}

/** Whether Cargo would want one version for two of them. */
function sharesCompatibility(crates: Family['crates']): boolean {
    const kinds = crates.map(({ version }) => {
        const [major, minor, patch] = version.split('.');
        return major !== '0' ? major : minor !== '0' ? `0.${minor ?? ''}` : `0.0.${patch ?? ''}`;
    });
    return new Set(kinds).size < kinds.length;
}
