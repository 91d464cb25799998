// What a line of a recipe may say: one rule per kind of head, parsed by Chevrotain; each rule gives a finished node.
// `outline.ts` has cut the file into heads and blocks before, so a head that does not parse ends exactly where its line
// ends: there is nothing to recover from, and never more than one error in it.
import { EmbeddedActionsParser, type IParserErrorMessageProvider, type IToken, tokenLabel } from 'chevrotain';
import type { Apply, Assert, Assign, Atom, Condition, List, Name, Path, Use, Value } from './ast.ts';
import {
    assignNode,
    boolNode,
    type ComparisonRest,
    comparisonNode,
    hashName,
    hashNode,
    intNode,
    listNode,
    logicNode,
    type NodeContext,
    nameNode,
    notNode,
    pathNode,
    quantityNode,
    rawNode,
    type Reason,
    textNode,
    versionName,
    versionNode,
} from './nodes.ts';
import { spanOf, tokens as t, vocabulary } from './tokens.ts';

export interface RecipeHead {
    readonly name: Name;
    readonly is?: Name;
    readonly from?: Path;
}

export interface OverlayHead {
    readonly name: Name;
    readonly on: readonly Path[];
}

export interface BlockHead {
    readonly head: Name;
    readonly labels: readonly Name[];
}

/** Instead of a message, an error carries what was expected: the labels, joined by a line feed. */
const expectations: IParserErrorMessageProvider = {
    buildMismatchTokenMessage: ({ expected }) => tokenLabel(expected),
    buildNotAllInputParsedMessage: () => t.newline.LABEL ?? '',
    buildNoViableAltMessage: ({ expectedPathsPerAlt }) =>
        expectedPathsPerAlt
            .flat()
            .flatMap((path) => path.slice(0, 1).map((type) => tokenLabel(type)))
            .join('\n'),
    buildEarlyExitMessage: ({ expectedIterationPaths }) =>
        expectedIterationPaths.flatMap((path) => path.slice(0, 1).map((type) => tokenLabel(type))).join('\n'),
};

export class HeadParser extends EmbeddedActionsParser {
    /** Set for every file. */
    context: NodeContext = { source: { path: '', text: '' }, report: () => undefined };

    constructor(options: { readonly validate: boolean }) {
        super(vocabulary, {
            maxLookahead: 1,
            recoveryEnabled: false,
            skipValidations: !options.validate,
            errorMessageProvider: expectations,
        });
        this.performSelfAnalysis();
    }

    readonly use = this.RULE('use', (): Use => {
        const keyword = this.CONSUME(t.use);
        const path = this.CONSUME(t.text);
        const alias = this.OPTION1(() => {
            this.CONSUME(t.as);
            return this.SUBRULE(this.name);
        });
        const hash = this.OPTION2(() => this.CONSUME(t.hash));
        return this.ACTION(() => {
            const pathName = nameNode(path, this.context);
            const hashed = hash && hashName(hash, this.context);
            const end = (hashed ?? alias ?? pathName).span.end;
            return {
                kind: 'use',
                path: pathName,
                ...(alias === undefined ? {} : { alias }),
                ...(hashed === undefined ? {} : { hash: hashed }),
                span: { start: keyword.startOffset, end },
            };
        });
    });

    readonly recipe = this.RULE('recipe', (): RecipeHead => {
        this.CONSUME(t.recipe);
        const name = this.SUBRULE1(this.name);
        const base = this.OR([
            {
                ALT: () => {
                    this.CONSUME(t.is);
                    return { is: this.SUBRULE2(this.name) };
                },
            },
            {
                ALT: () => {
                    this.CONSUME(t.from);
                    return { from: this.SUBRULE(this.path) };
                },
            },
        ]);
        return { name, ...base };
    });

    readonly overlay = this.RULE('overlay', (): OverlayHead => {
        this.CONSUME(t.overlay);
        const name = this.SUBRULE(this.name);
        this.CONSUME(t.on);
        const on: Path[] = [];
        this.AT_LEAST_ONE_SEP({ SEP: t.comma, DEF: () => on.push(this.SUBRULE(this.path)) });
        return { name, on };
    });

