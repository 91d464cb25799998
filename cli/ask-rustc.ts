// A question to the compiler of the plan.
import type { Failure } from '../runtime/failure.ts';
import { failure, type Result, success } from '../runtime/result.ts';
import type { Surroundings } from './surroundings.ts';

/** The lines of its answer. */
export async function askRustc(
    { tools, ask }: Surroundings,
    args: readonly string[],
): Promise<Result<readonly string[], Failure>> {
    const { rustc } = tools;
    if (rustc === undefined) throw new Error('a plan without rustc asks it something');
    const finished = await ask(rustc, args);
    if (!finished.ok) return finished;
    if (finished.value.exitCode === 0) {
        const lines = finished.value.stdout.toString().split('\n');
        return success(lines.filter((line) => line !== ''));
    }
    const remedy = finished.value.stderr.trim();
    return failure({ kind: 'missing-tool', tool: `rustc ${args.join(' ')}`, neededFor: 'planning', remedy });
}
