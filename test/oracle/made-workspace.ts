// A made-up workspace: crates of a registry, local packages that depend on them and on each other, and the root manifest.
import {
    type Crate,
    type Family,
    family,
    pathFrom,
    type Place,
    type Surroundings,
    type Table,
    tableAt,
} from './crate-family.ts';
import { chooseInheritable, featuresFor, mentions } from './dependency-tables.ts';
import { type CratePlan, inheritedFields, makeCrate } from './made-crate.ts';
import { profileTables } from './profile-tables.ts';
import { Random } from './random.ts';

export interface MadeWorkspace {
    readonly random: Random;
    readonly crates: readonly Crate[];
    /** The root manifest when no package is there. */
    readonly virtualRoot: Table | undefined;
    /** `[profile]` of the root. */
    readonly profiles: Table | undefined;
}

interface Making extends Surroundings {
    readonly isVirtual: boolean;
    readonly resolver: string | undefined;
    readonly crates: Crate[];
    readonly registry: Family[];
    readonly locals: Family[];
    /** What the root manifest has beside its package. */
    readonly root: Table;
}

const registryNames = [
    'alpha',
    'beta-core',
    'gamma_sys',
    'delta',
    'epsilon-macros',
    'zeta',
    'eta-rs',
    'theta',
    'iota',
    'kappa-sys',
    'lambda',
    'mu',
];
const localNames = ['app', 'core-lib', 'derive-it', 'native_sys', 'helpers', 'tools', 'x-tests', 'server'];
const featureNames = ['std', 'alloc', 'extra', 'derive', 'unstable', 'full', 'net-io', 'v2_api', 'simd'];
const versionChoices = [
    ['1.0.0'],
    ['0.3.1'],
    ['0.0.7'],
    ['2.1.0'],
    ['1.0.0', '1.2.3'],
    ['0.1.0', '0.2.5'],
    ['0.9.0', '1.4.0'],
    ['0.1.2', '1.0.0', '2.0.1'],
    ['1.0.0+build.5'],
    ['2.0.0-rc.1'],
];

/** The same for the same seed. */
export function makeWorkspace(seed: number): MadeWorkspace {
    const random = new Random(seed);
    const isVirtual = random.chance(0.4);
    const isWorkspace = isVirtual || random.chance(0.75);
    const resolver = random.chance(0.75) ? random.pick(['1', '2', '3']) : undefined;
    const making: Making = {
        random,
        isVirtual,
        isWorkspace,
        resolver,
        workspacePackage: inheritedFields(random),
        inheritable: new Map(),
        crates: [],
        registry: [],
        locals: [],
        root: {},
    };
    makeRegistry(making);
    makeLocals(making);
    const manifest = finishRoot(making);
    return {
        random,
        crates: making.crates,
        virtualRoot: isVirtual ? making.root : undefined,
        profiles: manifest['profile'] as Table | undefined,
    };
}

function addCrate(making: Making, plan: CratePlan): Crate {
    const crate = makeCrate(making, plan);
    making.crates.push(crate);
    return crate;
}

function makeRegistry(making: Making): void {
    const { random, registry } = making;
    for (const name of random.sample(registryNames, random.between(2, 10))) {
        const versions = random.pick(versionChoices);
        const features = random.sample(featureNames, random.between(0, 4));
        const isMacro = name.includes('macros') ? random.chance(0.9) : random.chance(0.08);
        // Two packages with one `links` are refused, two versions of one package too.
        const links = versions.length === 1 && random.chance(name.includes('sys') ? 0.7 : 0.08);
        const below = [...registry];
        const shared = { name, place: 'registry', features, isMacro, links, below, devs: [] } as const;
        const crates = versions.map((version) =>
            addCrate(making, { ...shared, version, folder: `registry/${name}-${version}` }),
        );
        registry.push(family(name, crates, features));
    }
    patchOne(making);
}

/** One crate of the registry replaced by a folder. */
function patchOne({ random, registry, crates, root }: Making): void {
    const replaced = random.maybePick(registry)?.crates.at(-1);
    if (replaced === undefined || !random.chance(0.07)) return;
    const { manifest, name, files } = replaced;
    crates.push({
        ...replaced,
        place: 'patch',
        folder: `ws/patched/${name}`,
        manifest: { ...manifest },
        files: new Map([...files].filter(([file]) => !file.startsWith('.cargo-'))),
    });
    root['patch'] = { 'crates-io': { [name]: { path: `patched/${name}` } } };
}

