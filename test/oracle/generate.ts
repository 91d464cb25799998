// Workspaces made up from a seed, as odd as manifests may be while Cargo still accepts them: all that decides about units
// (resolvers, features, platforms, kinds of targets, profiles, inheritance) in random combinations.
//
// A tree has a folder `ws` with the workspace, `registry` with the crates of a directory source, `outside` with path
// packages beside the workspace, and `.cargo/config.toml` above all of them, which sends Cargo to `registry`.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { stringify } from 'smol-toml';
import { type GraphRequest, plainRequest, runCargo } from './cargo-graph.ts';
import { platformCondition } from './platform-conditions.ts';
import { profileTables } from './profile-tables.ts';
import { Random } from './random.ts';
import { layOutTargets } from './target-layout.ts';

export interface GeneratedWorkspace {
    readonly seed: number;
    /** Folder of the workspace's root manifest. */
    readonly folder: string;
    /** Folder of the directory source's crates, in subfolders NAME-VERSION. */
    readonly crates: string;
    /** What to ask for. */
    readonly requests: readonly GraphRequest[];
}

type Table = Record<string, unknown>;
type Place = 'root' | 'member' | 'inside' | 'detached' | 'outside' | 'registry' | 'patch';

/** A package that is written to disk. */
interface Crate {
    readonly name: string;
    readonly version: string;
    readonly place: Place;
    /** Below the tree. */
    readonly folder: string;
    readonly edition: string;
    readonly manifest: Table;
    readonly features: readonly string[];
    readonly files: ReadonlyMap<string, string>;
}

/** What other packages may depend on: one local package or all versions of one in the registry. */
interface Family {
    readonly name: string;
    readonly crates: readonly Crate[];
    /** Features that every version has. */
    readonly features: readonly string[];
    readonly linkable: boolean;
}

/** A dependency on one family: the same key and source in every table it is written to. */
interface Use {
    readonly key: string;
    readonly family: Family;
    readonly source: Table;
    readonly inherited: Table | undefined;
}

const hostTriple = 'x86_64-unknown-linux-gnu';
// No standard library is needed for a graph.
const otherTriples = ['aarch64-apple-darwin', 'x86_64-pc-windows-msvc', 'wasm32-unknown-unknown'];
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
const editions = ['2015', '2018', '2021', '2021', '2024'];
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

/** Writes the workspace of the seed below the folder, Cargo.lock included; undefined when Cargo refuses it. */
export async function generateWorkspace(seed: number, tree: string): Promise<GeneratedWorkspace | undefined> {
    const made = new Generator(seed);
    made.write(tree);
    const folder = path.join(tree, 'ws');
    const { status, stderr } = await runCargo(folder, ['generate-lockfile', '--offline']);
    if (status !== 0) {
        fs.writeFileSync(path.join(tree, 'refused.txt'), stderr);
        return undefined;
    }
    const members = await memberNames(folder);
    const requests = made.requests.filter(({ packages }) => packages.every((name) => members.has(name)));
    return { seed, folder, crates: path.join(tree, 'registry'), requests };
}

/** Only members are asked for by name. (Cargo builds any package of the graph alone; we do not.) */
async function memberNames(folder: string): Promise<ReadonlySet<string>> {
    const args = ['metadata', '--no-deps', '--offline', '--format-version', '1'];
    const { status, stdout, stderr } = await runCargo(folder, args);
    if (status !== 0) throw new Error(stderr);
    const { packages } = JSON.parse(stdout) as { packages: readonly { name: string }[] };
    return new Set(packages.map(({ name }) => name));
}

class Generator {
    readonly #random: Random;
    readonly #crates: Crate[] = [];
    readonly #registry: Family[] = [];
    readonly #locals: Family[] = [];
    readonly #inheritable = new Map<string, { readonly key: string; readonly entry: Table }>();
    readonly #workspacePackage: Table;
    readonly #rootTable: Table = {};
    readonly #virtual: boolean;
    readonly #workspace: boolean;
    readonly #resolver: string | undefined;
    readonly requests: readonly GraphRequest[];

