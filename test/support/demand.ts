import type { Failure } from '../../runtime/failure.ts';
import type { Result } from '../../runtime/result.ts';

/** The value; a failure ends the test and says which one. */
export function demand<Value>(result: Result<Value, Failure>): Value {
    if (result.ok) return result.value;
    throw new Error(JSON.stringify(result.failure));
}

/** The failure; a value ends the test. */
export function demandFailure(result: Result<unknown, Failure>): Failure {
    if (!result.ok) return result.failure;
    throw new Error(`no failure but ${JSON.stringify(result.value)}`);
}
