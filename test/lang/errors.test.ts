// The diagnostics table: one diagnostic per mistake, at the stated place, and everything else is kept.
import { describe, expect, it } from 'vitest';
import type { Block, File } from '../../lang/ast.ts';
import { checkAnnotated } from './annotated.ts';

/** The names of all fields and blocks that are left of a file: `a{x y{z}}`. */
function kept(file: File): string {
    return file.definitions.map(({ name, block }) => `${name.text}{${inBlock(block)}}`).join(' ');
}

function inBlock({ statements }: Block): string {
    return statements
        .map((statement) => {
            switch (statement.kind) {
                case 'assign':
                    return statement.path.map((name) => name.text).join('.');
                case 'block':
                    return `${statement.head.text}{${inBlock(statement.block)}}`;
                case 'when':
                    return `when{${statement.branches.map(({ block }) => inBlock(block)).join('|')}}`;
                case 'apply':
                case 'assert':
                    return statement.kind;
            }
        })
        .join(' ');
}

/** Name, annotated statements of a recipe, what must be left of it. */
type Row = readonly [name: string, statements: string, kept: string];

const table: readonly Row[] = [
    ['value missing', `|     version =\n#              ^ syntax/missing-value: after \`=\`\n|     b = 1`, 'b'],
    [
        'value missing before a reason',
        `|     a = because "x"\n#         ^^^^^^^ syntax/missing-value\n|     b = 1`,
        'b',
    ],
    [
        'operator missing',
        `|     version 1.2.3\n#             ^^^^^ syntax/missing-operator: \`version\`\n|     b = 1`,
        'b',
    ],
    ['only a name', `|     env.PATH\n#             ^ syntax/missing-operator: \`env.PATH\`\n|     b = 1`, 'b'],
    [
        'list never closed',
        `|     cflags += ["-O2",\n|     b = 1\n#     ^ syntax/unclosed-list\n|     c = 2`,
        'cflags b c',
    ],
    [
        'list never closed before a block',
        `|     a = [\n|         x,\n|     b {\n#     ^ syntax/unclosed-list\n|     }`,
        'a b{}',
    ],
    [
        'list never closed before a reason',
        `|     a = [x because "y"\n#            ^^^^^^^ syntax/unclosed-list\n|     b = 1`,
        'a b',
    ],
    ['string never closed', `|     url = "https://x\n#           ^ syntax/unclosed-string\n|     b = 1`, 'url b'],
    ['string never closed in a list', `|     a = ["-O2]\n#          ^ syntax/unclosed-string\n|     b = 1`, 'a b'],
    [
        'string never closed in an item',
        `|     a = [\n|         "x,\n#         ^ syntax/unclosed-string\n|         "y",\n|     ]\n|     b = 1`,
        'a b',
    ],
    [
        'string never closed in a label',
        `|     s "main {\n#       ^ syntax/unclosed-string\n|         x = 1\n|     }\n|     b = 1`,
        's{x} b',
    ],
    [
        'string closed on the next line',
        `|     a = "one\n#         ^ syntax/unclosed-string: must end on the line\n|     two"\n|     b = 1`,
        'a b',
    ],
    [
        'two strings never closed',
        `|     a = "x\n#         ^ syntax/unclosed-string\n|     b = "y\n#         ^ syntax/unclosed-string\n|     c = 1`,
        'a b c',
    ],
    ['raw string never closed', `|     a = 'x\n#         ^ syntax/unclosed-string\n|     b = 1`, 'a b'],
    [
        'raw block never closed',
        `|     a = '''\n#         ^^^ syntax/unclosed-string\n|         x = {\n|     b = 1`,
        'a b',
    ],
    [
        'raw block never closed before another',
        `|     a = '''\n#         ^^^ syntax/unclosed-string\n|         x\n|     b = '''\n|         it's\n|     '''\n|     c = 1`,
        'a b c',
    ],
    [
        'raw block closed with too few quotes',
        `|     a = '''\n#         ^^^ syntax/unclosed-string\n|         x\n|     ''\n|     b = 1`,
        'a b',
    ],
    ['arrow for an operator', `|     version => 1.2.3\n#             ^^ syntax/foreign-operator\n|     b = 1`, 'b'],
    ['colon for an operator', `|     version: 1.2.3\n#            ^ syntax/foreign-operator\n|     b = 1`, 'b'],
    ['semicolon', `|     a = 1;\n#          ^ syntax/foreign-operator\n|     b = 1`, 'a b'],
    ['comparison for an operator', `|     a == 1\n#       ^^ syntax/foreign-operator\n|     b = 1`, 'b'],
    [
        'foreign operators in a condition',
        `|     when a && b {\n#            ^^ syntax/foreign-operator\n|         x = 1\n|     }\n|     b = 1`,
        'when{x} b',
    ],
    [
        '`=` in a condition',
        `|     when target.arch = amd64 {\n#                      ^ syntax/condition-assignment\n|         x = 1\n|     }\n|     b = 1`,
        'when{x} b',
    ],
    ['`=` in an assertion', `|     assert a = b, "x"\n#              ^ syntax/condition-assignment\n|     b = 1`, 'b'],
    [
        'condition missing',
        `|     when {\n#         ^ syntax/missing-condition\n|         x = 1\n|     }\n|     b = 1`,
        'when{x} b',
    ],
    [
        'condition missing after else when',
        `|     when a {\n|     } else when {\n#                ^ syntax/missing-condition\n|         x = 1\n|     }`,
        'when{|x}',
    ],
    [
        'condition never closed',
        `|     when (a == b {\n#          ^ syntax/unclosed-paren\n|         x = 1\n|     }\n|     b = 1`,
        'when{x} b',
    ],
    [
        'condition closed twice',
        `|     when a == b) {\n#                ^ syntax/extra-bracket\n|         x = 1\n|     }\n|     b = 1`,
        'when{x} b',
    ],
    ['list closed twice', `|     a = [x]]\n#            ^ syntax/extra-bracket\n|     b = 1`, 'a b'],
    ['list in a list', `|     a = [x, [y, z], [w]]\n#             ^ syntax/nested-list\n|     b = 1`, 'a b'],
    [
        'inner `}` missing',
        `|     source main {\n#                 ^ syntax/unclosed-block\n|         url = "x"\n|\n|     docs = true\n|     test smoke {\n|         run = ["a"]\n|     }`,
        'source{url} docs test{run}',
    ],
    [
        'inner `}` missing before another block',
        `|     source main {\n#                 ^ syntax/unclosed-block\n|         url = "x"\n|     test smoke {\n|         run = 1\n|     }`,
        'source{url} test{run}',
    ],
    [
        'inner `}` missing before an else',
        `|     when a {\n#            ^ syntax/unclosed-block\n|         x = 1\n|     else {\n|         y = 2\n|     }\n|     b = 1`,
        'when{x|y} b',
    ],
    ['extra `}`', `|     a = 1\n|     }\n#     ^ syntax/extra-brace\n|     b = 1`, 'a b'],
    [
        'extra `}` behind a block',
        `|     s {\n|         x = 1\n|         }\n#         ^ syntax/extra-brace\n|     }\n|     b = 1`,
        's{x} b',
    ],
    [
        'two `}` on one line',
        `|     s {\n|         x = 1\n|     } }\n#       ^ syntax/extra-brace\n|     b = 1`,
        's{x} b',
    ],
    ['`}` in the middle of a word', `|     ver}sion = 1\n#        ^ syntax/extra-brace\n|     b = 1`, 'b'],
    [
        'two `{` on one line',
        `|     s { {\n#       ^ syntax/extra-brace\n|         x = 1\n|     }\n|     b = 1`,
        's{x} b',
    ],
    [
        '`{` missing',
        `|     source main\n#                ^ syntax/missing-brace\n|         url = "x"\n|     }\n|     b = 1`,
        'source{url} b',
    ],
    [
        'both braces missing',
        `|     source main\n#                ^ syntax/missing-brace\n|         url = "x"\n|     b = 1`,
        'source{url} b',
    ],
    ['condition without a block', `|     when a == b\n#                ^ syntax/missing-brace\n|     b = 1`, 'b'],
    [
        '`{` on the next line',
        `|     source main\n|     {\n#     ^ syntax/misplaced-brace\n|         url = "x"\n|     }\n|     b = 1`,
        'source{url} b',
    ],
    ['`{` without a name', `|     {\n#     ^ syntax/unnamed-block\n|         x = 1\n|     }\n|     b = 1`, 'x b'],
    [
        '`else` on a line of its own',
        `|     when a {\n|         x = 1\n|     }\n|     else {\n#     ^^^^ syntax/misplaced-else\n|         y = 2\n|     }\n|     b = 1`,
        'when{x|y} b',
    ],
    [
        '`else` without `when`',
        `|     else {\n#     ^^^^ syntax/else-without-when\n|         y = 2\n|     }\n|     b = 1`,
        'b',
    ],
    [
        'second last `else`',
        `|     when a {\n|     } else {\n|     } else {\n#       ^^^^ syntax/else-without-when\n|     }\n|     b = 1`,
        'when{|} b',
    ],
    [
        'operator before a block',
        `|     llvm = {\n#          ^ syntax/block-with-operator\n|         x = 1\n|     }\n|     b = 1`,
        'llvm{x} b',
    ],
    ['comma behind a block', `|     s {\n|     },\n#      ^ syntax/unexpected: a statement\n|     b = 1`, 's{} b'],
    ['block behind `apply`', `|     apply x.y {\n#               ^ syntax/unexpected\n|     }\n|     b = 1`, 'apply b'],
    ['two statements', `|     a = 1 b = 2\n#           ^ syntax/two-statements\n|     c = 3`, 'a b c'],
    [
        'three statements',
        `|     a = [x] b = 2 apply x.y\n#             ^ syntax/two-statements\n|     c = 3`,
        'a b apply c',
    ],
    [
        'statement behind a block',
        `|     s { a = 1 } b = 2\n#                 ^ syntax/two-statements\n|     c = 3`,
        's{a} b c',
    ],
    ['two values', `|     a = b c\n#           ^ syntax/unexpected: the end of the line\n|     b = 1`, 'a b'],
    ['reason without text', `|     a = b because\n#                  ^ syntax/unexpected: a string\n|     b = 1`, 'b'],
    [
        '`in` without a list',
        `|     when a in b {\n#               ^ syntax/unexpected: \`[\`\n|     }\n|     b = 1`,
        'when{} b',
    ],
    ['reserved word as a field', `|     in = 3\n#     ^^ syntax/reserved-word\n|     b = 1`, 'b'],
    ['reserved word that starts a statement', `|     when = 3\n#     ^^^^ syntax/reserved-word\n|     b = 1`, 'b'],
    ['reserved word in a path', `|     a.not = 3\n#       ^^^ syntax/reserved-word\n|     b = 1`, 'b'],
    [
        'reserved word as a block',
        `|     or {\n#     ^^ syntax/reserved-word\n|         x = 1\n|     }\n|     b = 1`,
        '{x} b',
    ],
    [
        'reserved word as a label',
        `|     crate and "1" {\n#           ^^^ syntax/reserved-word\n|         x = 1\n|     }\n|     b = 1`,
        'crate{x} b',
    ],
    ['reserved word in a list', `|     a = [x, in, y]\n#             ^^ syntax/reserved-word\n|     b = 1`, 'b'],
    [
        'unknown escape',
        String.raw`|     a = "x\qy"
#           ^^ syntax/bad-escape
|     b = 1`,
        'a b',
    ],
    [
        'escape of half a character',
        String.raw`|     a = "x\u{d800}y"
#           ^^^^^^^^ syntax/bad-escape: Unicode
|     b = 1`,
        'a b',
    ],
    [
        'expression in an interpolation',
        String.raw`|     a = "x\(a+b)y"
#           ^^^^^^ syntax/bad-interpolation
|     b = 1`,
        'a b',
    ],
    [
        'interpolation in a reason',
        String.raw`|     a = x because "\(y)"
#                      ^ syntax/bad-interpolation: nothing is interpolated
|     b = 1`,
        'a b',
    ],
    ['unknown unit', `|     a = 12GB\n#         ^^^^ syntax/bad-number\n|     b = 1`, 'a b'],
    ['leading zero', `|     a = 0755\n#         ^^^^ syntax/bad-number\n|     b = 1`, 'a b'],
    [
        'number too large',
        `|     a = 9007199254740992\n#         ^^^^^^^^^^^^^^^^ syntax/number-range\n|     b = 1`,
        'a b',
    ],
    ['size too large', `|     a = 9000TiB\n#         ^^^^^^^ syntax/number-range\n|     b = 1`, 'a b'],
    ['short hash', `|     a = sha256:abc\n#         ^^^^^^^^^^ syntax/bad-hash: 64 digits\n|     b = 1`, 'a b'],
    [
        'upper case in a hash',
        `|     a = sha256:ABC\n#         ^^^^^^^^^^ syntax/bad-hash: 0-9 and a-f\n|     b = 1`,
        'a b',
    ],
    ['stray character', `|     a = §1\n#         ^ syntax/stray-character: U+00A7\n|     b = 1`, 'a b'],
    ['stray character for an operator', `|     a § 1\n#       ^ syntax/stray-character\n|     b = 1`, 'b'],
    [
        'comment of another language',
        `|     a = 1 // two three\n#           ^^ syntax/stray-character\n|     b = 1`,
        'a b',
    ],
    ['no-break space', `|     a\u{a0}= 1\n#      ^ syntax/stray-character: U+00A0\n|     b = 1`, 'a b'],
    [
        'invisible character in a comment',
        `|     a = 1 # \u{202e}\n#             ^ syntax/control-character: U+202E\n|     b = 1`,
        'a b',
    ],
    ['half a character in a string', `|     a = "\u{d800}"\n#          ^ syntax/control-character\n|     b = 1`, 'a b'],
];

