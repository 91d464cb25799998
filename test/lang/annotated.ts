// Recipes that say themselves what is wrong with them. A line of the recipe starts with `| `; a line under it that starts
// with `#` has carets under the offending text, then the code and, after a colon, a part of the message:
//
//     |     version =
//     #              ^ syntax/missing-value: after `=`
import { expect } from 'vitest';
import { type Parsed, parse } from '../../lang/parse.ts';
import { lineColumn } from '../../lang/source.ts';

interface Expected {
    readonly line: number;
    readonly column: number;
    readonly width: number;
    readonly code: string;
    readonly message: string;
}

/** Parses an annotated recipe and expects exactly the diagnostics that it announces. */
export function checkAnnotated(annotated: string): Parsed {
    const { text, expected } = readAnnotations(annotated);
    const parsed = parse({ path: 'test.rpkg', text });
    const found = parsed.diagnostics.map(({ code, message, labels }): Expected => {
        const [primary, ...others] = labels.filter((label) => label.primary);
        expect(others).toEqual([]);
        if (primary === undefined) throw new Error('no primary label');
        const { start, end } = primary.span;
        const width = Math.max(1, end - start);
        const announced = expected.find((one) => one.code === code && message.includes(one.message));
        return { ...lineColumn(primary.file, start), width, code, message: announced?.message ?? message };
    });
    expect(found).toEqual(expected);
    return parsed;
}

function readAnnotations(annotated: string): { readonly text: string; readonly expected: readonly Expected[] } {
    const lines: string[] = [];
    const expected: Expected[] = [];
    for (const line of annotated.split('\n')) {
        if (line.startsWith('|')) lines.push(line.slice(2));
        const match = /^# *?(\^+) (syntax\/[\w-]+)(?:: (.*))?$/.exec(line);
        if (match === null) continue;
        const [, carets = '', code = '', message = ''] = match;
        const column = line.indexOf('^') - 1;
        expected.push({ line: lines.length, column, width: carets.length, code, message });
    }
    return { text: `${lines.join('\n')}\n`, expected };
}
