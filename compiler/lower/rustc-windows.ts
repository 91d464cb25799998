// Which compiler and which LLVM a release can be built with, against those that the recipe and the environment give.
import { checkLlvm } from '../rustc/llvm.ts';
import type { RustcProblem } from '../rustc/problem.ts';
import type { Release } from '../rustc/release.ts';
import { checkStage0, stage0Window } from '../rustc/stage0.ts';
import type { Lowering } from './context.ts';
import { configProblem } from './rustc-errors.ts';
import { fieldOf, llvmConfig } from './rustc-fields.ts';
import type { Stage0 } from './rustc-stage0.ts';

/** Refuses what the release would refuse, or would fail with hours later. */
export function checkWindows(lowering: Lowering, release: Release, { rustc, cargo }: Stage0): void {
    const { evaluated, environment, diagnostics } = lowering;
    const { isChecked } = stage0Window(release);
    const from = fieldOf(evaluated, 'bootstrap', 'version') ?? fieldOf(evaluated, 'bootstrap', 'from');
    const tell = (problems: readonly RustcProblem[], place = evaluated.root.place): void => {
        for (const problem of problems) diagnostics.push(configProblem(problem, place));
    };
    // Before releases looked at it, a Cargo of another one did no harm.
    tell(checkStage0(release, rustc, isChecked ? cargo : undefined).problems, from?.place);
    const config = llvmConfig(evaluated);
    if (config === undefined) return;
    const llvm = fieldOf(evaluated, 'llvm', 'config') ?? fieldOf(evaluated, 'llvm', 'link');
    tell(checkLlvm(release, environment.tools[config]?.version ?? ''), llvm?.place);
}
