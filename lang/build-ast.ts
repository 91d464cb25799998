// Outline → syntax tree. Every head is parsed by itself; a head that does not parse gives one diagnostic, and what can be
// kept of it is kept, its block always.
import type { IRecognitionException, IToken } from 'chevrotain';
import type { Block, Branch, Condition, Definition, File, LabelledBlock, Name, Statement, Use, When } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { HeadParser } from './grammar.ts';
import { headError } from './head-errors.ts';
import { headSpan } from './head-shape.ts';
import type { Body, Line } from './outline.ts';
import type { SourceFile } from './source.ts';
import { elseWithoutWhen, maxDiagnostics, missingBrace, twoStatements, unexpected } from './syntax-errors.ts';
import { endOf, isName, isOperator, isText, spanOf, tokens } from './tokens.ts';

interface Builder {
    readonly source: SourceFile;
    readonly parser: HeadParser;
    readonly diagnostics: Diagnostic[];
}

export interface Built {
    readonly ast: File;
    readonly diagnostics: readonly Diagnostic[];
}

let parser: HeadParser | undefined;

/** The tree of a whole file. */
export function buildFile(source: SourceFile, edition: number, lines: readonly Line[]): Built {
    // The grammar is validated in a test: at run time that would only cost start-up.
    parser ??= new HeadParser({ validate: false });
    const diagnostics: Diagnostic[] = [];
    const builder: Builder = { source, parser, diagnostics };
    parser.context = { source, report: (diagnostic) => report(builder, diagnostic) };
    const uses: Use[] = [];
    const definitions: Definition[] = [];
    for (const line of lines) {
        if (line.head[0]?.tokenType === tokens.use) uses.push(...useOf(builder, line));
        else definitions.push(...definitionOf(builder, line));
    }
    const span = { start: 0, end: source.text.length };
    return { ast: { kind: 'file', source, edition, uses, definitions, span }, diagnostics };
}

function report({ diagnostics }: Builder, diagnostic: Diagnostic): void {
    if (diagnostics.length < maxDiagnostics) diagnostics.push(diagnostic);
}

type RuleName =
    | 'use'
    | 'recipe'
    | 'overlay'
    | 'profile'
    | 'when'
    | 'else'
    | 'assert'
    | 'apply'
    | 'blockHead'
    | 'assign';

type NodeOf<Rule extends RuleName> = ReturnType<HeadParser[Rule]>;

interface Parsed<Node> {
    /** Undefined when not even the beginning of the head parses. */
    readonly node: Node | undefined;
    readonly error: IRecognitionException | undefined;
}

function parseHead<Rule extends RuleName>(
    { parser: heads }: Builder,
    head: readonly IToken[],
    rule: Rule,
): Parsed<NodeOf<Rule>> {
    heads.input = [...head];
    const node = heads[rule]() as NodeOf<Rule> | undefined;
    return { node, error: heads.errors[0] };
}

/** Parses a head and reports what is wrong with it. */
function readHead<Rule extends RuleName>(builder: Builder, line: Line, rule: Rule): NodeOf<Rule> | undefined {
    const before = builder.diagnostics.length;
    const { node, error } = parseHead(builder, line.head, rule);
    if (error !== undefined) reportHead(builder, line, { rule, error, before });
    return node;
}

interface Failure {
    readonly rule: RuleName;
    readonly error: IRecognitionException;
    /** How many diagnostics there were before the head. */
    readonly before: number;
}

/** A head that was complained about before, or that holds a broken literal, gets no second complaint. */
function reportHead(builder: Builder, { head, blamed }: Line, { rule, error, before }: Failure): void {
    const { source, diagnostics } = builder;
    if (blamed) diagnostics.length = before;
    else if (diagnostics.length === before) report(builder, headError({ source, head, rule, error }));
}

function useOf(builder: Builder, line: Line): readonly Use[] {
    const use = withoutBody(builder, line, () => readHead(builder, line, 'use'));
    return use === undefined ? [] : [use];
}

function definitionOf(builder: Builder, line: Line): readonly Definition[] {
    const block = bodyOf(builder, line);
    const span = { start: headSpan(line.head).start, end: block.span.end };
    switch (line.head[0]?.tokenType) {
        case tokens.recipe: {
            const head = readHead(builder, line, 'recipe');
            return [{ kind: 'recipe', name: nameAt(line, 1), ...head, block, span }];
        }
        case tokens.overlay: {
            const head = readHead(builder, line, 'overlay');
            return [{ kind: 'overlay', ...(head ?? { name: nameAt(line, 1), on: [] }), block, span }];
        }
        case tokens.profile: {
            const name = readHead(builder, line, 'profile') ?? nameAt(line, 1);
            return [{ kind: 'profile', name, block, span }];
        }
        case undefined:
        default:
            return [];
    }
}

function bodyOf(builder: Builder, line: Line): Block {
    if (line.body !== undefined) return blockOf(builder, line.body);
    const end = headSpan(line.head).end;
    if (!line.blamed) report(builder, missingBrace(builder.source, { start: end, end }));
    return { statements: [], span: { start: end, end } };
}

function blockOf(builder: Builder, body: Body): Block {
    const statements: Statement[] = [];
    for (let at = 0; at < body.lines.length; ) {
        const line = body.lines[at];
        if (line === undefined) break;
        const chain = chainLength(body.lines, at);
        if (chain > 0) statements.push(whenOf(builder, body.lines.slice(at, at + chain)));
        else statements.push(...statementsOf(builder, line));
        at += Math.max(chain, 1);
    }
    return { statements, span: { start: body.open.startOffset, end: endOf(body.close) } };
}

