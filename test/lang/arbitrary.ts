// Random recipes: correct ones in every layout that the grammar allows, and broken ones made from them.
import fc from 'fast-check';

const reserved = ['when', 'else', 'assert', 'apply', 'because', 'until', 'and', 'or', 'not', 'in', 'true', 'false'];

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}(?:-[a-z0-9]{1,3})?$/).filter((text) => !reserved.includes(text));
/** Contextual keywords are names as well. */
const name = fc.oneof(
    { weight: 6, arbitrary: word },
    { weight: 1, arbitrary: fc.constantFrom('use', 'is', 'on', 'rpkg') },
);
const gap = fc.constantFrom(' ', '  ', '\t', ' \t ');
const noGap = fc.constantFrom('', ' ');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('.'));
const version = fc.constantFrom('1.86.0', '0.1', '2.0.0-rc.1', '1.0.0+build-7', '1.2.3-alpha.1+x.y');
const escapes = fc.constantFrom('\\n', '\\t', '\\\\', '\\"', '\\u{1f600}', '\\(version)', '\\(target.arch)');
const plain = fc.constantFrom('a', ' ', '#', '{', '}', "'", '[', 'é', '漢', '$x', '/', ',');
const constant = fc
    .array(fc.oneof(plain, fc.constantFrom('\\n', '\\\\', '\\"', '\\u{41}')), { maxLength: 5 })
    .map((parts) => `"${parts.join('')}"`);
const text = fc.array(fc.oneof(plain, escapes), { maxLength: 6 }).map((parts) => `"${parts.join('')}"`);
const raw = fc
    .array(fc.constantFrom('a', '"', '\\', '{', ' ', '#'), { maxLength: 5 })
    .map((parts) => `'${parts.join('')}'`);
const rawLine = fc.constantFrom('echo "$x"', '  deeper', '', '   ', '\tx', '# no comment', "it's", 'x = {');
const rawBlock = fc
    .tuple(fc.array(rawLine, { maxLength: 4 }), fc.constantFrom('', '  ', '\t'), fc.constantFrom('', 'tail'))
    .map(([lines, margin, tail]) => `'''\n${lines.map((line) => `${margin}${line}\n`).join('')}${margin}${tail}'''`);
const hash = fc.constantFrom(`sha256:${'0a'.repeat(32)}`, `sha512:${'0f'.repeat(64)}`);
const other = fc.constantFrom('90min', '200ms', '4GiB', '0', '17', 'true', 'false');
const atomText = fc.oneof(path, text, raw, rawBlock, hash, version, other);
const inlineAtom = fc.oneof(path, text, raw, version, other);

const comment = fc.constantFrom('', '', '', ' # note', '  ## doc “x”');
const separator = fc.constantFrom(', ', ',', ' , ', '\n', ',\n', '\n # own line\n', ', # tail\n', ',\n\n\n');
const list = fc.tuple(fc.array(fc.tuple(atomText, separator), { maxLength: 4 }), noGap).map(([items, space]) => {
    const body = items.map(
        ([item, after], index) => item + (index === items.length - 1 && !after.includes('\n') ? '' : after),
    );
    return `[${space}${body.join('')}${space}]`;
});
export const valueText = fc.oneof({ weight: 3, arbitrary: atomText }, { weight: 1, arbitrary: list });

export const conditionText: fc.Arbitrary<string> = fc.letrec<{ condition: string; comparison: string }>((tie) => ({
    comparison: fc.oneof(
        { depthSize: 'small' },
        fc.tuple(path, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), inlineAtom).map((parts) => parts.join(' ')),
        path,
        fc
            .tuple(path, fc.array(inlineAtom, { maxLength: 3 }))
            .map(([left, items]) => `${left} in [${items.join(', ')}]`),
        tie('condition').map((inner) => `(${inner})`),
    ),
    condition: fc
        .array(fc.tuple(fc.constantFrom('', 'not '), tie('comparison'), fc.constantFrom(' and ', ' or ')), {
            minLength: 1,
            maxLength: 3,
        })
        .map((terms) =>
            terms.map(([not, term, link], index) => `${not}${term}${index < terms.length - 1 ? link : ''}`).join(''),
        ),
})).condition;

