import { existsSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { requiredRustc } from '../../compiler/cargo/required-rustc.ts';
import type { Package } from '../../compiler/cargo/package.ts';
import { describePackage } from '../../compiler/cargo/graph-problems.ts';
import { loadWorkspace, type Workspace } from '../../compiler/cargo/workspace.ts';
import { choosePackages } from '../../compiler/cargo/selected-packages.ts';
import type { UnitGraph } from '../../compiler/cargo/unit.ts';
import { choosePackage, hasToBeNamed, programsOf } from '../../compiler/init/chosen-package.ts';
import { recipeExists } from '../../compiler/init/errors.ts';
import { type RecipeFacts, recipeText } from '../../compiler/init/recipe-text.ts';
import { profileTexts } from '../../compiler/init/shipped-rules.ts';
import { printsVersion } from '../../compiler/init/version-option.ts';
import { wantedFeatures } from '../../compiler/init/wanted-features.ts';
import type { Diagnostic } from '../../lang/diagnostic.ts';
import { cargoDiagnostic } from '../cargo-diagnostic.ts';
import type { Arguments, CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { type FirstPlan, firstPlan } from '../first-plan.ts';
import { folderView } from '../folder-view.ts';
import { nativeCrates } from '../native-crates.ts';
import { endWithDiagnostics, endWithFailures } from '../report.ts';
import { tellUsage } from '../request.ts';
import { shippedRecipe } from '../shipped-recipes.ts';
import { sourceLines } from '../source-lines.ts';

const distributions = ['debian', 'alpine'];

/** `rpkg init FOLDER`: a first recipe for the application in a folder. */
export const init: CommandRun = async (context, args) => {
    const usage = usageProblem(args);
    if (usage !== undefined) {
        tellUsage(context, usage);
        return exitCodes.usage;
    }
    const view = folderView((at) => at);
    const end = (...diagnostics: readonly Diagnostic[]) => endWithDiagnostics(context, diagnostics, {});
    const loaded = loadWorkspace(view, path.resolve(context.cwd, args.operands[0] ?? '.'));
    if (!loaded.ok) return end(...loaded.problems.map(cargoDiagnostic));
    const { workspace } = loaded;
    const spec = args.value('package');
    const unknown = spec === undefined ? [] : choosePackages(workspace, { locked: [] }, [spec]).problems;
    if (unknown.length > 0) return end(...unknown.map(cargoDiagnostic));
    const chosen = choosePackage(workspace, spec);
    if ('code' in chosen) return end(chosen);
    const name = args.value('name') ?? chosen.id.name;
    const file = args.value('output') ?? `${name}.rpkg`;
    const full = path.resolve(context.cwd, file);
    if (existsSync(full) && !args.flag('force')) return end(recipeExists(file));

    const features = wantedFeatures(chosen);
    const planned = await firstPlan(context, args, { view, workspace, chosen, features });
    if (!planned.ok) return endWithFailures(context, [planned.failure], {});
    const { units, problems } = planned.value;
    if (units === undefined) return end(...firstOfEach(problems.map(cargoDiagnostic)));
    const source = await sourceLines(args, { recipe: path.dirname(full), root: workspace.root });
    if ('code' in source) return end(source);
    const found = { view, workspace, chosen, features, name, source, units, planned: planned.value };
    const text = recipeText(await factsOf(args, found));
    try {
        writeFileSync(full, text);
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
        return endWithFailures(context, [{ kind: 'system', code, operation: 'write', path: file }], {});
    }
    context.out.write(`${file}\n`);
    context.err.write(`look it through, then \`rpkg build ${file}\`\n`);
    return exitCodes.ok;
};

function usageProblem(args: Arguments): string | undefined {
    const distro = args.value('distro');
    if (distro !== undefined && !distributions.includes(distro))
        return `\`--distro\` takes ${distributions.join(' or ')}`;
    const name = args.value('name');
    if (name !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*(?:-+[A-Za-z0-9_]+)*$/.test(name))
        return `\`${name}\` cannot name a recipe: letters, digits, \`_\` and hyphens between them`;
    const sources = ['git', 'url', 'crate'].filter((way) => args.value(way) !== undefined);
    return sources.length > 1
        ? `only one of ${sources.map((way) => `\`--${way}\``).join(' and ')} is possible`
        : undefined;
}

/** A lock file that does not fit is one mistake, however many packages show it. */
function firstOfEach(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
    return [...new Map(diagnostics.toReversed().map((one) => [one.code, one])).values()];
}

interface Found {
    readonly view: Parameters<typeof printsVersion>[0];
    readonly workspace: Workspace;
    readonly chosen: Package;
    readonly features: readonly string[];
    readonly name: string;
    readonly source: readonly string[];
    readonly units: UnitGraph;
    readonly planned: FirstPlan;
}

async function factsOf(args: Arguments, found: Found): Promise<RecipeFacts> {
    const { view, workspace, chosen, units, planned } = found;
    const atRoot = loadWorkspace(view, workspace.root);
    const built = units.roots.flatMap((root) => units.units[root] ?? []).filter(({ target }) => target.kind === 'bin');
    const programs = built.map(({ target }) => target.name);
    const wanted = requiredRustc(units.units.map((unit) => unit.package));
    const distro = args.value('distro');
    return {
        ...found,
        package: chosen,
        isNamed: hasToBeNamed(atRoot.ok ? atRoot.workspace : workspace, chosen),
        programs,
        otherPrograms: programsOf(chosen)
            .map(({ name }) => name)
            .filter((name) => !programs.includes(name)),
        vendor: planned.bundled === undefined ? [] : ['from = bundled', `path = "${planned.bundled}"`],
        requiredRustc:
            wanted === undefined ? undefined : { version: wanted.version, package: describePackage(wanted.package.id) },
        versionProgram: built.find(({ target }) => printsVersion(view, target))?.target.name,
        files: documents(found, workspace),
        crates: await nativeCrates(units),
        distro:
            distro === undefined
                ? undefined
                : { id: distro, profiles: profileTexts(shippedRecipe(`${distro}/policy.rpkg`)) },
    };
}

/** The readme of the package, when it lies in the workspace. */
function documents({ view, chosen, name }: Found, { root }: Workspace): readonly string[] {
    const { readme } = chosen.about;
    const at = path.resolve(chosen.root, readme);
    const inside = path.relative(root, at);
    if (readme === '' || !view.isFile(at) || inside.startsWith('..')) return [];
    return [`${inside} -> share/doc/${name}/${path.basename(at)}`];
}
