// A syntax tree as an S-expression: what conformance vectors and tests compare. The convention is written down in
// `spec/conformance/parse/README.md`.
import type {
    Atom,
    Block,
    Condition,
    Definition,
    File,
    Name,
    Path,
    Statement,
    Text,
    Use,
    Value,
} from '../../lang/ast.ts';

type Tree = string | readonly Tree[];

/** The tree of a file, one statement per line. */
export function treeText(file: File): string {
    return `${print(['file', String(file.edition), ...file.uses.map(use), ...file.definitions.map(definition)], 0)}\n`;
}

/** The tree of a value, on one line. */
export function valueText(of: Value): string {
    return flat(value(of));
}

/** The tree of a condition, on one line. */
export function conditionText(of: Condition): string {
    return flat(condition(of));
}

function print(tree: Tree, depth: number): string {
    const line = flat(tree);
    if (typeof tree === 'string' || line.length + 2 * depth <= 100) return line;
    const nested = tree.findIndex((part, index) => index > 0 && typeof part !== 'string');
    const cut = nested < 0 ? tree.length : nested;
    const head = tree.slice(0, cut).map((part) => print(part, depth));
    const rest = tree.slice(cut).map((part) => `\n${'  '.repeat(depth + 1)}${print(part, depth + 1)}`);
    return `(${head.join(' ')}${rest.join('')})`;
}

function flat(tree: Tree): string {
    return typeof tree === 'string' ? tree : `(${tree.map(flat).join(' ')})`;
}

function use({ path, alias, hash }: Use): Tree {
    return ['use', string(path), ...optional('as', alias), ...optional('hash', hash)];
}

function definition(of: Definition): Tree {
    switch (of.kind) {
        case 'recipe':
            return [
                'recipe',
                name(of.name),
                ...optional('is', of.is),
                ...(of.from === undefined ? [] : [['from', dotted(of.from)]]),
                ...block(of.block),
            ];
        case 'overlay':
            return ['overlay', name(of.name), ['on', ...of.on.map(dotted)], ...block(of.block)];
        case 'profile':
            return ['profile', name(of.name), ...block(of.block)];
    }
}

function block({ statements }: Block): readonly Tree[] {
    return statements.map(statement);
}

function statement(of: Statement): Tree {
    switch (of.kind) {
        case 'assign':
            return [
                of.operator,
                of.path.map(name).join('.'),
                value(of.value),
                ...optional('because', of.because),
                ...(of.until === undefined ? [] : [['until', of.until.text]]),
            ];
        case 'block':
            return ['block', name(of.head), ['labels', ...of.labels.map(string)], ...block(of.block)];
        case 'when':
            return [
                'when',
                ...of.branches.map(
                    (branch): Tree =>
                        branch.condition === undefined
                            ? ['else', ...block(branch.block)]
                            : ['if', condition(branch.condition), ...block(branch.block)],
                ),
            ];
        case 'apply':
            return ['apply', dotted(of.path)];
        case 'assert':
            return ['assert', condition(of.condition), ...optional('message', of.message)];
    }
}

function condition(of: Condition): Tree {
    switch (of.kind) {
        case 'or':
        case 'and':
            return [of.kind, ...of.terms.map(condition)];
        case 'not':
            return ['not', condition(of.term)];
        case 'truth':
            return atom(of.atom);
        case 'compare':
            return [of.operator, atom(of.left), atom(of.right)];
        case 'in':
            return ['in', atom(of.left), value(of.list)];
    }
}

function value(of: Value): Tree {
    return of.kind === 'list' ? ['list', ...of.items.map(atom)] : atom(of);
}

function atom(of: Atom): Tree {
    switch (of.kind) {
        case 'path':
            return dotted(of);
        case 'text':
            return text(of);
        case 'raw':
            return ['raw', JSON.stringify(of.text)];
        case 'hash':
            return of.text;
        case 'version':
            return ['version', of.text];
        case 'duration':
            return ['seconds', String(of.seconds)];
        case 'size':
            return ['bytes', String(of.bytes)];
        case 'int':
            return ['int', String(of.value)];
        case 'bool':
            return ['bool', String(of.value)];
    }
}

function text({ parts }: Text): Tree {
    const trees = parts.map((part) => (part.kind === 'literal' ? JSON.stringify(part.text) : dotted(part)));
    return ['text', ...trees];
}

function dotted(path: Path): string {
    return path.names.map(name).join('.');
}

function optional(tag: string, part: Name | undefined): readonly Tree[] {
    return part === undefined ? [] : [[tag, string(part)]];
}

function name({ text: written }: Name): string {
    return /^[A-Za-z_]\w*(?:-\w+)*$/.test(written) ? written : JSON.stringify(written);
}

function string({ text: written }: Name): string {
    return JSON.stringify(written);
}
