import type { Failure } from '../failure.ts';
import type { Result } from '../result.ts';
import { refuse } from '../store/guard.ts';

/** The value of a result; a failure leaves the operation that `guarded` runs. */
export function demand<Value>(result: Result<Value, Failure>): Value {
    return result.ok ? result.value : refuse(result.failure);
}
