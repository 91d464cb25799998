// What the pin of an import names: the imported file in canonical form, without its comments. So neither a remark nor
// indentation breaks a pin, and every change of what the file says does.
import { createHash } from 'node:crypto';
import type { Comment } from '../lang/ast.ts';
import { format } from '../lang/format.ts';
import { parse } from '../lang/parse.ts';
import type { SourceFile } from '../lang/source.ts';

/** `sha256:…` of a file; undefined when it has syntax errors. */
export function pinOf(source: SourceFile): string | undefined {
    const { comments } = parse(source);
    const formatted = format({ path: source.path, text: withoutComments(source.text, comments) });
    return 'text' in formatted ? `sha256:${createHash('sha256').update(formatted.text).digest('hex')}` : undefined;
}

/** A comment that fills its line goes with the line. */
function withoutComments(text: string, comments: readonly Comment[]): string {
    let kept = '';
    let at = 0;
    for (const { span } of comments.toSorted((a, b) => a.span.start - b.span.start)) {
        const line = text.lastIndexOf('\n', span.start - 1) + 1;
        const whole = text.slice(line, span.start).trim() === '';
        const next = text.indexOf('\n', span.end);
        kept += text.slice(at, whole ? line : span.start);
        if (!whole) at = span.end;
        else at = next < 0 ? text.length : next + 1;
    }
    return kept + text.slice(at);
}
