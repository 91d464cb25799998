// A workspace of any size that needs nothing from anywhere: to see how planning grows.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** So many packages give so many units: each a library, but for the last one, which is a program. */
export function writeMadeUpWorkspace(folder: string, packages: number): void {
    const write = (name: string, text: string): void => {
        const file = join(folder, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
    };
    const names = Array.from({ length: packages }, (_, index) => `part-${String(index).padStart(4, '0')}`);
    write('Cargo.toml', '[workspace]\nresolver = "2"\nmembers = ["parts/*"]\n');
    for (const [index, name] of names.entries()) {
        const needs = dependencies(index).map((at) => names[at] ?? '');
        const isProgram = index === packages - 1;
        write(`parts/${name}/Cargo.toml`, manifest(name, needs));
        write(`parts/${name}/src/${isProgram ? 'main' : 'lib'}.rs`, isProgram ? 'fn main() {}\n' : '');
    }
    write('Cargo.lock', lockFile(names));
    write('made-up.rpkg', recipe(names.at(-1) ?? ''));
}

/** A few that are near and one that is far, so that everything hangs together. */
function dependencies(index: number): readonly number[] {
    const wanted = [index - 1, index - 2, Math.floor(index / 2)];
    return [...new Set(wanted.filter((at) => at >= 0 && at < index))].sort((a, b) => a - b);
}

function manifest(name: string, needs: readonly string[]): string {
    const lines = needs.map((need) => `${need} = { path = "../${need}", features = ["extra"] }\n`);
    return `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n\n[features]\ndefault = ["usual"]\nusual = []\nextra = []\n\n[dependencies]\n${lines.join('')}`;
}

function lockFile(names: readonly string[]): string {
    const packages = names.map((name, index) => {
        const needs = dependencies(index).map((at) => ` "${names[at] ?? ''}",\n`);
        const list = needs.length === 0 ? '' : `dependencies = [\n${needs.join('')}]\n`;
        return `[[package]]\nname = "${name}"\nversion = "1.0.0"\n${list}`;
    });
    return `version = 4\n\n${packages.join('\n')}`;
}

function recipe(program: string): string {
    return `rpkg 1

recipe made-up is app {
    version = 1.0.0

    source main {
        path = "."
        exclude = ["target", "*.rpkg", "rpkg.lock"]
    }

    driver = rustc
    package = "${program}"
    bins = [${program}]
}
`;
}
