// Events of a run as JSON lines in the store: `runs/<run>.jsonl`. Written line by line, so a killed run leaves a log
// that ends early and is otherwise whole.
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compareBytes } from '../compiler/plan/bytes.ts';
import type { Event, EventBody } from './event.ts';

export interface EventLog {
    /** Sorts by time: `20261123T052201.123-4711`. */
    readonly run: string;
    readonly path: string;
    write(event: EventBody): void;
    close(): void;
}

/** Starts the log of a new run. Throws the system's error when the store cannot be written. */
export function startEventLog(storeRoot: string, now: () => number): EventLog {
    const folder = join(storeRoot, 'runs');
    mkdirSync(folder, { recursive: true });
    const stamp = new Date(now()).toISOString().replaceAll(/[-:Z]/g, '');
    const run = `${stamp}-${process.pid}`;
    const path = join(folder, `${run}.jsonl`);
    const file = openSync(path, 'ax', 0o644);
    return {
        run,
        path,
        write: (event) => {
            writeSync(file, `${JSON.stringify({ at: now(), ...event })}\n`);
        },
        close: () => closeSync(file),
    };
}

/** Names of the recorded runs, newest first. */
export function recordedRuns(storeRoot: string): readonly string[] {
    try {
        return readdirSync(join(storeRoot, 'runs'))
            .filter((name) => name.endsWith('.jsonl'))
            .map((name) => name.slice(0, -'.jsonl'.length))
            .sort((a, b) => compareBytes(b, a));
    } catch {
        return [];
    }
}

/** The events of a run; a line that was cut off is left out. Undefined when there is no such run. */
export function readEventLog(storeRoot: string, run: string): readonly Event[] | undefined {
    let text: string;
    try {
        text = readFileSync(join(storeRoot, 'runs', `${run}.jsonl`), 'utf8');
    } catch {
        return undefined;
    }
    return text.split('\n').flatMap(readEvent);
}

/** A run that was killed leaves a line that ends early; a machine that went down may leave anything. */
function readEvent(line: string): readonly Event[] {
    try {
        return [JSON.parse(line) as Event];
    } catch {
        return [];
    }
}
