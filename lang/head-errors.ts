// Why a head did not parse → the diagnostic that tells the user. Chevrotain says which token it stopped at and what it
// would have taken; the mistakes people really make are recognised from that.
import { EOF, type IRecognitionException, type IToken, tokenLabel, type TokenType } from 'chevrotain';
import type { Diagnostic } from './diagnostic.ts';
import type { SourceFile, Span } from './source.ts';
import * as errors from './syntax-errors.ts';
import { endOf, isName, isOperator, isReserved, spanOf, tokens } from './tokens.ts';

export interface HeadFailure {
    readonly source: SourceFile;
    readonly head: readonly IToken[];
    /** The grammar rule for the whole head. */
    readonly rule: string;
    readonly error: IRecognitionException;
}

/** The one diagnostic for a head that does not parse. */
export function headError(failure: HeadFailure): Diagnostic {
    return (
        reservedWordError(failure) ??
        foreignOperatorError(failure) ??
        definitionError(failure) ??
        conditionError(failure) ??
        statementError(failure) ??
        unexpectedError(failure)
    );
}

/** The token that did not fit; undefined at the end of the head. */
function foundToken({ error }: HeadFailure): IToken | undefined {
    return error.token.tokenType === EOF ? undefined : error.token;
}

function place(failure: HeadFailure): Span {
    const found = foundToken(failure);
    if (found !== undefined) return spanOf(found);
    const last = failure.head.at(-1);
    const end = last === undefined ? 0 : endOf(last);
    return { start: end, end };
}

/** How far the parser came: the token before the one that did not fit. */
function previousToken(failure: HeadFailure): IToken | undefined {
    const found = foundToken(failure);
    return found === undefined ? failure.head.at(-1) : failure.head[failure.head.indexOf(found) - 1];
}

function expected({ error }: HeadFailure): readonly string[] {
    return [...new Set(error.message.split('\n'))];
}

function reservedWordError(failure: HeadFailure): Diagnostic | undefined {
    const { source, head } = failure;
    const found = foundToken(failure);
    const previous = previousToken(failure);
    if (found === undefined) return undefined;
    if (previous !== undefined && previous === head[0] && isReserved(previous) && (isOperator(found) || isDot(found)))
        return errors.reservedWord(source, spanOf(previous));
    if (!isReserved(found) || found.tokenType === tokens.because || found.tokenType === tokens.until) return undefined;
    const inList = expected(failure).includes(tokenLabel(tokens.rightBracket));
    const wanted = inList || failure.rule === 'blockHead' || expected(failure).includes(tokenLabel(tokens.name));
    return wanted && found.tokenType !== tokens.else ? errors.reservedWord(source, spanOf(found)) : undefined;
}

function isDot(token: IToken): boolean {
    return token.tokenType === tokens.dot;
}

const insteadOfForeign: ReadonlyMap<string, string> = new Map([
    ['===', '=='],
    ['=<', '<='],
    ['&&', 'and'],
    ['||', 'or'],
    ['!', 'not'],
    ['=>', '='],
    [':', '='],
]);

function foreignOperatorError(failure: HeadFailure): Diagnostic | undefined {
    const found = foundToken(failure);
    if (found === undefined) return undefined;
    if (found.tokenType === tokens.foreign) {
        const instead = isCondition(failure) && found.image === '=>' ? '>=' : insteadOfForeign.get(found.image);
        return errors.foreignOperator(failure.source, spanOf(found), instead);
    }
    if (failure.rule !== 'assign' || found.tokenType !== tokens.equal) return undefined;
    return errors.foreignOperator(failure.source, spanOf(found), '=');
}

const definitions: readonly string[] = ['recipe', 'overlay', 'profile'];

