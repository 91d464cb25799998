// Finding the program that disassembles: objdump of binutils, which may know other machines than this one, or has a name of its own for them.
import type { Failure } from '../failure.ts';
import { missingTool } from '../host/missing-tool.ts';
import { findProgram, userFolders } from '../host/programs.ts';
import { runProgram } from '../host/run-program.ts';
import { failure, type Result, success } from '../result.ts';

export interface Disassembler {
    readonly program: string;
    /** The first line of what it says about itself. */
    readonly version: string;
}

/** Names as `objdump -i` lists what it knows, and as Debian calls a binutils for that machine alone. */
const machines: Readonly<Record<string, { readonly format: string; readonly prefix: string }>> = {
    i386: { format: 'elf32-i386', prefix: 'i686-linux-gnu-' },
    'x86-64': { format: 'elf64-x86-64', prefix: 'x86_64-linux-gnu-' },
    aarch64: { format: 'elf64-littleaarch64', prefix: 'aarch64-linux-gnu-' },
};

/** Whether there is a table of instructions for the machine. */
export function canJudge(machine: string): boolean {
    return Object.hasOwn(machines, machine);
}

const neededFor = 'telling which instruction sets are used (`--no-disassembly` leaves it out)';

/** For a machine that `canJudge`. */
export async function findDisassembler(
    machine: string,
    environment: NodeJS.ProcessEnv,
): Promise<Result<Disassembler, Failure>> {
    const { format, prefix } = machines[machine] ?? { format: '', prefix: '' };
    const names = ['objdump', `${prefix}objdump`];
    for (const name of names) {
        const program = findProgram(name, userFolders(environment));
        if (program === undefined) continue;
        const asked = { program, cwd: '/', environment: { PATH: environment['PATH'], LC_ALL: 'C' }, timeoutMs: 20_000 };
        const formats = await runProgram({ ...asked, args: ['-i'] });
        if (!formats.stdout.toString().split('\n').includes(format)) continue;
        const version = await runProgram({ ...asked, args: ['--version'] });
        const [line = ''] = version.stdout.toString().split('\n');
        if (line.startsWith('GNU')) return success({ program, version: line });
    }
    const isOwn = machine === 'i386' || machine === 'x86-64';
    return failure(missingTool(isOwn ? 'objdump' : `${prefix}objdump`, neededFor));
}
