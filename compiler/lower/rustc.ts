// Kind `rustc`: sources, a bootstrap compiler in a root of its own, a configuration that the release accepts, and its build system.
import { type Diagnostic, isError } from '../../lang/diagnostic.ts';
import { type Release, releaseOf, versionNumbers } from '../rustc/release.ts';
import { checkStage, stageFor } from '../rustc/stages.ts';
import { type Evaluated, textOf } from '../value.ts';
import { type Lowering, versionOf } from './context.ts';
import { addDryRun, addLibrary, addStages } from './rustc-build.ts';
import { addConfig, checkedSettings, stageOf } from './rustc-config.ts';
import { checkExtensions } from './rustc-extensions.ts';
import { configProblem, foreignLibrary, noted, unknownRelease } from './rustc-errors.ts';
import { flagVariables } from './rustc-flags.ts';
import { checkInstall } from './rustc-install.ts';
import { addOutputs, checkOutputs } from './rustc-outputs.ts';
import { checkPgo } from './rustc-pgo.ts';
import type { Checked } from './rustc-fields.ts';
import { addPreparedSources } from './rustc-sources.ts';
import { type Stage0, addStage0 } from './rustc-stage0.ts';
import { checkTargets } from './rustc-targets.ts';
import { checkVendor } from './rustc-vendor.ts';
import { checkWindows } from './rustc-windows.ts';

/** What is wrong whatever the world is like. */
export function checkRustc(evaluated: Evaluated): readonly Diagnostic[] {
    const version = evaluated.root.fields.get('version');
    const release = releaseOf(String(version?.value ?? ''));
    if (release === undefined) return [unknownRelease(String(version?.value ?? ''), version?.place)];
    const checked: Checked = { evaluated, environment: { kind: 'host', tools: {} }, diagnostics: [] };
    checkedSettings(checked, release);
    checkInstall(checked);
    checkOutputs(checked);
    checkPgo(checked, stageOf(evaluated));
    checkExtensions(checked, release);
    checkTargets(checked, release);
    flagVariables(checked, stageOf(evaluated));
    return checked.diagnostics.filter(isError);
}

/** Adds the recipe's actions, once `checkRustc` has found nothing; the output `out` is the tree to install, or what the dry run left. */
export function lowerRustc(lowering: Lowering): Record<string, string> {
    const { evaluated, diagnostics } = lowering;
    const version = versionOf(evaluated);
    const place = evaluated.root.fields.get('version')?.place;
    const release = releaseOf(version);
    if (release === undefined) {
        diagnostics.push(unknownRelease(version, place));
        return {};
    }
    if (release.note !== undefined) diagnostics.push(noted(release.note, place));
    // Its warnings; what is an error is known before.
    checkTargets(lowering, release);
    addPreparedSources(lowering);
    const stage0 = addStage0(lowering);
    if (stage0 !== undefined) checkWindows(lowering, release, stage0);
    checkVendor(lowering, release);
    const goal = textOf(evaluated.root, 'goal');
    if (goal === 'library' && stage0 !== undefined) checkLibrary(lowering, release, stage0);
    const stage = goal === 'library' ? stageFor(release, 'library', 'stage0') : stageOf(evaluated);
    const build = { config: addConfig(lowering, release), stage, flags: flagVariables(lowering, stage) };
    if (goal === 'library') return addOutputs(lowering, addLibrary(lowering, build));
    const dryRun = addDryRun(lowering, build, ['build']);
    return goal === 'dry-run' ? { out: dryRun } : addOutputs(lowering, addStages(lowering, build, dryRun));
}

/** A library of a release for the compiler of that release; from some release on its build system makes it only so. */
function checkLibrary({ evaluated, diagnostics }: Lowering, release: Release, { rustc }: Stage0): void {
    const place = evaluated.root.fields.get('goal')?.place;
    if (versionNumbers(rustc)?.minor !== release.minor) diagnostics.push(foreignLibrary(release.version, rustc, place));
    const problems = ['build', 'install'].flatMap((verb) => checkStage(release, verb, 0, { isLocalRebuild: true }));
    for (const problem of problems.slice(0, 1)) diagnostics.push(configProblem(problem, place));
}
