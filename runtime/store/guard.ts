// The border between code that throws and callers that get a `Result`. Inside the store a refusal or an error of the
// system is thrown, because it must leave deep loops over files; no public function lets one out.
import { constants } from 'node:os';
import type { Failure } from '../failure.ts';
import { failure, type Result, success } from '../result.ts';

class Refusal extends Error {
    readonly failure: Failure;

    constructor(reason: Failure) {
        super(reason.kind);
        this.failure = reason;
    }
}

/** Leaves the current operation with this failure. */
export function refuse(reason: Failure): never {
    throw new Refusal(reason);
}

/** Runs an operation; refusals and errors of the system become its failure, anything else is a bug and goes on. */
export async function guarded<Value>(work: () => Promise<Value> | Value): Promise<Result<Value, Failure>> {
    try {
        return success(await work());
    } catch (error) {
        return failure(failureOf(error));
    }
}

/** The failure that a thrown value stands for. Throws the value again when it stands for none. */
export function failureOf(error: unknown): Failure {
    if (error instanceof Refusal) return error.failure;
    if (isSystemError(error)) {
        // Of a symbolic link, `path` is the text that it was to hold.
        const path = error.syscall === 'symlink' ? error.dest : error.path;
        return { kind: 'system', code: nameOf(error), operation: error.syscall, path: path ?? '' };
    }
    throw error;
}

/** Node has no text for some numbers, a full quota among them. */
function nameOf({ code, errno }: SystemError): string {
    if (/^E[A-Z0-9]+$/.test(code)) return code;
    const [name] = Object.entries(constants.errno).find(([, number]) => number === -errno) ?? [];
    return name ?? code;
}

export interface SystemError extends Error {
    readonly code: string;
    readonly errno: number;
    readonly syscall: string;
    path?: string;
    readonly dest?: string;
}

/** What `node:fs` and `node:child_process` throw when a system call fails. */
export function isSystemError(error: unknown): error is SystemError {
    return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** True for an error of the system with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
    return isSystemError(error) && codes.includes(error.code);
}

/** Runs calls on an open file; their errors do not know its path, so it is added. */
export function onFile<Value>(path: string, work: () => Value): Value {
    try {
        return work();
    } catch (error) {
        throw withPath(error, path);
    }
}

/** The same error, with the path when it is an error of the system that lacks one. */
export function withPath(error: unknown, path: string): Error {
    if (isSystemError(error)) error.path ??= path;
    return error instanceof Error ? error : new Error(String(error));
}