function definitionError(failure: HeadFailure): Diagnostic | undefined {
    const { source, rule, head } = failure;
    if (!definitions.includes(rule)) return undefined;
    const second = head[1];
    const found = foundToken(failure);
    const linked = second !== undefined && linkWords.has(second.tokenType) && found === head[2];
    if (second === undefined || found === second || linked)
        return errors.missingName(source, second === undefined ? place(failure) : spanOf(second), rule);
    return undefined;
}

/** They may be names, but right behind the keyword they show that the name was forgotten. */
const linkWords: ReadonlySet<TokenType> = new Set([tokens.is, tokens.from, tokens.on]);

function isCondition({ rule }: HeadFailure): boolean {
    return rule === 'when' || rule === 'else' || rule === 'assert';
}

function conditionError(failure: HeadFailure): Diagnostic | undefined {
    if (!isCondition(failure)) return undefined;
    const found = foundToken(failure);
    const previous = previousToken(failure);
    if (found?.tokenType === tokens.define) return errors.conditionAssignment(failure.source, spanOf(found));
    const isStart = previous?.tokenType === tokens.when || previous?.tokenType === tokens.assert;
    if (isStart && (found === undefined || found.tokenType === tokens.else || found.tokenType === tokens.comma))
        return errors.missingCondition(failure.source, place(failure), previous.image);
    return undefined;
}

function statementError(failure: HeadFailure): Diagnostic | undefined {
    const { source, rule, head } = failure;
    const found = foundToken(failure);
    if (rule === 'blockHead' && found !== undefined && isOperator(found))
        return errors.blockWithOperator(source, spanOf(found));
    if (rule !== 'assign') return undefined;
    const previous = previousToken(failure);
    if (previous !== undefined && isOperator(previous)) {
        const nothing = found === undefined || found.tokenType === tokens.because || found.tokenType === tokens.until;
        return nothing ? errors.missingValue(source, place(failure), previous.image) : undefined;
    }
    const beforeOperator = expected(failure).includes(tokenLabel(tokens.define));
    if (!beforeOperator || (found !== undefined && !startsValue(found))) return undefined;
    const field = source.text.slice(head[0]?.startOffset, previous === undefined ? undefined : endOf(previous));
    return errors.missingOperator(source, place(failure), field);
}

function startsValue(token: IToken): boolean {
    return isName(token) || token.tokenType === tokens.leftBracket || valueTypes.has(token.tokenType);
}

const valueTypes: ReadonlySet<TokenType> = new Set([
    tokens.text,
    tokens.openText,
    tokens.raw,
    tokens.rawBlock,
    tokens.openRaw,
    tokens.openRawBlock,
    tokens.hash,
    tokens.version,
    tokens.quantity,
    tokens.int,
    tokens.badNumber,
    tokens.true,
    tokens.false,
]);

function unexpectedError(failure: HeadFailure): Diagnostic {
    const { source, rule, head } = failure;
    const found = foundToken(failure);
    const labels = expected(failure);
    const atEnd = labels.includes(tokenLabel(tokens.newline));
    const several = rule === 'assign' && atEnd && found !== undefined && startsValue(found);
    return errors.unexpected(source, place(failure), {
        expected: found === head[0] ? 'a statement' : wanted(labels, withBlock.has(rule)),
        found: found?.image,
        help: several ? 'a field has one value; several values form a list: `[a, b]`' : undefined,
    });
}

const withBlock: ReadonlySet<string> = new Set(['blockHead', 'when', 'else', 'recipe', 'overlay', 'profile']);

/** What could have come, in words. */
function wanted(labels: readonly string[], hasBlock: boolean): string {
    if (labels.includes(tokenLabel(tokens.quantity))) return 'a value';
    if (labels.includes(tokenLabel(tokens.replace))) return 'an operator';
    if (hasBlock && labels.includes(tokenLabel(tokens.newline))) return tokenLabel(tokens.leftBrace);
    const last = labels.at(-1) ?? '';
    return labels.length < 2 ? last : `${labels.slice(0, -1).join(', ')} or ${last}`;
}
