// The table of commands → a command-line program. Words are split by Node's own `parseArgs`: a larger library would
// double the time that a build with nothing to do takes.
import { parseArgs } from 'node:util';
import { nearest } from '../lang/suggest.ts';
import type { Arguments, CommandSpec, OptionSpec } from './command.ts';
import { commands } from './commands.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Runs one command line (without program name) and gives the exit code. */
export async function runProgram(context: Context, argv: readonly string[], version: string): Promise<ExitCode> {
    const [word, ...rest] = argv;
    if (word === '--version' || word === '-V') {
        context.out.write(`${version}\n`);
        return exitCodes.ok;
    }
    if (word === undefined || word === '--help' || word === '-h' || word === 'help')
        return await showHelp(context, rest[0], word);
    const spec = commands.find(({ name }) => name === word);
    if (spec === undefined) return unknownCommand(context, word);
    if (rest.includes('--help') || rest.includes('-h')) return await showHelp(context, word, word);
    const args = readArguments(spec, rest);
    if (typeof args === 'string') {
        context.err.write(`error: ${args}\n\`rpkg ${spec.name} --help\` shows how it is used\n`);
        return exitCodes.usage;
    }
    const run = await spec.load();
    return await run(context, args);
}

/** Help goes to standard output when it was asked for; a call without any word is wrong usage. */
async function showHelp(context: Context, command: string | undefined, asked: string | undefined): Promise<ExitCode> {
    const spec = commands.find(({ name }) => name === command);
    if (command !== undefined && spec === undefined) return unknownCommand(context, command);
    const { commandHelp, programHelp } = await import('./help.ts');
    (asked === undefined ? context.err : context.out).write(
        spec === undefined ? programHelp(commands) : commandHelp(spec),
    );
    return asked === undefined ? exitCodes.usage : exitCodes.ok;
}

function unknownCommand(context: Context, word: string): ExitCode {
    const near = nearest(
        word,
        commands.map(({ name }) => name),
    );
    const hint = near === undefined ? '`rpkg --help` lists the commands' : `did you mean \`${near}\`?`;
    context.err.write(`error: there is no command \`${word}\`; ${hint}\n`);
    return exitCodes.usage;
}

interface OptionNames {
    readonly long: string;
    readonly short: string | undefined;
    readonly takesValue: boolean;
}

/** `-j, --jobs <number>` → its names, and whether a value follows. */
function namesOf({ flags }: OptionSpec): OptionNames {
    const [, short, long = '', value] = /^(?:-(\w), )?--([\w-]+)(?: (<.+>))?$/.exec(flags) ?? [];
    return { long, short, takesValue: value !== undefined };
}

/** The words of a command, or what is wrong with them. */
function readArguments(spec: CommandSpec, words: readonly string[]): Arguments | string {
    const names = spec.options.map((option) => ({ ...namesOf(option), multiple: option.repeat === true }));
    const options = Object.fromEntries(
        names.map(({ long, short, takesValue, multiple }) => [
            long,
            {
                type: takesValue ? ('string' as const) : ('boolean' as const),
                multiple,
                ...(short === undefined ? {} : { short }),
            },
        ]),
    );
    const { plain, dashed } = spec.dashedOperands === true ? splitDashed(words, names) : { plain: words, dashed: [] };
    let parsed: { values: Readonly<Record<string, unknown>>; positionals: readonly string[] };
    try {
        parsed = parseArgs({ args: [...plain], options, allowPositionals: true, strict: true });
    } catch (error) {
        return error instanceof Error ? (error.message.split('. To specify')[0] ?? error.message) : String(error);
    }
    const operands = [...parsed.positionals, ...dashed];
    return operandProblem(spec, operands) ?? asArguments(parsed.values, operands);
}

/** Words with a dash that are no option of the command are operands: flags that are asked about. */
function splitDashed(
    words: readonly string[],
    names: readonly OptionNames[],
): { plain: readonly string[]; dashed: readonly string[] } {
    const isOption = (word: string): boolean =>
        names.some(
            ({ long, short }) =>
                word === `--${long}` || word.startsWith(`--${long}=`) || (short !== undefined && word === `-${short}`),
        );
    const end = words.indexOf('--');
    const before = end < 0 ? words : words.slice(0, end);
    return {
        plain: before.filter((word) => !word.startsWith('-') || isOption(word)),
        dashed: [
            ...before.filter((word) => word.startsWith('-') && !isOption(word)),
            ...(end < 0 ? [] : words.slice(end + 1)),
        ],
    };
}

function operandProblem({ operands: specs }: CommandSpec, operands: readonly string[]): string | undefined {
    const missing = specs.find(({ required }, index) => required && operands[index] === undefined);
    if (missing !== undefined) return `missing operand: ${missing.name.toUpperCase()}, ${missing.text}`;
    const endless = specs.some(({ name }) => name.endsWith('...'));
    const surplus = operands[specs.length];
    return surplus === undefined || endless ? undefined : `one operand too many: ${surplus}`;
}

function asArguments(values: Readonly<Record<string, unknown>>, operands: readonly string[]): Arguments {
    return {
        operands,
        flag: (name) => values[name] === true,
        value: (name) => {
            const value = values[name];
            return typeof value === 'string' ? value : undefined;
        },
        values: (name) => {
            const value = values[name];
            return Array.isArray(value) ? (value as readonly string[]) : [];
        },
    };
}
