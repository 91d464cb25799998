// The question that a tool's identity is the answer to.
import type { Question } from './remembered.ts';

/** Variables that decide which tool a word means. */
const deciding = ['HOME', 'PATH', 'RUSTUP_HOME', 'RUSTUP_TOOLCHAIN'];

export function toolQuestion(name: string, environment: Readonly<Record<string, string | undefined>>): Question {
    const variables = deciding.map((variable): [string, string] => [variable, environment[variable] ?? '']);
    return { kind: 'tool', name, ...Object.fromEntries(variables) };
}
