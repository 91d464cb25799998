import { type Lineage, lineageOf, lineageRule, type Link } from '../../compiler/rustc/lineage.ts';
import { sumOf } from '../../compiler/rustc/lineage-estimate.ts';
import { versionNumbers } from '../../compiler/rustc/release.ts';
import { isError } from '../../lang/diagnostic.ts';
import type { Arguments, CommandRun } from '../command.ts';
import type { Context } from '../context.ts';
import { counted } from '../counted.ts';
import { chainLineage } from '../chain-lineage.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { evaluateRecipe } from '../prepare.ts';
import { endWithDiagnostics } from '../report.ts';
import { recipeRequest, tellUsage } from '../request.ts';
import { rustcDiagnostic } from '../rustc-diagnostic.ts';

/** `rpkg lineage rustc VERSION --have VERSION`, or `rpkg lineage RECIPE` for one of kind `chain`. */
export const lineage: CommandRun = async (context, args) => {
    const [what = '', want] = args.operands;
    return want === undefined && what !== 'rustc'
        ? await lineageOfRecipe(context, args, what)
        : lineageOfRelease(context, args, what, want ?? '');
};

function lineageOfRelease(context: Context, args: Arguments, what: string, want: string): ExitCode {
    const have = args.value('have');
    const llvm = majorsOf(args);
    if (what !== 'rustc' || want === '' || have === undefined || llvm === 'wrong') {
        tellUsage(
            context,
            what !== 'rustc'
                ? `\`${what}\` has no lineage: only rustc is built with itself`
                : want === ''
                  ? 'the wanted release is missing'
                  : have === undefined
                    ? '`--have` is needed: the release that is there to begin with, as `rustc --version` prints it'
                    : '`--llvm` takes major versions of LLVM, as 19,21',
        );
        return exitCodes.usage;
    }
    const json = args.flag('json');
    const choice = { via: args.values('via'), byItself: args.flag('by-itself') };
    const answer = lineageOf(have, want, { ...choice, ...(llvm === undefined ? {} : { llvm }) });
    if (!answer.ok) return endWithDiagnostics(context, [rustcDiagnostic(answer.problem)], { json });
    return tell(context, answer.lineage, json);
}

async function lineageOfRecipe(context: Context, args: Arguments, word: string): Promise<ExitCode> {
    const json = args.flag('json');
    const request = recipeRequest(word, args);
    if ('problem' in request) {
        tellUsage(context, request.problem);
        return exitCodes.usage;
    }
    const { evaluated, diagnostics } = await evaluateRecipe(context, request);
    if (evaluated === undefined || diagnostics.some(isError)) return endWithDiagnostics(context, diagnostics, { json });
    const found = chainLineage(evaluated);
    if (found !== undefined) return tell(context, found, json);
    tellUsage(context, `\`${evaluated.name}\` is of kind \`${evaluated.kind}\`: only chains have a lineage`);
    return exitCodes.usage;
}

function tell(context: Context, lineage: Lineage, json: boolean): ExitCode {
    if (json) printJson(context, lineage);
    else context.out.write(lineageText(lineage));
    return exitCodes.ok;
}

function majorsOf(args: Arguments): readonly number[] | 'wrong' | undefined {
    const words = args.value('llvm')?.split(',');
    if (words === undefined) return undefined;
    return words.every((word) => /^\d{1,3}$/.test(word)) ? words.map(Number) : 'wrong';
}

function printJson(context: Context, { have, want, links, note }: Lineage): void {
    const numbers = versionNumbers(want);
    const answer = {
        have,
        want,
        ...(note === undefined ? {} : { note }),
        rule: numbers === undefined ? undefined : lineageRule(numbers),
        links: links.map(({ llvm, ...link }) => ({
            ...link,
            llvm: { major: llvm.major ?? 'bundled', window: llvm.window },
        })),
        coreMinutes: sumOf(links.map(({ estimate }) => estimate)),
    };
    context.out.write(`${JSON.stringify(answer, undefined, 2)}\n`);
}

function lineageText({ have, want, links, note }: Lineage): string {
    if (links.length === 0) return `rustc ${want} is the one at hand: there is nothing to build\n`;
    const numbers = versionNumbers(want);
    const width = String(links.length).length;
    const rows = links.map(
        (link, at) =>
            `${String(at + 1).padStart(width)}  ${link.version.padEnd(7)}  by ${link.stage0.padEnd(7)}  LLVM ${llvmText(link).padEnd(7)}  cargo ${link.cargo.padEnd(5)}  --stage ${String(link.stage)}  ${rangeText(link.estimate.coreMinutes, 'core minutes')}\n`,
    );
    const [least, most] = sumOf(links.map(({ estimate }) => estimate));
    const early = links.filter(({ isKnown }) => !isKnown).length;
    return [
        `rustc ${want} from ${have}: ${counted(links.length, 'release')} to build, one after the other\n\n`,
        ...rows,
        '\n',
        `rule: ${numbers === undefined ? '' : lineageRule(numbers)}\n`,
        ...(links.length > 1
            ? ['built: library and cargo of each, without tests and documentation; the last in full\n']
            : []),
        ...(early > 0
            ? [`settings: those of ${counted(early, 'release')} before 1.63 are not in the tables of rpkg\n`]
            : []),
        ...(note === undefined ? [] : [`note: ${note}\n`]),
        `estimate: ${rangeText([Math.round(least / 60), Math.round(most / 60)], 'core hours')}, good for an order of magnitude\n`,
    ].join('');
}

function llvmText({ llvm: { major } }: Link): string {
    return major === undefined ? 'bundled' : String(major);
}

function rangeText([least, most]: readonly [number, number], unit: string): string {
    return `${String(least)} to ${String(most)} ${unit}`;
}
