// Limits that one process puts on itself before it becomes the sandbox.
import type { Failure } from '../failure.ts';
import { type Result, failure, success } from '../result.ts';
import type { SandboxLimits } from './spec.ts';

export interface Start {
    readonly program: string;
    readonly arguments: readonly string[];
}

/** The same start under util-linux' prlimit, when a limit is asked for. A process that reaches it leaves no core file. */
export function withMemoryLimit(
    start: Start,
    limits: SandboxLimits,
    prlimit: string | undefined,
): Result<Start, Failure> {
    if (limits.memoryBytes === undefined) return success(start);
    if (prlimit === undefined) {
        const remedy = 'apt install util-linux';
        return failure({ kind: 'missing-tool', tool: 'prlimit', neededFor: 'a limit on memory', remedy });
    }
    const asked = [`--as=${limits.memoryBytes}`, '--core=0'];
    return success({ program: prlimit, arguments: [...asked, start.program, ...start.arguments] });
}
