// What every fault must look like to the user: one diagnostic with a remedy, the documented exit code, no stack trace,
// no answer on standard output, and a store that is as clean as before.
import * as fs from 'node:fs';
import { expect } from 'vitest';
import { expectCleanStore, type Place, type Ran, rpkg, type RunOptions } from '../support/whole.ts';

export interface Fault {
    readonly exit: number;
    /** The diagnostic's code. */
    readonly code: string;
    /** `FILE:LINE:COLUMN` of the first place that is shown; absent when no recipe is to blame. */
    readonly at?: string;
    /** Must stand in the message. */
    readonly says: string | RegExp;
    /** Must stand in the help. */
    readonly help: string | RegExp;
}

/** Checks how a run of rpkg failed. */
export function expectFault({ exit, out, err }: Ran, fault: Fault): void {
    expect({ exit, out, err }).toEqual({
        exit: fault.exit,
        out: '',
        err: expect.stringContaining(`error[${fault.code}]`) as string,
    });
    expect(err.match(/^(?:error|warning)\[/gm)).toHaveLength(1);
    expect(err).not.toMatch(/^ {4}at |bug in rpkg|\\u\{a\}/m);
    const [, message = ''] = /^error\[[a-z/-]+\]: (.+)$/m.exec(err) ?? [];
    const [, help = ''] = /^ *= help: (.+)$/m.exec(err) ?? [];
    expect(message).toMatch(fault.says);
    expect(help).toMatch(fault.help);
    const [, place] = /^ *--> (.+)$/m.exec(err) ?? [];
    expect(place).toBe(fault.at);
}

/** Runs a command that must fail, for people and for programs, and looks at the store afterwards. */
export async function provoke(
    place: Place,
    args: readonly string[],
    fault: Fault,
    options: RunOptions = {},
): Promise<void> {
    const ran = await rpkg(place, args, options);
    expectFault(ran, fault);
    const json = await rpkg(place, [...args, '--json'], options);
    expect({ exit: json.exit, err: json.err }).toEqual({ exit: fault.exit, err: '' });
    const { diagnostics } = JSON.parse(json.out) as { readonly diagnostics: readonly { readonly code: string }[] };
    expect(diagnostics).toEqual([expect.objectContaining({ code: fault.code, severity: 'error' })]);
    if (fs.existsSync(place.store)) await expectCleanStore(place);
}