    readonly profile = this.RULE('profile', (): Name => {
        this.CONSUME(t.profile);
        return this.SUBRULE(this.name);
    });

    readonly when = this.RULE('when', (): Condition => {
        this.CONSUME(t.when);
        return this.SUBRULE(this.condition);
    });

    readonly else = this.RULE('else', (): Condition | undefined => {
        this.CONSUME(t.else);
        return this.OPTION(() => this.SUBRULE(this.when));
    });

    readonly assert = this.RULE('assert', (): Assert => {
        const keyword = this.CONSUME(t.assert);
        const condition = this.SUBRULE(this.condition);
        const message = this.OPTION(() => {
            this.CONSUME(t.comma);
            return this.CONSUME(t.text);
        });
        return this.ACTION(() => {
            const text = message && nameNode(message, this.context);
            const span = { start: keyword.startOffset, end: (text ?? condition).span.end };
            return { kind: 'assert', condition, ...(text === undefined ? {} : { message: text }), span };
        });
    });

    readonly apply = this.RULE('apply', (): Apply => {
        const keyword = this.CONSUME(t.apply);
        const path = this.SUBRULE(this.path);
        return this.ACTION(() => ({
            kind: 'apply',
            path,
            span: { start: keyword.startOffset, end: path.span.end },
        }));
    });

    readonly blockHead = this.RULE('blockHead', (): BlockHead => {
        const head = this.SUBRULE(this.segment);
        const labels: Name[] = [];
        this.MANY(() => labels.push(this.SUBRULE(this.label)));
        return { head, labels };
    });

    readonly assign = this.RULE('assign', (): Assign => {
        const path = [this.SUBRULE1(this.segment)];
        this.MANY(() => {
            this.CONSUME(t.dot);
            path.push(this.SUBRULE2(this.segment));
        });
        const operator = this.SUBRULE(this.operator);
        const value = this.SUBRULE(this.value);
        const reason = this.OPTION(() => this.SUBRULE(this.reason));
        return this.ACTION(() => assignNode({ path, operator, value, reason }));
    });

    readonly operator = this.RULE(
        'operator',
        (): IToken =>
            this.OR([
                { ALT: () => this.CONSUME(t.define) },
                { ALT: () => this.CONSUME(t.replace) },
                { ALT: () => this.CONSUME(t.defaultTo) },
                { ALT: () => this.CONSUME(t.append) },
                { ALT: () => this.CONSUME(t.remove) },
                { ALT: () => this.CONSUME(t.prepend) },
            ]),
    );

    readonly reason = this.RULE('reason', (): Reason => {
        this.CONSUME(t.because);
        const because = this.CONSUME(t.text);
        const until = this.OPTION(() => {
            this.CONSUME(t.until);
            return this.CONSUME(t.version);
        });
        return this.ACTION(() => ({
            because: nameNode(because, this.context),
            until: until && versionName(until, this.context),
        }));
    });

    readonly condition: () => Condition = this.RULE('condition', (): Condition => {
        const terms: Condition[] = [];
        this.AT_LEAST_ONE_SEP({ SEP: t.or, DEF: () => terms.push(this.SUBRULE(this.conjunction)) });
        return this.ACTION(() => logicNode('or', terms));
    });

    readonly conjunction: () => Condition = this.RULE('conjunction', (): Condition => {
        const terms: Condition[] = [];
        this.AT_LEAST_ONE_SEP({ SEP: t.and, DEF: () => terms.push(this.SUBRULE(this.negation)) });
        return this.ACTION(() => logicNode('and', terms));
    });

    readonly negation: () => Condition = this.RULE('negation', (): Condition => {
        const not = this.OPTION(() => this.CONSUME(t.not));
        const term = this.SUBRULE(this.comparison);
        return this.ACTION(() => notNode(not, term));
    });

