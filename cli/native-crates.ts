// Crates of a graph that have to do with native libraries, with the shipped rule for each, and what pkg-config knows here of the
// libraries that the rules want.
import { compareBytes } from '../compiler/plan/bytes.ts';
import type { Package } from '../compiler/cargo/package.ts';
import type { UnitGraph } from '../compiler/cargo/unit.ts';
import type { CrateNote } from '../compiler/init/recipe-text.ts';
import { crateRules } from '../compiler/init/shipped-rules.ts';
import { runProgram } from '../runtime/host/run-program.ts';
import { shippedRecipe } from './shipped-recipes.ts';

export async function nativeCrates({ units }: UnitGraph): Promise<readonly CrateNote[]> {
    const rules = crateRules(shippedRecipe('crates/system.rpkg'));
    const packages = [...new Set(units.map((unit) => unit.package))]
        .filter((one) => one.origin === 'registry' && (rules.has(one.id.name) || looksNative(one)))
        .sort((a, b) => compareBytes(a.id.name, b.id.name) || compareBytes(a.id.version, b.id.version));
    const notes: CrateNote[] = [];
    for (const { id } of packages) {
        const rule = rules.get(id.name);
        const isTold = notes.some(({ crate }) => crate === id.name);
        if (isTold) continue;
        const missing = [];
        for (const module of rule?.modules ?? []) {
            const condition = withVersion(module, id.version);
            if (!(await isThere(condition))) missing.push(condition);
        }
        notes.push({ crate: id.name, version: id.version, rule: rule?.text, missing });
    }
    return notes;
}

/** By the convention for names; and only those whose build script may look for something. */
function looksNative({ id, links }: Package): boolean {
    return links !== undefined && /[-_]sys$/.test(id.name) && !/^(?:linux-raw|js|web|windows|objc)-sys$/.test(id.name);
}

/** `0.18.2+1.9.1`: the crate was made for this release of its library. */
function withVersion(module: string, version: string): string {
    const [, upstream] = /\+(\d+(?:\.\d+)+)$/.exec(version) ?? [];
    return upstream === undefined || /[<>=]/.test(module) ? module : `${module} >= ${upstream}`;
}

async function isThere(condition: string): Promise<boolean> {
    const { exitCode } = await runProgram({
        program: 'pkg-config',
        args: ['--exists', condition],
        cwd: '/',
        environment: process.env,
        timeoutMs: 10_000,
    });
    return exitCode === 0;
}
