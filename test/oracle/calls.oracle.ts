// Every call of rustc and every run of a build script that the plans of real recipes make, against those of `cargo build -vv`
// for the same sources: arguments, environment and folder.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { installation, type Place, placeIn, write } from '../support/whole.ts';
import { type AllowedDifference, allowedDifferences } from './allowed-differences.ts';
import { fetchApplication } from './applications.ts';
import { cargoHome } from './cargo-graph.ts';
import { checkCalls } from './check-calls.ts';

const recipes: readonly { readonly name: string; readonly options: readonly string[] }[] = [
    { name: 'just', options: [] },
    { name: 'ripgrep', options: ['--option', 'without-cargo=true'] },
];
const profiles = ['dev', 'release'];

const below = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-oracle-'));
const met = new Set<AllowedDifference>();

afterAll(() => deleteTree(below));

const cases = recipes.flatMap((recipe) => profiles.map((profile) => ({ ...recipe, profile })));

test.each(cases)('$name, profile $profile', { timeout: 1_800_000 }, async ({ name, profile, options }) => {
    const folder = path.join(below, `${name}-${profile}`);
    fs.mkdirSync(folder);
    const place = placeFor(folder);
    // With all others: what a recipe imports lies beside it.
    fs.cpSync(`${installation}/recipes`, place.folder, { recursive: true });
    write(place, { 'recipe.rpkg': recipeFor(name, profile) });
    const checks = await checkCalls(place, {
        recipe: [...options, 'recipe.rpkg'],
        profile,
        sources: async ({ subject: { version } }) => {
            const { folder: workspace, crates } = await fetchApplication({ name, version }, folder);
            return { workspace, crates };
        },
        below: folder,
    });
    for (const { title, calls, equal, differences, met: here } of checks) {
        for (const difference of here) met.add(difference);
        console.log(`${name}: ${title}: ${calls} calls, ${equal} equal`);
        expect(differences.join('\n'), title).toBe('');
        expect(equal).toBe(calls);
    }
});

test('no difference is allowed in vain', () => {
    const vain = allowedDifferences.filter((difference) => !met.has(difference));
    expect(vain.map(({ what }) => what)).toEqual([]);
});

/** How to reach the registry, and what was fetched from it, is the user's own business. */
function placeFor(folder: string): Place {
    const plain = placeIn(folder);
    const network = Object.entries(process.env).filter(([name]) =>
        /^(?:CARGO|SSL|https?_proxy|no_proxy|all_proxy)/i.test(name),
    );
    return {
        ...plain,
        env: { ...(Object.fromEntries(network) as Record<string, string>), ...plain.env, CARGO_HOME: cargoHome() },
    };
}

function recipeFor(name: string, profile: string): string {
    return `rpkg 1

use "${name}.rpkg" as upstream

overlay ${name}-${profile} on upstream.${name} {
    profile = "${profile}"
}
`;
}
