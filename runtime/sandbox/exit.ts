// How an ended child maps to the way a command ended.
import { constants } from 'node:os';
import type { Ended } from './launch.ts';
import type { Exit } from './spec.ts';

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

/** When rpkg killed the child, or somebody else killed the whole sandbox, that is the end; undefined otherwise. */
export function exitFromOutside({ ending, signal }: Ended): Exit | undefined {
    if (ending !== undefined) return { kind: ending };
    return signal === null ? undefined : { kind: 'signal', signal };
}
