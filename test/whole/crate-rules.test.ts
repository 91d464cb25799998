// Every shipped rule is applied to a crate of its name, and does in the plan what it says.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import type { Plan } from '../../compiler/plan/plan.ts';
import { crateRules, rulesFile } from '../support/crate-rules.ts';
import { freshPlace, rpkg, write } from '../support/whole.ts';

const rules = crateRules();
const present = rules.filter(({ forbidden }) => !forbidden);

test('each says which release was read, and why it does something', () => {
    expect(rules.length).toBeGreaterThan(30);
    expect(present.filter(({ release }) => release === undefined)).toEqual([]);
    expect(rules.flatMap(({ silent }) => silent)).toEqual([]);
    expect(
        present.filter(({ variables, modules, features }) => [...variables, ...modules, ...features].length === 0),
    ).toEqual([]);
});

/** A workspace whose program depends on a made-up crate for each rule. */
function files(crates: readonly (typeof rules)[number][]): Record<string, string> {
    const names = crates.map(({ crate }) => crate).toSorted();
    const profiles = [...new Set(crates.map(({ profile }) => profile))];
    const made = crates.flatMap(({ crate, features }) => [
        [
            `app/${crate}/Cargo.toml`,
            `[package]\nname = "${crate}"\nversion = "0.1.0"\nlinks = "${crate}"\n\n[features]\n${features.map((name) => `${name} = []\n`).join('')}`,
        ],
        [`app/${crate}/build.rs`, 'fn main() {}\n'],
        [`app/${crate}/src/lib.rs`, ''],
    ]);
    return {
        ...(Object.fromEntries(made) as Record<string, string>),
        'system.rpkg': fs.readFileSync(rulesFile, 'utf8'),
        'app.rpkg': `rpkg 1

use "system.rpkg" as system

recipe app is app {
    version = 0.1.0

    source main {
        path = "app"
    }

    driver = rustc
${profiles.map((name) => `    apply system.${name}\n`).join('')}}
`,
        'app/Cargo.toml': `[package]\nname = "app"\nversion = "0.1.0"\n\n[workspace]\n\n[dependencies]\n${names.map((name) => `${name} = { path = "${name}" }\n`).join('')}`,
        'app/Cargo.lock': `version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = [${names.map((name) => `"${name}"`).join(', ')}]\n${names.map((name) => `\n[[package]]\nname = "${name}"\nversion = "0.1.0"\n`).join('')}`,
        'app/src/main.rs': 'fn main() {}\n',
    };
}

test('all together set variables and features, and look for the libraries', async () => {
    const place = freshPlace();
    write(place, files(present));
    const { exit, out, err } = await rpkg(place, ['plan', 'app.rpkg']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    const { actions, environments } = JSON.parse(out) as Plan;
    expect(Object.keys(environments['host']?.tools ?? {})).toContain('pkg-config');
    for (const { crate, variables, modules, features } of present) {
        const run = actions[`unit.${crate}-0.1.0.run`];
        const lib = actions[`unit.${crate}-0.1.0.lib`];
        if (run?.kind !== 'run' || lib?.kind !== 'run') throw new Error(`no actions for ${crate}`);
        for (const name of variables) expect(run.env[name], `${crate} ${name}`).toBeDefined();
        const script = JSON.stringify(run.commands);
        for (const module of modules) expect(script, crate).toContain(module);
        for (const name of features) expect(JSON.stringify(lib.commands)).toContain(`feature=\\"${name}\\"`);
    }
});

test.each(rules.filter(({ forbidden }) => forbidden))('$crate is refused', async (forbidden) => {
    const place = freshPlace();
    const beside = present.filter(({ profile }) => profile === forbidden.profile);
    write(place, files([...beside, forbidden]));
    const { exit, err } = await rpkg(place, ['plan', 'app.rpkg']);
    expect(exit).toBe(3);
    expect(err.match(/^error\[/gm)).toHaveLength(1);
    expect(err).toContain(`error[plan/forbidden-crate]: \`${forbidden.crate} 0.1.0\``);
});
