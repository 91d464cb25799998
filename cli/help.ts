// `--help`, made from the table of commands.
import type { CommandSpec, Operand } from './command.ts';
import { exitCodeTexts } from './exit-codes.ts';

/** `rpkg --help` */
export function programHelp(commands: readonly CommandSpec[]): string {
    const exits = exitCodeTexts.map(([code, text]): [string, string] => [String(code), text]);
    return [
        'usage: rpkg COMMAND [OPTION…] [OPERAND…]',
        '',
        'Compiles build recipes for Rust to a reviewable plan and runs it in a hermetic sandbox.',
        '',
        'Commands:',
        ...columns(commands.map(({ name, summary }) => [name, summary])),
        '',
        'Exit codes:',
        ...columns(exits),
        '',
        '`rpkg COMMAND --help` tells more about a command.',
        '',
    ].join('\n');
}

/** `rpkg COMMAND --help` */
export function commandHelp({ name, summary, details, operands, options }: CommandSpec): string {
    const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
    return [
        `usage: rpkg ${[name, ...operands.map(shown), ...(options.length === 0 ? [] : ['[OPTION…]'])].join(' ')}`,
        '',
        sentence,
        ...(details === undefined ? [] : ['', details]),
        ...(operands.length === 0
            ? []
            : ['', 'Operands:', ...columns(operands.map((operand) => [operandName(operand), operand.text]))]),
        ...(options.length === 0 ? [] : ['', 'Options:', ...columns(options.map(({ flags, text }) => [flags, text]))]),
        '',
    ].join('\n');
}

function operandName({ name }: Operand): string {
    return name.replace('...', '…').toUpperCase();
}

function shown(operand: Operand): string {
    return operand.required ? operandName(operand) : `[${operandName(operand)}]`;
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
    const width = Math.max(...rows.map(([left]) => left.length));
    return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