    constructor(seed: number) {
        const random = new Random(seed);
        this.#random = random;
        this.#virtual = random.chance(0.4);
        this.#workspace = this.#virtual || random.chance(0.75);
        this.#resolver = random.chance(0.75) ? random.pick(['1', '2', '3']) : undefined;
        this.#workspacePackage = this.#inheritedFields();
        this.#makeRegistry();
        this.#makeLocals();
        this.#finishRoot();
        this.requests = Array.from({ length: 5 }, (_, index) => this.#request(index));
    }

    write(tree: string): void {
        for (const { folder, manifest, files } of this.#crates) {
            write(path.join(tree, folder, 'Cargo.toml'), stringify(manifest));
            for (const [name, text] of files) write(path.join(tree, folder, name), text);
        }
        if (this.#virtual) write(path.join(tree, 'ws/Cargo.toml'), stringify(this.#rootTable));
        fs.mkdirSync(path.join(tree, 'registry'), { recursive: true });
        const source = { 'replace-with': 'local' };
        const config = { source: { 'crates-io': source, local: { directory: path.join(tree, 'registry') } } };
        write(path.join(tree, '.cargo/config.toml'), stringify(config));
    }

    #inheritedFields(): Table {
        const random = this.#random;
        return {
            version: random.pick(['0.1.0', '3.2.1', '1.0.0-beta.2']),
            edition: random.pick(editions),
            authors: ['Somebody <somebody@example.org>'],
            description: 'Made up',
            license: 'MIT',
            ...(random.chance(0.3) ? { 'rust-version': '1.85' } : {}),
        };
    }

    #makeRegistry(): void {
        const random = this.#random;
        for (const name of random.sample(registryNames, random.between(2, 10))) {
            const versions = random.pick(versionChoices);
            const features = random.sample(featureNames, random.between(0, 4));
            const isMacro = name.includes('macros') ? random.chance(0.9) : random.chance(0.08);
            // Two packages with one `links` are refused, two versions of one package too.
            const links = versions.length === 1 && random.chance(name.includes('sys') ? 0.7 : 0.08);
            const crates = versions.map((version) =>
                this.#makeCrate({
                    name,
                    version,
                    place: 'registry',
                    folder: `registry/${name}-${version}`,
                    features,
                    isMacro,
                    links,
                    below: [...this.#registry],
                    devs: [],
                }),
            );
            this.#registry.push(family(name, crates, features));
        }
        this.#patch();
    }

    /** One crate of the registry replaced by a folder. */
    #patch(): void {
        const random = this.#random;
        const replaced = random.maybePick(this.#registry)?.crates.at(-1);
        if (replaced === undefined || !random.chance(0.07)) return;
        const { manifest, name, files } = replaced;
        this.#crates.push({
            ...replaced,
            place: 'patch',
            folder: `ws/patched/${name}`,
            manifest: { ...manifest },
            files: new Map([...files].filter(([file]) => !file.startsWith('.cargo-'))),
        });
        this.#rootTable['patch'] = { 'crates-io': { [name]: { path: `patched/${name}` } } };
    }

    #makeLocals(): void {
        const random = this.#random;
        const names = random.sample(localNames, random.between(1, 6));
        if (this.#workspace) this.#chooseInheritable();
        // The last one is the root package, which may depend on all others.
        names.forEach((name, index) => {
            const place = this.#placeOf(index === names.length - 1);
            const below = [...this.#locals, ...this.#registry];
            const features = random.sample(featureNames, random.between(0, 5));
            const isMacro = place !== 'root' && (name.includes('derive') ? random.chance(0.8) : random.chance(0.06));
            const links = random.chance(name.includes('sys') ? 0.7 : 0.08);
            const version = random.pick(['0.1.0', '1.0.0', '0.0.3', '2.3.4-alpha.1']);
            const folder = folderOf(place, name, random);
            const crate = this.#makeCrate({
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
            this.#locals.push(family(name, [crate], crate.features));
        });
        this.#closeDevCycles();
    }

    #placeOf(last: boolean): Place {
        if (last) return this.#virtual ? 'member' : 'root';
        if (!this.#workspace) return this.#random.pick(['inside', 'inside', 'outside']);
        return this.#random.pick(['member', 'member', 'member', 'member', 'inside', 'detached', 'outside']);
    }

    /** Development dependencies on packages that were made later and may depend on this one. */
    #closeDevCycles(): void {
        const random = this.#random;
        this.#locals.forEach(({ crates: [crate] }, index) => {
            if (crate === undefined || !random.chance(0.35)) return;
            const later = random.maybePick(this.#locals.slice(index + 1).filter(({ linkable }) => linkable));
            if (later === undefined || mentions(crate.manifest, later.name)) return;
            const table = tableAt(crate.manifest, [
                'dev_dependencies' in crate.manifest ? 'dev_dependencies' : 'dev-dependencies',
            ]);
            table[later.name] = { path: pathFrom(crate.folder, later), ...this.#featuresFor(later) };
        });
    }

    #chooseInheritable(): void {
        const random = this.#random;
        for (const one of random.some(this.#registry, 0.5)) {
            const renamed = random.chance(0.2);
            const key = renamed ? `ws-${one.name}` : one.name;
            const entry: Table = { ...this.#requirement(one), ...(renamed ? { package: one.name } : {}) };
            if (random.chance(0.3)) entry['default-features'] = false;
            Object.assign(entry, this.#featuresFor(one, 0.3));
            this.#inheritable.set(one.name, { key, entry });
        }
    }

    /** `version = …`, for one of the versions that there are. */
    #requirement({ crates }: Family): Table {
        const random = this.#random;
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

    #featuresFor({ features }: Pick<Family, 'features'>, probability = 0.4): Table {
        const random = this.#random;
        const chosen = random.some(features, probability);
        if (chosen.length > 0 || random.chance(0.05)) return { features: chosen };
        return {};
    }

    #makeCrate(plan: {
        readonly name: string;
        readonly version: string;
        readonly place: Place;
        readonly folder: string;
        readonly features: readonly string[];
        readonly isMacro: boolean;
        readonly links: boolean;
        readonly below: readonly Family[];
        readonly devs: readonly Family[];
    }): Crate {
        const random = this.#random;
        const { name, place, folder, isMacro } = plan;
        const inherits = this.#workspace && ['root', 'member'].includes(place);
        const edition = { own: random.pick(editions), inherited: inherits && random.chance(0.4) };
        const effective = edition.inherited ? String(this.#workspacePackage['edition']) : edition.own;
        const manifest: Table = {};
        // Old editions allow an underscore. Who writes both gets only one of them read.
        const dash = effective !== '2024' && random.chance(0.05) ? '_' : '-';
        const about = this.#packageTable(plan.version, inherits, edition, effective);
        manifest['package'] = { name, ...about };
        const uses = this.#chooseUses(
            plan.below.filter(({ linkable }) => linkable),
            folder,
            inherits,
        );
        const kinds = this.#writeDependencies(manifest, uses, effective, dash);
        if (plan.devs.length > 0) this.#writeDevDependencies(manifest, uses, effective, { ...plan, dash });
        const features = this.#writeFeatures(manifest, plan.features, kinds);
        const files = layOutTargets(random, manifest, {
            edition: effective,
            features,
            isMacro,
            links: plan.links,
            published: place === 'registry',
            needsProgram: place === 'root' && random.chance(0.5),
        });
        if (place === 'registry') {
            const hash = createHash('sha256').update(`${name} ${plan.version}`).digest('hex');
            files.set('.cargo-checksum.json', JSON.stringify({ files: {}, package: hash }));
        }
        const version = effectiveVersion(about['version'], this.#workspacePackage);
        const crate = { name, version, place, folder, edition: effective, manifest, features, files };
        this.#crates.push(crate);
        return crate;
    }

    #packageTable(
        version: string,
        inherits: boolean,
        edition: { own: string; inherited: boolean },
        effective: string,
    ): Table {
        const random = this.#random;
        const table: Table = { version };
        if (inherits && random.chance(0.3)) table['version'] = { workspace: true };
        if (edition.inherited) table['edition'] = { workspace: true };
        else if (edition.own !== '2015' || random.chance(0.5)) table['edition'] = edition.own;
        if (inherits)
            for (const field of random.some(['authors', 'description', 'license', 'rust-version'], 0.3))
                if (field in this.#workspacePackage) table[field] = { workspace: true };
        if (!('rust-version' in table) && effective !== '2024' && random.chance(0.1)) table['rust-version'] = '1.60';
        return table;
    }

    #chooseUses(below: readonly Family[], folder: string, inherits: boolean): Use[] {
        const random = this.#random;
        return below
            .filter(({ crates: [crate] }) => random.chance(crate?.place === 'registry' ? 0.45 : 0.6))
            .flatMap((one): Use[] => {
                const known = inherits && random.chance(0.6) ? this.#inheritable.get(one.name) : undefined;
                if (known !== undefined)
                    return [{ key: known.key, family: one, source: { workspace: true }, inherited: known.entry }];
                const renamed = random.chance(0.15);
                const key = renamed ? random.pick([`${one.name}_again`, `my-${one.name}`]) : one.name;
                const packageField: Table = renamed ? { package: one.name } : {};
                const first: Use = {
                    key,
                    family: one,
                    source: { ...this.#sourceOf(one, folder), ...packageField },
                    inherited: undefined,
                };
                return random.chance(0.15) ? [...this.#allVersions(one), ...this.#onlyWhenAlone(first)] : [first];
            });
    }

    /** Every version of a crate under a name of its own. */
    #allVersions(one: Family): Use[] {
        if (one.crates.length < 2 || sharesCompatibility(one.crates)) return [];
        return one.crates.map(({ version }, index) => ({
            key: index === 0 ? one.name : `${one.name}-v${index}`,
            family: one,
            source: { version, ...(index === 0 ? {} : { package: one.name }) },
            inherited: undefined,
        }));
    }

    #onlyWhenAlone(use: Use): Use[] {
        const { crates } = use.family;
        return crates.length < 2 || sharesCompatibility(crates) ? [use] : [];
    }

    #sourceOf(one: Family, folder: string): Table {
        const [local] = one.crates;
        if (local === undefined || local.place === 'registry') return this.#requirement(one);
        const version = this.#random.chance(0.2) ? { version: local.version.replace(/\+.*$/, '') } : {};
        return { path: pathFrom(folder, one), ...version };
    }

    /** Writes each use to one or more tables; tells which are optional. */
    #writeDependencies(
        manifest: Table,
        uses: readonly Use[],
        edition: string,
        dash: string,
    ): ReadonlyMap<Use, 'optional' | 'always'> {
        const random = this.#random;
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
                table[use.key] = this.#entry(use, optional, edition);
                if (optional) kinds.set(use, 'optional');
                else if (!kinds.has(use)) kinds.set(use, 'always');
            }
        }
        return kinds;
    }

    #entry(use: Use, optional: boolean, edition: string): Table | string {
        const random = this.#random;
        const entry: Table = { ...use.source, ...this.#featuresFor(use.family, 0.3) };
        const allowsOff = use.inherited === undefined;
        const off = allowsOff ? random.chance(0.3) : false;
        if (off) entry[edition !== '2024' && random.chance(0.15) ? 'default_features' : 'default-features'] = false;
        else if (use.inherited?.['default-features'] === false && random.chance(0.3)) entry['default-features'] = true;
        if (optional) entry['optional'] = true;
        const { version } = entry;
        return Object.keys(entry).length === 1 && typeof version === 'string' && random.chance(0.7) ? version : entry;
    }

    #writeDevDependencies(
        manifest: Table,
        uses: readonly Use[],
        edition: string,
        { folder, devs, dash }: { folder: string; devs: readonly Family[]; dash: string },
    ): void {
        const random = this.#random;
        const platform = random.chance(0.2) ? ['target', platformCondition(random)] : [];
        const keys = [...platform, `dev${dash}dependencies`];
        for (const use of random.some(uses, 0.25)) tableAt(manifest, keys)[use.key] = this.#entry(use, false, edition);
        for (const one of random.some(devs, 0.15)) {
            if (!one.linkable || mentions(manifest, one.name)) continue;
            const use = { key: one.name, family: one, source: this.#sourceOf(one, folder), inherited: undefined };
            tableAt(manifest, keys)[one.name] = this.#entry(use, false, edition);
        }
    }

    /** The `[features]` table; tells all names that may be turned on from outside. */
    #writeFeatures(manifest: Table, names: readonly string[], uses: ReadonlyMap<Use, 'optional' | 'always'>): string[] {
        const random = this.#random;
        const optional = [...uses].filter(([, kind]) => kind === 'optional').map(([use]) => use);
        const required = [...uses].filter(([, kind]) => kind === 'always').map(([use]) => use);
        // A dependency that any feature names with `dep:` gets no feature of its own.
        const hidden = new Set(random.some(optional, 0.45));
        const implicit = optional.filter((use) => !hidden.has(use)).map(({ key }) => key);
        const table: Table = {};
        const values = (earlier: readonly string[]): string[] => {
            const all = [
                ...random.some(earlier, 0.3),
                ...random.some(implicit, 0.25),
                ...random.some([...hidden], 0.4).map(({ key }) => `dep:${key}`),
                ...random.some(optional, 0.3).flatMap((use) => this.#through(use, ['/', '?/'])),
                ...random.some(required, 0.3).flatMap((use) => this.#through(use, ['/'])),
            ];
            return random.sample(all, all.length);
        };
        const done: string[] = [];
        for (const name of names) {
            table[name] = values(done);
            done.push(name);
        }
        for (const use of hidden)
            if (random.chance(0.3) && !(use.key in table)) {
                table[use.key] = [`dep:${use.key}`, ...this.#through(use, ['/', '?/'])];
                done.push(use.key);
            } else if (!JSON.stringify(table).includes(`"dep:${use.key}"`)) {
                const name = `use-${use.key}`;
                table[name] = [`dep:${use.key}`];
                done.push(name);
            }
        if (random.chance(0.5)) table['default'] = random.some([...done, ...implicit], 0.4);
        if (Object.keys(table).length > 0 || random.chance(0.1)) manifest['features'] = shuffled(random, table);
        return [...done, ...implicit];
    }

    #through({ key, family: { features } }: Use, separators: readonly string[]): string[] {
        const random = this.#random;
        return random.sample(features, random.between(0, 2)).map((name) => `${key}${random.pick(separators)}${name}`);
    }

    #finishRoot(): void {
        const random = this.#random;
        const root = this.#crates.find(({ place }) => place === 'root');
        const manifest = root === undefined ? this.#rootTable : Object.assign(root.manifest, this.#rootTable);
        if (this.#workspace) manifest['workspace'] = this.#workspaceTable();
        else if (this.#resolver !== undefined) tableAt(manifest, ['package'])['resolver'] = this.#resolver;
        const names = this.#crates.map(({ name, version }) => ({ name, version }));
        if (random.chance(0.8)) manifest['profile'] = profileTables(random, names);
    }

    #workspaceTable(): Table {
        const random = this.#random;
        const members = this.#crates.filter(({ place }) => place === 'member').map(({ folder }) => folder.slice(3));
        const globbed = members.some((folder) => folder.startsWith('crates/')) && random.chance(0.6);
        const listed = globbed
            ? ['crates/*', ...members.filter((folder) => !folder.startsWith('crates/'))]
            : members.toSorted();
        const table: Table = {};
        if (listed.length > 0 || random.chance(0.5)) table['members'] = listed;
        if (this.#crates.some(({ place }) => place === 'detached')) table['exclude'] = ['detached'];
        if (this.#resolver !== undefined) table['resolver'] = this.#resolver;
        if (members.length > 1 && random.chance(0.25)) table['default-members'] = random.sample(members, 1);
        table['package'] = this.#workspacePackage;
        if (this.#inheritable.size > 0)
            table['dependencies'] = Object.fromEntries(
                [...this.#inheritable.values()].map(({ key, entry }) => [key, entry]),
            );
        return table;
    }

    #request(index: number): GraphRequest {
        const random = this.#random;
        const base: GraphRequest = {
            ...plainRequest,
            profile: index % 2 === 0 ? 'dev' : 'release',
            ...(random.chance(0.45) ? { target: random.chance(0.8) ? hostTriple : random.pick(otherTriples) } : {}),
            allTargets: random.chance(0.45),
        };
        if (index < 2) return base;
        const local = this.#crates.filter(({ place }) => ['root', 'member', 'inside'].includes(place));
        const chosen = random.chance(0.5) ? random.sample(local, random.chance(0.8) ? 1 : 2) : [];
        const packages = chosen.map(({ name }) => name);
        const root = this.#crates.find(({ place }) => place === 'root');
        const features = chosen.length > 0 ? chosen.flatMap((one) => one.features) : (root?.features ?? []);
        const profile = random.chance(0.1) ? this.#customProfile() : base.profile;
        const allFeatures = random.chance(0.2);
        return {
            ...base,
            packages,
            profile,
            allFeatures,
            features: allFeatures ? [] : random.sample([...new Set(features)], random.between(0, 2)),
            noDefaultFeatures: random.chance(0.25),
        };
    }

    #customProfile(): string {
        const root = this.#crates.find(({ place }) => place === 'root');
        const profiles = (root?.manifest ?? this.#rootTable)['profile'] as Table | undefined;
        return this.#random.maybePick(Object.keys(profiles ?? {}).filter((name) => name !== 'bench')) ?? 'test';
    }
}

function family(name: string, crates: readonly Crate[], features: readonly string[]): Family {
    const linkable = crates.every(({ files }) => ['src/lib.rs', 'lib/code.rs'].some((file) => files.has(file)));
    return { name, crates, features, linkable };
}

function folderOf(place: Place, name: string, random: Random): string {
    if (place === 'root') return 'ws';
    if (place === 'outside') return `outside/${name}`;
    if (place === 'detached') return `ws/detached/${name}`;
    if (place === 'inside') return `ws/${random.pick(['inner', 'vendor-ish/deep'])}/${name}`;
    return random.chance(0.8) ? `ws/crates/${name}` : `ws/${name}-pkg`;
}

function pathFrom(folder: string, { crates: [crate] }: Family): string {
    return path.relative(`/${folder}`, `/${crate?.folder ?? ''}`);
}

function effectiveVersion(version: unknown, inherited: Table): string {
    return typeof version === 'string' ? version : String(inherited['version']);
}

/** Whether Cargo would want one version for two of them. */
function sharesCompatibility(crates: readonly Crate[]): boolean {
    const kinds = crates.map(({ version }) => {
        const [major, minor, patch] = version.split('.');
        return major !== '0' ? major : minor !== '0' ? `0.${minor ?? ''}` : `0.0.${patch ?? ''}`;
    });
    return new Set(kinds).size < kinds.length;
}

/** Whether any dependency table names the package already. */
function mentions(manifest: Table, name: string): boolean {
    const tables = Object.entries(manifest).filter(([key]) => key !== 'package' && key !== 'features');
    const text = JSON.stringify(Object.fromEntries(tables));
    return text.includes(`"${name}":`) || text.includes(`"package":"${name}"`) || text.includes(`"ws-${name}":`);
}

function tableAt(table: Table, keys: readonly string[]): Table {
    let current = table;
    for (const key of keys) current = (current[key] ??= {}) as Table;
    return current;
}

function shuffled(random: Random, table: Table): Table {
    const entries = Object.entries(table);
    return Object.fromEntries(random.sample(entries, entries.length));
}

function write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
}
