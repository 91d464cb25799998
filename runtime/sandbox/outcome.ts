// How an ended child maps to the way a command ended.
import { constants } from 'node:os';
import type { Failure } from '../failure.ts';
import { type Result, failure, success } from '../result.ts';
import type { Ended } from './launch.ts';
import type { Exit } from './spec.ts';
import { startFailure, stuckFailure } from './unavailable.ts';

const signalNames: ReadonlyMap<number, string> = new Map(
    Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/**
 * A code above 128 that fits a signal is taken for that signal: inside, bubblewrap and every shell report it so, and from
 * here nobody could tell the difference.
 */
export function exitOfCode(code: number): Exit {
    const signal = code > 128 ? signalNames.get(code - 128) : undefined;
    return signal === undefined ? { kind: 'exit', code } : { kind: 'signal', signal };
}

/** What can be said of an ended child without knowing the tier; undefined when the child itself has to tell. */
export function outcomeOf({ error, stuck, ending, signal }: Ended, program: string): Result<Exit, Failure> | undefined {
    if (error !== undefined) return failure(startFailure(program, error));
    if (stuck) return failure(stuckFailure());
    if (ending !== undefined) return success({ kind: ending });
    // Somebody else killed the whole sandbox.
    return signal === null ? undefined : success({ kind: 'signal', signal });
}