const segment = fc.oneof({ weight: 4, arbitrary: name }, { weight: 1, arbitrary: constant });
const operator = fc.constantFrom('=', ':=', '?=', '+=', '-=', '^=');
const reason = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: constant.map((words) => ` because ${words}`) },
    { weight: 1, arbitrary: fc.tuple(constant, version).map(([words, until]) => ` because ${words} until ${until}`) },
);
const assign = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 2 }), gap, operator, noGap, valueText, reason)
    .map(([names, before, op, after, value, why]) => `${names.join('.')}${before}${op}${after}${value}${why}`);
const label = fc.oneof(name, constant, version);

const statement: fc.Arbitrary<string> = fc.letrec<{ statement: string; block: string }>((tie) => ({
    block: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('{}', '{ }', '{\n}', '{ # why\n}', '{\n\n # only\n\n}'),
        assign.map((one) => `{ ${one} }`),
        fc
            .array(fc.tuple(tie('statement'), comment, fc.constantFrom('\n', '\n\n\n', '\r\n')), { maxLength: 4 })
            .map((lines) => `{\n${lines.map((parts) => parts.join('')).join('')}  }`),
    ),
    statement: fc.oneof(
        { depthSize: 'small' },
        assign,
        path.map((of) => `apply ${of}`),
        fc
            .tuple(conditionText, fc.option(constant))
            .map(([of, why]) => `assert ${of}${why === null ? '' : `, ${why}`}`),
        fc
            .tuple(segment, fc.array(label, { maxLength: 2 }), tie('block'))
            .map(([head, labels, block]) => [head, ...labels, block].join(' ')),
        fc
            .tuple(conditionText, tie('block'), fc.array(fc.tuple(conditionText, tie('block')), { maxLength: 2 }))
            .map(([first, block, rest]) =>
                [`when ${first} ${block}`, ...rest.map(([of, inner]) => `else when ${of} ${inner}`)].join(' '),
            ),
        fc
            .tuple(conditionText, tie('block'), tie('block'))
            .map(([first, block, last]) => `when ${first} ${block} else ${last}`),
    ),
})).statement;

const block = fc
    .array(fc.tuple(gap, statement, comment, fc.constantFrom('\n', '\n\n\n', '\r\n')), { maxLength: 5 })
    .map((lines) => `{\n${lines.map((parts) => parts.join('')).join('')}}`);
const use = fc
    .tuple(constant, fc.option(name), fc.option(hash))
    .map(([of, alias, pin]) => `use ${of}${alias === null ? '' : ` as ${alias}`}${pin === null ? '' : ` ${pin}`}`);
const definition = fc.oneof(
    use,
    fc.tuple(name, name, block).map(([of, kind, body]) => `recipe ${of} is ${kind} ${body}`),
    fc.tuple(name, path, block).map(([of, from, body]) => `recipe ${of} from ${from} ${body}`),
    fc
        .tuple(name, fc.array(path, { minLength: 1, maxLength: 2 }), block)
        .map(([of, on, body]) => `overlay ${of} on ${on.join(', ')} ${body}`),
    fc.tuple(name, block).map(([of, body]) => `profile ${of} ${body}`),
);
const breaks = fc.constantFrom('\n', '\n\n', '\n# between\n', '\n\n# apart\n\n\n', ' # tail\n', '\r\n');

/** Correct recipe files in any layout. */
export const recipeText = fc
    .tuple(fc.constantFrom('', '# first\n', '\n\n'), breaks, fc.array(fc.tuple(definition, breaks), { maxLength: 4 }))
    .map(([before, after, parts]) => `${before}rpkg 1${after}${parts.map((part) => part.join('')).join('')}`);

const fragment = fc.oneof(
    fc.constantFrom('{', '}', '[', ']', '(', ')', '"', "'", "'''", '=', ',', '.', '\\', '#', '\n', '\r', ' '),
    fc.constantFrom(
        'when ',
        'else ',
        'in ',
        'recipe ',
        'rpkg ',
        '=>',
        '&&',
        '§',
        '\u{202e}',
        '\u{d800}',
        '\0',
        '1.',
        '12x',
    ),
    fc.string({ maxLength: 3, unit: 'binary' }),
);

/** Correct recipes with pieces cut out and others put in. */
export const brokenText = fc
    .tuple(recipeText, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 9 }), fragment), { minLength: 1, maxLength: 4 }))
    .map(([text, edits]) =>
        edits.reduce((all, [at, remove, insert]) => {
            const start = at % (all.length + 1);
            return all.slice(0, start) + insert + all.slice(start + remove);
        }, text),
    );
