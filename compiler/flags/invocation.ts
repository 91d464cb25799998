// What the recorder wrote → calls. (`compiler/lower/recorder-scripts.ts` says how a line is made.)
import type { Side } from '../lower/recorder.ts';

export type Tool = 'rustc' | 'c' | 'cxx' | 'ld' | 'ar';

export interface Invocation {
    readonly action: string;
    readonly side: Side;
    /** Absolute path of the real program. */
    readonly program: string;
    readonly tool: Tool;
    readonly cwd: string;
    /** Without the program; response files stand as they were given. */
    readonly arguments: readonly string[];
    /** The same with the content of response files in their place. */
    readonly words: readonly string[];
}

/** Names of programs, without a triple in front and a version behind. */
const tools: readonly (readonly [name: RegExp, tool: Tool])[] = [
    [/^rustc$/, 'rustc'],
    [/(?:^|-)(?:c\+\+|g\+\+|clang\+\+)$/, 'cxx'],
    [/(?:^|-)(?:ld|lld|gold|mold)(?:\.\w+)?$/, 'ld'],
    [/(?:^|-)ar$/, 'ar'],
];

/** The calls in one record. Throws when a line is none that the recorder writes. */
export function parseRecord(action: string, text: string): readonly Invocation[] {
    return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => parseLine(action, line));
}

function parseLine(action: string, line: string): Invocation {
    const [side = '', program = '', cwd = '', count = '', ...rest] = line.split('\t').map(unescaped);
    const number = Number(count);
    if ((side !== 'host' && side !== 'target') || !Number.isInteger(number) || rest.length < number)
        throw new Error(`the record of ${action} has a line that nobody writes: ${line}`);
    const tool = toolOf(program);
    const given = rest.slice(0, number);
    return { action, side, program, tool, cwd, arguments: given, words: expanded(tool, given, rest.slice(number)) };
}

const meanings: Readonly<Record<string, string>> = { '\\\\': '\\', '\\t': '\t', '\\n': '\n' };

function unescaped(field: string): string {
    return field.replaceAll(/\\./g, (pair) => meanings[pair] ?? pair);
}

/** Any other compiler is one for C. */
function toolOf(program: string): Tool {
    const name = program.slice(program.lastIndexOf('/') + 1).replace(/-[\d.]+$/, '');
    return tools.find(([pattern]) => pattern.test(name))?.[1] ?? 'c';
}

/** `responses` has each response file followed by its content. */
function expanded(tool: Tool, given: readonly string[], responses: readonly string[]): readonly string[] {
    const contents = new Map<string, string>();
    for (let at = 0; at + 1 < responses.length; at += 2) contents.set(responses[at] ?? '', responses[at + 1] ?? '');
    return given.flatMap((word) => {
        const content = contents.get(word);
        if (content === undefined) return [word];
        // rustc takes one argument a line, all others words with quotes.
        return tool === 'rustc' ? content.split('\n').filter((line) => line !== '') : shellLikeWords(content);
    });
}

function shellLikeWords(text: string): readonly string[] {
    const words = text.match(/(?:[^\s"'\\]|\\[^]|"(?:[^"\\]|\\[^])*"|'[^']*')+/g) ?? [];
    return words.map((word) =>
        word.replaceAll(
            /"((?:[^"\\]|\\[^])*)"|'([^']*)'|\\([^])/g,
            (_, double?: string, single?: string, one?: string) =>
                double === undefined ? (single ?? one ?? '') : double.replaceAll(/\\([^])/g, '$1'),
        ),
    );
}