describe('one diagnostic per mistake, and the other statements are kept', () => {
    it.each(table)('%s', (_, statements, rest) => {
        const { ast } = checkAnnotated(
            `| rpkg 1\n|\n| recipe r is app {\n${statements}\n| }\n|\n| profile p {\n|     last = 1\n| }`,
        );
        expect(kept(ast)).toBe(`r{${rest}} p{last}`);
    });
});

const files: readonly Row[] = [
    ['no header', `| recipe a is app {\n# ^^^^^^ syntax/missing-edition\n|     x = 1\n| }`, 'a{x}'],
    ['misspelt header', `| rpgk 1\n# ^^^^^^ syntax/missing-edition\n| recipe a is app {\n|     x = 1\n| }`, 'a{x}'],
    ['header without a number', `| rpkg\n# ^^^^ syntax/missing-edition\n| recipe a is app {\n|     x = 1\n| }`, 'a{x}'],
    ['empty file', '|\n#\n', ''],
    ['newer edition', `| rpkg 2\n#      ^ syntax/unknown-edition\n| recipe a [ §\n`, ''],
    ['edition nought', `| rpkg 0\n#      ^ syntax/unknown-edition\n| profile a {\n|     x = 1\n| }`, 'a{x}'],
    [
        'recipe without a name',
        `| rpkg 1\n| recipe is app {\n#        ^^ syntax/missing-name\n|     x = 1\n| }`,
        'is{x}',
    ],
    ['profile without a name', `| rpkg 1\n| profile {\n#        ^ syntax/missing-name\n|     x = 1\n| }`, '{x}'],
    [
        'recipe without a kind',
        `| rpkg 1\n| recipe a {\n#          ^ syntax/unexpected: \`is\` or \`from\`\n|     x = 1\n| }`,
        'a{x}',
    ],
    [
        'reserved word as a definition',
        `| rpkg 1\n| recipe when is app {\n#        ^^^^ syntax/reserved-word\n|     x = 1\n| }`,
        '{x}',
    ],
    [
        'definition without a block',
        `| rpkg 1\n| recipe a is app\n#                ^ syntax/missing-brace\n| recipe b is app {\n|     x = 1\n| }`,
        'a{} b{x}',
    ],
    [
        'definition without `{`',
        `| rpkg 1\n| recipe a is app\n#                ^ syntax/missing-brace\n|     x = 1\n| }\n| profile b {\n|     y = 1\n| }`,
        'a{x} b{y}',
    ],
    ['misspelt keyword', `| rpkg 1\n| recpie a is app {\n# ^^^^^^ syntax/outside-definition\n|     x = 1\n| }`, 'a{x}'],
    [
        'statements outside',
        `| rpkg 1\n| x = 1\n# ^ syntax/outside-definition\n| y = 1\n| recipe a is app {\n|     x = 1\n| }`,
        'a{x}',
    ],
    [
        'definition in a block',
        `| rpkg 1\n| recipe a is app {\n| x = 1\n| recipe b is app {\n# ^^^^^^ syntax/nested-definition\n| }\n| }`,
        'a{x recipe{}}',
    ],
    ['extra `}` at the end', `| rpkg 1\n| recipe a is app {\n|     x = 1\n| }\n| }\n# ^ syntax/extra-brace`, 'a{x}'],
    [
        '`}` of a definition missing',
        `| rpkg 1\n| recipe a is app {\n#                 ^ syntax/unclosed-block\n|     x = 1\n| recipe b is app {\n|     y = 1\n| }`,
        'a{x} b{y}',
    ],
    [
        'file cut off',
        `| rpkg 1\n| recipe a is app {\n|     s {\n#       ^ syntax/unclosed-block: 2 blocks\n|         x = 1`,
        'a{s{x}}',
    ],
    [
        'file cut off in a list',
        `| rpkg 1\n| recipe a is app {\n|     s {\n|         x = [\n#             ^ syntax/unclosed-list\n|         y,`,
        'a{s{x}}',
    ],
    [
        'no indentation at all',
        `| rpkg 1\n| recipe a is app {\n| s {\n| x =\n#    ^ syntax/missing-value\n| }\n| y = 1\n| }`,
        'a{s{} y}',
    ],
    [
        'another brace style, one mistake',
        `| rpkg 1\n| recipe a is app {\n|     s {\n|         x = 1\n|         }\n|     y = 1 2\n#           ^ syntax/unexpected\n|     }`,
        'a{s{x} y}',
    ],
    [
        'several mistakes, one diagnostic each',
        `| rpkg 1\n| recipe a is app {\n|     s {\n#       ^ syntax/unclosed-block\n|         x =\n#            ^ syntax/missing-value\n|     y = [1,\n|     z = "a\n#     ^ syntax/unclosed-list\n#         ^ syntax/unclosed-string\n| }\n| recipe b is app {\n|     u = 12GB\n#         ^^^^ syntax/bad-number\n|     }\n#     ^ syntax/extra-brace\n|     v => 1\n#       ^^ syntax/foreign-operator\n|     w = 1\n| }`,
        'a{s{} y z} b{u w}',
    ],
    [
        'blocks nest too deep',
        `| rpkg 1\n| recipe a is app {\n| ${'a {'.repeat(64)}\n#${' '.repeat(64 * 3)}^ syntax/too-deep\n| ${'}'.repeat(64)}\n| }`,
        `a{${'a{'.repeat(63)}${'}'.repeat(63)}}`,
    ],
];

describe('files', () => {
    it.each(files.filter(([name]) => name !== 'empty file'))('%s', (_, text, rest) => {
        expect(kept(checkAnnotated(text).ast)).toBe(rest);
    });

    it('says that an empty file has no header', () => {
        checkAnnotated('|\n|\n#');
    });
});
