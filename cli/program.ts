// The table of commands → a command-line program: parsing, help and suggestions come from the commander library.
import { Command, CommanderError, Option } from 'commander';
import type { Arguments, CommandSpec } from './command.ts';
import { commands } from './commands.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodeTexts, exitCodes } from './exit-codes.ts';

/** Runs one command line (without program name) and gives the exit code. */
export async function runProgram(context: Context, argv: readonly string[], version: string): Promise<ExitCode> {
    let code: ExitCode = exitCodes.ok;
    const program = new Command('rpkg')
        .description('Compiles build recipes for Rust to a reviewable plan and runs it in a hermetic sandbox.')
        .version(version)
        .helpCommand(false)
        .addHelpText('after', exitHelp())
        .exitOverride()
        .configureOutput({ writeOut: (text) => context.out.write(text), writeErr: (text) => context.err.write(text) });
    for (const spec of commands) {
        addCommand(program, spec, async (args) => {
            const run = await spec.load();
            code = await run(context, args);
        });
    }
    try {
        await program.parseAsync([...argv], { from: 'user' });
    } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    return code;
}

function exitHelp(): string {
    return `\nExit codes:\n${exitCodeTexts.map(([code, text]) => `  ${String(code).padEnd(4)}${text}`).join('\n')}\n`;
}

function addCommand(program: Command, spec: CommandSpec, action: (args: Arguments) => Promise<void>): void {
    const command = program.command(spec.name).summary(spec.summary).description(describe(spec));
    if (spec.dashedOperands === true) command.allowUnknownOption();
    for (const operand of spec.operands) {
        command.argument(operand.required ? `<${operand.name}>` : `[${operand.name}]`, operand.text);
    }
    for (const { flags, text, repeat } of spec.options) {
        const option = new Option(flags, text);
        if (repeat === true) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
        command.addOption(option);
    }
    command.action(() => action(argumentsOf(command)));
}

function describe({ summary, details }: CommandSpec): string {
    const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
    return details === undefined ? sentence : `${sentence}\n\n${details}`;
}

function argumentsOf(command: Command): Arguments {
    const options = command.opts<Readonly<Record<string, string | boolean | readonly string[] | undefined>>>();
    const read = (name: string): string | boolean | readonly string[] | undefined => options[camelCase(name)];
    return {
        operands: command.args,
        flag: (name) => read(name) === true,
        value: (name) => {
            const value = read(name);
            return typeof value === 'string' ? value : undefined;
        },
        values: (name) => {
            const value = read(name);
            return typeof value === 'object' ? value : [];
        },
    };
}

function camelCase(name: string): string {
    return name.replaceAll(/-([a-z])/g, (_, next: string) => next.toUpperCase());
}