/** How many lines from `at` on form one `when … else …`; 0 when none starts here. */
function chainLength(lines: readonly Line[], at: number): number {
    const first = lines[at];
    if (first?.head[0]?.tokenType !== tokens.when || first.body === undefined) return 0;
    let length = 1;
    let last = first;
    for (;;) {
        const next = lines[at + length];
        const open = last === first || last.head[1]?.tokenType === tokens.when;
        if (next?.head[0]?.tokenType !== tokens.else || !open || next.body === undefined) return length;
        last = next;
        length += 1;
    }
}

function whenOf(builder: Builder, lines: readonly Line[]): When {
    const branches = lines.map((line): Branch => {
        const condition = conditionOf(builder, line);
        const block = bodyOf(builder, line);
        return condition === undefined ? { block } : { condition, block };
    });
    const end = branches.at(-1)?.block.span.end ?? 0;
    return { kind: 'when', branches, span: { start: headSpan(lines[0]?.head ?? []).start, end } };
}

function conditionOf(builder: Builder, line: Line): Condition | undefined {
    if (line.head[0]?.tokenType === tokens.when) return readHead(builder, line, 'when') ?? unknownCondition(line);
    const condition = readHead(builder, line, 'else');
    return condition ?? (line.head.length > 1 ? unknownCondition(line) : undefined);
}

/** Stands for a condition that does not parse. */
function unknownCondition(line: Line): Condition {
    const span = headSpan(line.head);
    return { kind: 'truth', atom: { kind: 'bool', value: false, span }, span };
}

function statementsOf(builder: Builder, line: Line): readonly Statement[] {
    switch (line.head[0]?.tokenType) {
        case tokens.when:
            if (readHead(builder, line, 'when') !== undefined) bodyOf(builder, line);
            return [];
        case tokens.else:
            return strayElse(builder, line);
        case tokens.apply:
        case tokens.assert:
            return withoutBody(builder, line, () => simpleStatements(builder, line));
        case undefined:
        default:
            return line.body === undefined
                ? simpleStatements(builder, line)
                : blockStatements(builder, line, line.body);
    }
}

function strayElse(builder: Builder, line: Line): readonly Statement[] {
    const [first, second] = line.head;
    if (first === undefined) return [];
    if (second !== undefined && isOperator(second)) readHead(builder, line, 'else');
    else if (!line.blamed) report(builder, elseWithoutWhen(builder.source, spanOf(first)));
    if (line.body !== undefined) blockOf(builder, line.body);
    return [];
}

/** What stands in braces without a name is taken as if the braces were not there. */
function blockStatements(builder: Builder, line: Line, body: Body): readonly Statement[] {
    return line.head.length === 0 ? blockOf(builder, body).statements : [labelledBlock(builder, line, body)];
}

function labelledBlock(builder: Builder, line: Line, body: Body): LabelledBlock {
    const span = { start: line.head[0]?.startOffset ?? body.open.startOffset, end: endOf(body.close) };
    const parsed = readHead(builder, line, 'blockHead');
    const head = parsed ?? { head: nameAt(line, 0), labels: [] };
    return { kind: 'block', ...head, block: blockOf(builder, body), span };
}

/** How many statements are read from one line once there are more than the one that may be. */
const maxPerLine = 16;

function simpleStatements(builder: Builder, line: Line): readonly Statement[] {
    const statements: Statement[] = [];
    let { head, blamed } = line;
    for (let count = 0; count < maxPerLine; count += 1) {
        const rule = simpleRule(head);
        const before = builder.diagnostics.length;
        const { node, error } = parseHead(builder, head, rule);
        if (node !== undefined) statements.push(node);
        if (error === undefined) break;
        const rest = node === undefined ? [] : head.slice(head.indexOf(error.token));
        if (!startsStatement(rest)) {
            reportHead(builder, { head, blamed }, { rule, error, before });
            break;
        }
        if (!blamed) report(builder, twoStatements(builder.source, spanOf(error.token)));
        blamed = true;
        head = rest;
    }
    return statements;
}

function simpleRule([first]: readonly IToken[]): 'apply' | 'assert' | 'assign' {
    if (first?.tokenType === tokens.apply) return 'apply';
    return first?.tokenType === tokens.assert ? 'assert' : 'assign';
}

function startsStatement([first, ...rest]: readonly IToken[]): boolean {
    if (first === undefined) return false;
    if (first.tokenType === tokens.apply || first.tokenType === tokens.assert) return true;
    if (!isName(first) && !isText(first)) return false;
    let at = 0;
    while (rest[at]?.tokenType === tokens.dot) at += 2;
    const after = rest[at];
    return after !== undefined && isOperator(after);
}

/** `use`, `apply` and `assert` have no block; one is complained about unless the head explains it. */
function withoutBody<Node>(builder: Builder, { body, blamed }: Line, read: () => Node): Node {
    const before = builder.diagnostics.length;
    const node = read();
    const known = blamed || builder.diagnostics.length > before;
    if (body === undefined || body.open.image === '' || known) return node;
    const found = body.open.image;
    report(builder, unexpected(builder.source, spanOf(body.open), { expected: 'the end of the line', found }));
    return node;
}

/** The name at a place in a head that does not parse. */
function nameAt({ head }: Line, at: number): Name {
    const token = head[at];
    if (token !== undefined && isName(token)) return { text: token.image, span: spanOf(token) };
    const { end } = headSpan(head);
    return { text: '', span: { start: end, end } };
}