    readonly comparison: () => Condition = this.RULE(
        'comparison',
        (): Condition =>
            this.OR([
                {
                    ALT: () => {
                        this.CONSUME(t.leftParen);
                        const inner = this.SUBRULE(this.condition);
                        this.CONSUME(t.rightParen);
                        return inner;
                    },
                },
                {
                    ALT: () => {
                        const left = this.SUBRULE(this.atom);
                        const rest = this.OPTION(() => this.SUBRULE(this.comparisonRest));
                        return this.ACTION(() => comparisonNode(left, rest));
                    },
                },
            ]),
    );

    readonly comparisonRest = this.RULE(
        'comparisonRest',
        (): ComparisonRest =>
            this.OR<[{ ALT: () => ComparisonRest }, { ALT: () => ComparisonRest }]>([
                { ALT: () => ({ operator: this.SUBRULE(this.comparator), right: this.SUBRULE(this.atom) }) },
                {
                    ALT: () => {
                        this.CONSUME(t.in);
                        return { list: this.SUBRULE(this.list) };
                    },
                },
            ]),
    );

    readonly comparator = this.RULE(
        'comparator',
        (): IToken =>
            this.OR([
                { ALT: () => this.CONSUME(t.equal) },
                { ALT: () => this.CONSUME(t.notEqual) },
                { ALT: () => this.CONSUME(t.below) },
                { ALT: () => this.CONSUME(t.atMost) },
                { ALT: () => this.CONSUME(t.above) },
                { ALT: () => this.CONSUME(t.atLeast) },
            ]),
    );

    readonly value = this.RULE(
        'value',
        (): Value =>
            this.OR<[{ ALT: () => Value }, { ALT: () => Value }]>([
                { ALT: () => this.SUBRULE(this.list) },
                { ALT: () => this.SUBRULE(this.atom) },
            ]),
    );

    readonly list = this.RULE('list', (): List => {
        const open = this.CONSUME(t.leftBracket);
        const items: Atom[] = [];
        this.MANY(() => {
            items.push(this.SUBRULE(this.atom));
            this.OPTION(() => this.CONSUME(t.comma));
        });
        const close = this.CONSUME(t.rightBracket);
        return this.ACTION(() => listNode(open, items, close));
    });

    readonly atom = this.RULE(
        'atom',
        (): Atom =>
            this.OR<{ ALT: () => Atom }[]>([
                { ALT: () => this.SUBRULE(this.path) },
                { ALT: () => this.leaf(this.CONSUME(t.text), textNode) },
                { ALT: () => this.leaf(this.CONSUME(t.raw), rawNode) },
                { ALT: () => this.leaf(this.CONSUME(t.hash), hashNode) },
                { ALT: () => this.leaf(this.CONSUME(t.version), versionNode) },
                { ALT: () => this.leaf(this.CONSUME(t.quantity), quantityNode) },
                { ALT: () => this.leaf(this.CONSUME(t.int), intNode) },
                { ALT: () => this.leaf(this.CONSUME(t.true), boolNode) },
                { ALT: () => this.leaf(this.CONSUME(t.false), boolNode) },
            ]),
    );

    readonly path = this.RULE('path', (): Path => {
        const names: Name[] = [];
        this.AT_LEAST_ONE_SEP({ SEP: t.dot, DEF: () => names.push(this.SUBRULE(this.name)) });
        return this.ACTION(() => pathNode(names));
    });

    readonly segment = this.RULE(
        'segment',
        (): Name =>
            this.OR([{ ALT: () => this.SUBRULE(this.name) }, { ALT: () => this.leaf(this.CONSUME(t.text), nameNode) }]),
    );

    readonly label = this.RULE(
        'label',
        (): Name =>
            this.OR([
                { ALT: () => this.SUBRULE(this.name) },
                { ALT: () => this.leaf(this.CONSUME(t.text), nameNode) },
                { ALT: () => this.leaf(this.CONSUME(t.version), versionName) },
            ]),
    );

    readonly name = this.RULE('name', (): Name => {
        const token = this.CONSUME(t.name);
        return this.ACTION(() => ({ text: token.image, span: spanOf(token) }));
    });

    private leaf<Node>(token: IToken, make: (token: IToken, context: NodeContext) => Node): Node {
        return this.ACTION(() => make(token, this.context));
    }
}
