// The shipped rules against the crates themselves: build scripts of the releases that the rules name read the variables, ask
// pkg-config for the libraries, and their manifests have the features.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/fresh-folder.ts';
import { crateRules } from '../support/crate-rules.ts';
import { cargoHome, runCargo } from './cargo-graph.ts';

/** Has Cargo unpack the release; the folder it lies in. */
async function unpacked(name: string, version: string): Promise<string> {
    const { status, stderr } = await runCargo(freshFolder(), ['info', '--quiet', `${name}@${version}`]);
    if (status !== 0) throw new Error(stderr);
    const sources = path.join(cargoHome(), 'registry/src');
    // What stands behind the `+` of a version need not be said.
    const isIt = (entry: string): boolean => entry === `${name}-${version}` || entry.startsWith(`${name}-${version}+`);
    const there = fs
        .readdirSync(sources)
        .flatMap((registry) => fs.readdirSync(path.join(sources, registry)).map((entry) => ({ registry, entry })))
        .filter(({ entry }) => isIt(entry))
        .map(({ registry, entry }) => path.join(sources, registry, entry))[0];
    if (there === undefined) throw new Error(`no ${name} ${version} below ${sources}`);
    return there;
}

/** Text of everything that a build script may be made of: Rust files outside of the library's own folder. */
function scriptText(root: string, below = ''): string {
    return fs
        .readdirSync(path.join(root, below), { withFileTypes: true })
        .map((entry) => {
            const name = path.join(below, entry.name);
            if (entry.isDirectory())
                return ['build', 'builder'].includes(name.split('/')[0] ?? '') ? scriptText(root, name) : '';
            return name.endsWith('.rs') ? fs.readFileSync(path.join(root, name), 'utf8') : '';
        })
        .join('\n');
}

/** Some put the names of their variables together: a prefix for the crate, and the rest. */
function reads(text: string, variable: string, crate: string): boolean {
    const prefix = `${crate.toUpperCase().replaceAll('-', '_')}_`;
    if (text.includes(`"${variable}"`)) return true;
    return text.includes(`"${prefix}"`) && text.includes(`"${variable.slice(prefix.length)}"`);
}

const named = crateRules().flatMap((rule) => (rule.release === undefined ? [] : [{ ...rule, release: rule.release }]));

test.each(named)('$crate $release', async ({ crate, release, variables, modules, features }) => {
    const root = await unpacked(crate, release);
    const text = scriptText(root);
    const manifest = fs.readFileSync(path.join(root, 'Cargo.toml'), 'utf8');
    for (const variable of variables) expect(reads(text, variable, crate), variable).toBe(true);
    for (const module of modules) {
        const name = `"${module.split(' ')[0] ?? ''}"`;
        // `system-deps` reads the names out of the manifest.
        expect(text.includes(name) || manifest.includes(`name = ${name}`), name).toBe(true);
    }
    for (const feature of features) expect(manifest).toMatch(new RegExp(`^${feature} = \\[`, 'm'));
});
