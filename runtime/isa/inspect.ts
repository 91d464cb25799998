// Built files → the instruction sets that each of their objects uses, or why that is not known.
import type { Failure } from '../failure.ts';
import { type BuiltFile, type BuiltObject, sizesIn } from '../elf/built-files.ts';
import { failure, type Result, success } from '../result.ts';
import { canJudge, type Disassembler, findDisassembler } from './disassembler.ts';
import { disassemble, type Disassembly, type DisassemblyRequest } from './disassemble.ts';
import type { Usage, UsageOptions } from './usage.ts';

export type Inspected =
    | { readonly kind: 'usage'; readonly usage: Usage }
    | { readonly kind: 'unknown'; readonly reason: string };

export interface Inspection {
    /** By the path of the object; objects without code have no entry. */
    readonly objects: ReadonlyMap<string, Inspected>;
    readonly disassemblers: readonly Disassembler[];
}

export interface InspectionRequest {
    readonly environment: NodeJS.ProcessEnv;
    readonly isAllowed: UsageOptions['isAllowed'];
    readonly signal: AbortSignal;
}

/** One file after the other. */
export async function inspect(
    files: readonly BuiltFile[],
    request: InspectionRequest,
): Promise<Result<Inspection, Failure>> {
    const objects = new Map<string, Inspected>();
    const programs = new Map<string, Disassembler>();
    for (const file of files) {
        const withCode = file.objects.filter((object): object is BuiltObject => 'facts' in object && object.facts.code);
        const [machine, ...others] = new Set(withCode.map(({ facts }) => facts.machine));
        const reason = machine === undefined ? undefined : reasonAgainst(machine, others);
        if (machine === undefined || reason !== undefined) {
            for (const { path } of withCode) objects.set(path, { kind: 'unknown', reason: reason ?? '' });
            continue;
        }
        let disassembler = programs.get(machine);
        if (disassembler === undefined) {
            const found = await findDisassembler(machine, request.environment);
            if (!found.ok) return failure(found.failure);
            programs.set(machine, (disassembler = found.value));
        }
        const disassembly = await disassembled(file, withCode, disassembler, request);
        if (disassembly === undefined) return failure({ kind: 'interrupted', signal: String(request.signal.reason) });
        for (const object of withCode) objects.set(object.path, usageOf(object, disassembly));
    }
    return success({ objects, disassemblers: [...new Set(programs.values())] });
}

/** Undefined when the user wants to stop. */
async function disassembled(
    { location }: BuiltFile,
    objects: readonly BuiltObject[],
    disassembler: Disassembler,
    { isAllowed, signal }: InspectionRequest,
): Promise<Disassembly | undefined> {
    const sizesOf: DisassemblyRequest['sizesOf'] = (name, nth) => {
        const object = objects.length === 1 ? objects[0] : objects.find((each) => isMember(each, name, nth));
        return object === undefined ? () => undefined : sizesIn(location, object);
    };
    try {
        return await disassemble({ disassembler, path: location, isAllowed, signal, sizesOf });
    } catch (error) {
        if (signal.aborted) return undefined;
        throw error;
    }
}

function reasonAgainst(machine: string, others: readonly string[]): string | undefined {
    if (others.length > 0) return `code for several machines in one archive: ${[machine, ...others].join(', ')}`;
    return canJudge(machine) ? undefined : `there is no table of instructions for ${machine}`;
}

function isMember({ member }: BuiltObject, name: string, nth: number): boolean {
    return member?.name === name && member.nth === nth;
}

/** What could not be disassembled is never taken for something without instructions. */
function usageOf(object: BuiltObject, { objects, complaint }: Disassembly): Inspected {
    const found =
        object.member === undefined ? objects[0] : objects.find(({ name, nth }) => isMember(object, name, nth));
    if (found?.usage !== undefined && found.usage.instructions > 0) return { kind: 'usage', usage: found.usage };
    const [line = ''] = complaint.split('\n');
    return { kind: 'unknown', reason: line === '' ? 'objdump shows no instruction' : line };
}
