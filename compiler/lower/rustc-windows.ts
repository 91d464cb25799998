// Which compiler and which LLVM a release can be built with, against those that the recipe and the environment give.
import type { Diagnostic } from '../../lang/diagnostic.ts';
import { checkLlvm, llvmWindow } from '../rustc/llvm.ts';
import type { RustcProblem } from '../rustc/problem.ts';
import { type Release, releaseOf } from '../rustc/release.ts';
import { checkStage0, stage0Window } from '../rustc/stage0.ts';
import { type Evaluated, textOf } from '../value.ts';
import type { Lowering } from './context.ts';
import { configProblem } from './rustc-errors.ts';
import { block, fieldOf, llvmConfig } from './rustc-fields.ts';
import type { Stage0 } from './rustc-stage0.ts';

/** Refuses what the release would refuse, or would fail with hours later. */
export function checkWindows(lowering: Lowering, release: Release, { rustc, cargo }: Stage0): void {
    const { evaluated, environment, diagnostics } = lowering;
    const { isChecked } = stage0Window(release);
    const from = fieldOf(evaluated, 'bootstrap', 'version') ?? fieldOf(evaluated, 'bootstrap', 'from');
    const version = evaluated.root.fields.get('version')?.place;
    const tell = (problems: readonly RustcProblem[], place = version): void => {
        for (const problem of problems) diagnostics.push(configProblem(problem, place));
    };
    // Before releases looked at it, a Cargo of another one did no harm.
    tell(checkStage0(release, rustc, isChecked ? cargo : undefined).problems, from?.place);
    const config = llvmConfig(evaluated);
    if (config === undefined) return;
    // One that is not there is told as such.
    const found = environment.tools[config];
    if (found === undefined) return;
    const llvm = fieldOf(evaluated, 'llvm', 'config') ?? fieldOf(evaluated, 'llvm', 'link');
    tell(checkLlvm(release, found.version), llvm?.place);
}

/** An LLVM of the system that is not there: what the release would take. */
export function missingLlvm(evaluated: Evaluated, tool: string): Diagnostic | undefined {
    const release = releaseOf(String(evaluated.root.fields.get('version')?.value ?? ''));
    if (release === undefined || tool !== llvmConfig(evaluated)) return undefined;
    const { oldest, oldestRule, bundled } = llvmWindow(release);
    const link = textOf(block(evaluated, 'llvm'), 'link') ?? '';
    const place = fieldOf(evaluated, 'llvm', 'config') ?? fieldOf(evaluated, 'llvm', 'link');
    return configProblem(
        {
            code: 'rustc/missing-llvm',
            severity: 'error',
            message: `\`${tool}\` is not there: \`llvm.link = ${link}\` takes the LLVM that it tells of, ${String(oldest)} or newer for rustc ${release.version} (rule of ${oldestRule.release}: ${oldestRule.source})`,
            help: `install the development package of LLVM ${String(bundled)}, name another \`llvm-config\` in \`llvm.config\`, or take the LLVM of the sources: \`llvm.link = bundled\``,
            rule: oldestRule,
        },
        place?.place ?? evaluated.root.fields.get('version')?.place,
    );
}
