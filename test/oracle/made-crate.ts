// One made-up package: its manifest, features and files.
import { createHash } from 'node:crypto';
import type { Crate, Family, Place, Surroundings, Table } from './crate-family.ts';
import { chooseUses, writeDependencies, writeDevDependencies } from './dependency-tables.ts';
import { writeFeatures } from './feature-table.ts';
import type { Random } from './random.ts';
import { layOutTargets } from './target-layout.ts';

export interface CratePlan {
    readonly name: string;
    readonly version: string;
    readonly place: Place;
    readonly folder: string;
    readonly features: readonly string[];
    readonly isMacro: boolean;
    readonly links: boolean;
    readonly below: readonly Family[];
    readonly devs: readonly Family[];
}

const editions = ['2015', '2018', '2021', '2021', '2024'];

export function inheritedFields(random: Random): Table {
    return {
        version: random.pick(['0.1.0', '3.2.1', '1.0.0-beta.2']),
        edition: random.pick(editions),
        authors: ['Somebody <somebody@example.org>'],
        description: 'Made up',
        license: 'MIT',
        ...(random.chance(0.3) ? { 'rust-version': '1.85' } : {}),
    };
}

export function makeCrate(around: Surroundings, plan: CratePlan): Crate {
    const { random, isWorkspace, workspacePackage } = around;
    const { name, place, folder, isMacro } = plan;
    const inherits = isWorkspace && ['root', 'member'].includes(place);
    const edition = { own: random.pick(editions), inherited: inherits && random.chance(0.4) };
    const effective = edition.inherited ? String(workspacePackage['edition']) : edition.own;
    const manifest: Table = {};
    // Old editions allow an underscore. Who writes both gets only one of them read.
    const dash = effective !== '2024' && random.chance(0.05) ? '_' : '-';
    const about = packageTable(around, plan.version, inherits, { ...edition, effective });
    manifest['package'] = { name, ...about };
    const linkable = plan.below.filter((one) => one.linkable);
    const uses = chooseUses(around, linkable, { folder, inherits });
    const kinds = writeDependencies(random, manifest, uses, { edition: effective, dash });
    if (plan.devs.length > 0) writeDevDependencies(random, manifest, uses, { ...plan, edition: effective, dash });
    const features = writeFeatures(random, manifest, plan.features, kinds);
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
    const version = typeof about['version'] === 'string' ? about['version'] : String(workspacePackage['version']);
    return { name, version, place, folder, edition: effective, manifest, features, files };
}

function packageTable(
    { random, workspacePackage }: Surroundings,
    version: string,
    inherits: boolean,
    edition: { own: string; inherited: boolean; effective: string },
): Table {
    const table: Table = { version };
    if (inherits && random.chance(0.3)) table['version'] = { workspace: true };
    if (edition.inherited) table['edition'] = { workspace: true };
    else if (edition.own !== '2015' || random.chance(0.5)) table['edition'] = edition.own;
    if (inherits)
        for (const field of random.some(['authors', 'description', 'license', 'rust-version'], 0.3))
            if (field in workspacePackage) table[field] = { workspace: true };
    if (!('rust-version' in table) && edition.effective !== '2024' && random.chance(0.1))
        table['rust-version'] = '1.60';
    return table;
}