function makeLocals(making: Making): void {
    const { random, registry, locals } = making;
    const names = random.sample(localNames, random.between(1, 6));
    if (making.isWorkspace) chooseInheritable(making, registry);
    // The last one is the root package, which may depend on all others.
    names.forEach((name, index) => {
        const place = placeOf(making, index === names.length - 1);
        const below = [...locals, ...registry];
        const features = random.sample(featureNames, random.between(0, 5));
        const isMacro = place !== 'root' && (name.includes('derive') ? random.chance(0.8) : random.chance(0.06));
        const links = random.chance(name.includes('sys') ? 0.7 : 0.08);
        const version = random.pick(['0.1.0', '1.0.0', '0.0.3', '2.3.4-alpha.1']);
        const folder = folderOf(place, name, random);
        const crate = addCrate(making, {
            name,
            version,
            place,
            folder,
            features,
            isMacro,
            links,
            below,
            devs: below,
        });
        locals.push(family(name, [crate], crate.features));
    });
    closeDevCycles(making);
}

function placeOf({ random, isVirtual, isWorkspace }: Making, last: boolean): Place {
    if (last) return isVirtual ? 'member' : 'root';
    if (!isWorkspace) return random.pick(['inside', 'inside', 'outside']);
    return random.pick(['member', 'member', 'member', 'member', 'inside', 'detached', 'outside']);
}

function folderOf(place: Place, name: string, random: Random): string {
    if (place === 'root') return 'ws';
    if (place === 'outside') return `outside/${name}`;
    if (place === 'detached') return `ws/detached/${name}`;
    if (place === 'inside') return `ws/${random.pick(['inner', 'vendor-ish/deep'])}/${name}`;
    return random.chance(0.8) ? `ws/crates/${name}` : `ws/${name}-pkg`;
}

/** Development dependencies on packages that were made later and may depend on this one. */
function closeDevCycles({ random, locals }: Making): void {
    locals.forEach(({ crates: [crate] }, index) => {
        if (crate === undefined || !random.chance(0.35)) return;
        const later = random.maybePick(locals.slice(index + 1).filter(({ linkable }) => linkable));
        if (later === undefined || mentions(crate.manifest, later.name)) return;
        const key = 'dev_dependencies' in crate.manifest ? 'dev_dependencies' : 'dev-dependencies';
        const table = tableAt(crate.manifest, [key]);
        table[later.name] = { path: pathFrom(crate.folder, later), ...featuresFor(random, later) };
    });
}

/** Completes the root manifest, of a package or virtual, and gives it. */
function finishRoot(making: Making): Table {
    const { random, crates, resolver } = making;
    const root = crates.find(({ place }) => place === 'root');
    const manifest = root === undefined ? making.root : Object.assign(root.manifest, making.root);
    if (making.isWorkspace) manifest['workspace'] = workspaceTable(making);
    else if (resolver !== undefined) tableAt(manifest, ['package'])['resolver'] = resolver;
    const names = crates.map(({ name, version }) => ({ name, version }));
    if (random.chance(0.8)) manifest['profile'] = profileTables(random, names);
    return manifest;
}

function workspaceTable({ random, crates, resolver, workspacePackage, inheritable }: Making): Table {
    const members = crates.filter(({ place }) => place === 'member').map(({ folder }) => folder.slice(3));
    const globbed = members.some((folder) => folder.startsWith('crates/')) && random.chance(0.6);
    const listed = globbed
        ? ['crates/*', ...members.filter((folder) => !folder.startsWith('crates/'))]
        : members.toSorted();
    const table: Table = {};
    if (listed.length > 0 || random.chance(0.5)) table['members'] = listed;
    if (crates.some(({ place }) => place === 'detached')) table['exclude'] = ['detached'];
    if (resolver !== undefined) table['resolver'] = resolver;
    if (members.length > 1 && random.chance(0.25)) table['default-members'] = random.sample(members, 1);
    table['package'] = workspacePackage;
    if (inheritable.size > 0)
        table['dependencies'] = Object.fromEntries([...inheritable.values()].map(({ key, entry }) => [key, entry]));
    return table;
}
