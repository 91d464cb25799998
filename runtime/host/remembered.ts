// Answers about the host, kept in the store together with the signature of every path that was looked at for them. An
// answer is used again when all these paths still look the same, which costs a stat each and no process.
import { hashJson } from '../../compiler/plan/canonical.ts';
import type { Json } from '../../compiler/plan/key-order.ts';
import type { Failure } from '../failure.ts';
import { type Result, success } from '../result.ts';
import type { Store } from '../store/store.ts';
import { look } from './look.ts';
import { isSettled } from './stat-signature.ts';

/** Collects what an answer depends on. A path is noted before it is read, so a change in between is seen next time. */
export interface Watch {
    /** What the path leads to; also when nothing is there. */
    readonly path: (path: string) => void;
    /** The entry itself, be it a link. */
    readonly entry: (path: string) => void;
    /** All that another answer depended on. */
    readonly all: (other: Watched) => void;
}

const recordKind = 'host';

/** What is asked, with everything the answer may depend on besides paths. */
export interface Question {
    readonly kind: string;
    readonly [detail: string]: string;
}

/** `follow PATH` or `entry PATH` → signature. */
type Watched = Readonly<Record<string, string>>;

export interface Answer<Value> {
    readonly value: Value;
    readonly watched: Watched;
}

/**
 * The kept answer to `question`, or a fresh one. Fresh answers are kept unless something they depend on has changed so
 * recently that its signature proves nothing.
 */
export async function remembered<Value>(
    store: Store,
    question: Question,
    find: (watch: Watch) => Promise<Result<Value, Failure>>,
): Promise<Result<Answer<Value>, Failure>> {
    const name = recordName(question);
    const kept = store.readRecord(recordKind, name) as Answer<Value> | undefined;
    if (kept !== undefined && Object.entries(kept.watched).every(([key, text]) => look(key).text === text)) {
        return success(kept);
    }
    const startedMs = Date.now();
    const watched: Record<string, string> = {};
    let newestNs = 0n;
    const note = (key: string): void => {
        if (key in watched) return;
        const { text, changedNs } = look(key);
        watched[key] = text;
        if (changedNs > newestNs) newestNs = changedNs;
    };
    const found = await find({
        path: (path) => note(`follow ${path}`),
        entry: (path) => note(`entry ${path}`),
        all: (other) => {
            for (const key of Object.keys(other)) note(key);
        },
    });
    if (!found.ok) return found;
    const answer = { value: found.value, watched };
    if (!isSettled(newestNs, startedMs)) return success(answer);
    const written = await store.writeRecord({ kind: recordKind, name }, answer as Json);
    return written.ok ? success(answer) : written;
}

/** Everything the kept answers to some questions depend on; undefined when one of them has none. */
export function watchedFor(store: Store, questions: readonly Question[]): readonly string[] | undefined {
    const keys = new Set<string>();
    for (const question of questions) {
        const kept = store.readRecord(recordKind, recordName(question)) as Answer<Json> | undefined;
        if (kept === undefined) return undefined;
        for (const key of Object.keys(kept.watched)) keys.add(key);
    }
    return [...keys];
}

function recordName(question: Question): string {
    return hashJson(question).slice('sha256:'.length);
}
