// A command is a value: its words for `--help`, its options, and a function. The list of them is `commands.ts`.
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

export interface CommandSpec {
    readonly name: string;
    readonly summary: string;
    /** More for `--help`; may be several paragraphs. */
    readonly details?: string;
    readonly operands: readonly Operand[];
    readonly options: readonly OptionSpec[];
    /** Imported only when the command is used. */
    readonly load: () => Promise<CommandRun>;
    /** Operands may start with a dash: `rpkg why RECIPE -Wl,-z,now`. */
    readonly dashedOperands?: boolean;
}

export interface Operand {
    /** `recipe`, or `recipe...` for any number. */
    readonly name: string;
    readonly text: string;
    readonly required: boolean;
}

export interface OptionSpec {
    /** As in help: `-j, --jobs <number>`. */
    readonly flags: string;
    readonly text: string;
    readonly repeat?: boolean;
}

export interface Arguments {
    readonly operands: readonly string[];
    flag(name: string): boolean;
    value(name: string): string | undefined;
    values(name: string): readonly string[];
}

export type CommandRun = (context: Context, args: Arguments) => Promise<ExitCode>;
