// A question to the compiler of the plan.
import type { HostTool } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { runProgram } from '../runtime/host/run-program.ts';
import { failure, type Result, success } from '../runtime/result.ts';

/** The lines of its answer. It is asked with an empty environment, like every other tool. */
export async function askRustc(
    rustc: HostTool,
    args: readonly string[],
    { signal }: FetchContext,
): Promise<Result<readonly string[], Failure>> {
    const asked = { program: rustc.path, args, cwd: '/', environment: {} };
    const finished = await runProgram({ ...asked, timeoutMs: 60_000, signal });
    if (finished.exitCode === 0) {
        const lines = finished.stdout.toString().split('\n');
        return success(lines.filter((line) => line !== ''));
    }
    const remedy = finished.stderr.trim();
    return failure({ kind: 'missing-tool', tool: `rustc ${args.join(' ')}`, neededFor: 'planning', remedy });
}
