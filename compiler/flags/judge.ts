// Recorded calls against what the recipe asks for: which call carries which flag, and which flag reached nobody.
import { carrying } from './carried.ts';
import { type Exception, exceptionFor } from './exceptions.ts';
import type { Invocation } from './invocation.ts';
import { channelsOf, type Purpose, purposeOf } from './purpose.ts';
import type { Requested } from './requested.ts';

export interface JudgedCall {
    readonly call: Invocation;
    readonly purpose: Purpose;
    readonly carried: readonly Requested[];
    readonly missing: readonly Requested[];
    /** Carried, and taken back by a later word. */
    readonly undone: readonly { readonly requested: Requested; readonly by: string }[];
    /** Why it may do without what it lacks, or has nothing to carry. */
    readonly exception: Exception | undefined;
}

export interface JudgedFlag {
    readonly requested: Requested;
    /** Calls that carry it, need not carry it, and do not carry it. */
    readonly carried: number;
    readonly excused: number;
    readonly missing: number;
}

export interface Judgement {
    readonly calls: readonly JudgedCall[];
    readonly flags: readonly JudgedFlag[];
    /** Every call carries what it has to. */
    readonly ok: boolean;
}

export function judge(calls: readonly Invocation[], requested: readonly Requested[]): Judgement {
    const judged = calls.map((call) => judgeCall(call, requested));
    const flags = requested.map((flag): JudgedFlag => {
        const without = judged.filter((each) => lacks(each, flag));
        const excused = without.filter(({ exception }) => exception !== undefined).length;
        const carried = judged.filter((each) => each.carried.includes(flag)).length;
        return { requested: flag, carried, excused, missing: without.length - excused };
    });
    return { calls: judged, flags, ok: flags.every(({ missing }) => missing === 0) };
}

function lacks({ missing, undone }: JudgedCall, flag: Requested): boolean {
    return missing.includes(flag) || undone.some(({ requested }) => requested === flag);
}

function judgeCall(call: Invocation, requested: readonly Requested[]): JudgedCall {
    const purpose = purposeOf(call);
    const channels = channelsOf(call, purpose);
    const carried: Requested[] = [];
    const missing: Requested[] = [];
    const undone: { requested: Requested; by: string }[] = [];
    for (const each of requested) {
        if (each.side !== call.side || !channels.includes(each.channel) || !isMeant(call, each)) continue;
        const found = carrying(call.tool, call.words, each);
        if (found.kind === 'carried') carried.push(each);
        if (found.kind === 'missing') missing.push(each);
        if (found.kind === 'undone') undone.push({ requested: each, by: found.by });
    }
    const lacking = [...missing, ...undone.map(({ requested: flag }) => flag)];
    const needsReason = lacking.length > 0 || carried.length === 0;
    const exception = needsReason ? exceptionFor(call, purpose, lacking) : undefined;
    return { call, purpose, carried, missing, undone, exception };
}

/** Flags of one crate are for its own code and not for its build script. */
function isMeant({ action, words }: Invocation, { actions }: Requested): boolean {
    if (actions === undefined) return true;
    return actions.has(action) && words[words.indexOf('--crate-name') + 1]?.startsWith('build_script_') !== true;
}
