// Truth of `when` and `assert` conditions. Nothing is skipped: a mistake in the second term is found although the first
// one decides.
import type { Atom, Comparison, Condition, Path } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import { printAtom } from '../lang/print.ts';
import type { Place, SourceFile, Span } from '../lang/source.ts';
import { nearest } from '../lang/suggest.ts';
import { incomparable, readsNothing, unknownWord } from './condition-errors.ts';
import { plainText, wordIn } from './read-atom.ts';
import type { Subject, WordSubject } from './subject.ts';
import { compareVersions } from './versions.ts';

/** What a condition can read, and what is said of everything else. */
export interface Scope {
    /** Undefined when nothing is called so. */
    readonly read: (names: readonly string[]) => Subject | undefined;
    /** Undefined when a mistake that is reported already is the reason. */
    readonly unknown: (names: readonly string[], place: Place) => Diagnostic | undefined;
}

interface Judging extends Scope {
    readonly file: SourceFile;
    readonly diagnostics: Diagnostic[];
    /** It reads something that has a mistake already. */
    doubtful: boolean;
}

/** Undefined when the condition has a mistake, which `diagnostics` then tells unless it is told already. */
export function judge(
    condition: Condition,
    file: SourceFile,
    scope: Scope,
): { readonly holds: boolean | undefined; readonly diagnostics: readonly Diagnostic[] } {
    const judging: Judging = { ...scope, file, diagnostics: [], doubtful: false };
    const holds = holdsIn(judging, condition);
    const failed = judging.doubtful || judging.diagnostics.length > 0;
    return { holds: failed ? undefined : holds, diagnostics: judging.diagnostics };
}

function holdsIn(judging: Judging, condition: Condition): boolean {
    switch (condition.kind) {
        case 'or':
            return condition.terms.map((term) => holdsIn(judging, term)).includes(true);
        case 'and':
            return !condition.terms.map((term) => holdsIn(judging, term)).includes(false);
        case 'not':
            return !holdsIn(judging, condition.term);
        case 'truth':
            return truthOf(judging, condition.atom);
        case 'compare':
            return holdsBetween(judging, condition.left, condition.operator, condition.right, condition.span);
        case 'in': {
            const subject = subjectIn(judging, condition.left);
            const items = condition.list.items;
            return (
                subject !== undefined &&
                items.map((item) => isTrue(judging, condition.left, subject, '==', item)).includes(true)
            );
        }
    }
}

function placeIn(judging: Judging, span: Span): Place {
    return { file: judging.file, span };
}

function namesIn(path: Path): readonly string[] {
    return path.names.map(({ text }) => text);
}

/** The subject that an atom names; anything else is a mistake. */
function subjectIn(judging: Judging, atom: Atom): Subject | undefined {
    if (atom.kind !== 'path') {
        judging.diagnostics.push(readsNothing(placeIn(judging, atom.span)));
        return undefined;
    }
    const subject = judging.read(namesIn(atom));
    if (subject === undefined) {
        const problem = judging.unknown(namesIn(atom), placeIn(judging, atom.span));
        if (problem === undefined) judging.doubtful = true;
        else judging.diagnostics.push(problem);
    }
    return subject;
}

function truthOf(judging: Judging, atom: Atom): boolean {
    const subject = subjectIn(judging, atom);
    if (subject === undefined || subject.type === 'unset') return false;
    if (subject.type === 'bool') return subject.value;
    const help = `compare it with a value, as in \`${printAtom(atom)} == …\``;
    judging.diagnostics.push(
        incomparable(
            printAtom(atom),
            `${described[subject.type]}, not \`true\` or \`false\``,
            placeIn(judging, atom.span),
            help,
        ),
    );
    return false;
}

function holdsBetween(judging: Judging, left: Atom, operator: Comparison, right: Atom, span: Span): boolean {
    const readable = (atom: Atom): boolean => atom.kind === 'path' && judging.read(namesIn(atom)) !== undefined;
    if (left.kind !== 'path' && right.kind !== 'path') {
        judging.diagnostics.push(readsNothing(placeIn(judging, span)));
        return false;
    }
    const turned = left.kind !== 'path' || (!readable(left) && readable(right));
    const [looked, other] = turned ? [right, left] : [left, right];
    const subject = subjectIn(judging, looked);
    return subject !== undefined && isTrue(judging, looked, subject, turned ? mirrored[operator] : operator, other);
}

const mirrored = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

const described: Readonly<Record<Subject['type'], string>> = {
    word: 'a word',
    text: 'a string',
    version: 'a version',
    number: 'a number',
    bool: '`true` or `false`',
    list: 'a list',
    unset: 'not set',
};

/** Whether `subject`, which is spelled `spelled`, compares like this with what `other` says. */
function isTrue(judging: Judging, spelled: Atom, subject: Subject, operator: Comparison, other: Atom): boolean {
    const order = orderOf(judging, spelled, subject, other);
    if (order === undefined) return false;
    if (order === 'unset') return operator === '!=';
    if (operator === '==') return order === 0;
    if (operator === '!=') return order !== 0;
    if (subject.type === 'version' || subject.type === 'number') {
        return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator];
    }
    const what = `${described[subject.type]}, which has no order`;
    const help = 'compare it with `==`, `!=` or `in`';
    judging.diagnostics.push(incomparable(printAtom(spelled), what, placeIn(judging, spelled.span), help));
    return false;
}

/** Zero when equal. Undefined when the two cannot be compared, which is reported. */
function orderOf(judging: Judging, spelled: Atom, subject: Subject, other: Atom): number | 'unset' | undefined {
    const second = otherSubject(judging, subject, other);
    if (subject.type === 'unset' || second?.type === 'unset') return 'unset';
    if (subject.type === 'word' && second === undefined && isUnknownWord(judging, spelled, subject, other))
        return undefined;
    const order = second === undefined ? orderToLiteral(subject, other) : orderOfSubjects(subject, second);
    if (order !== undefined) return order;
    const quoted = subject.type === 'text' && wordIn(other) !== undefined;
    const help = quoted ? `write \`"${printAtom(other)}"\`` : wanted[subject.type];
    judging.diagnostics.push(
        incomparable(printAtom(spelled), described[subject.type], placeIn(judging, other.span), help),
    );
    return undefined;
}

/** A word that can never be true of the subject is reported. */
function isUnknownWord(judging: Judging, spelled: Atom, subject: WordSubject, other: Atom): boolean {
    const word = wordIn(other) ?? plainText(other);
    if (word === undefined || subject.known?.has(word) !== false) return false;
    const near = nearest(word, subject.known);
    judging.diagnostics.push(unknownWord(word, printAtom(spelled), placeIn(judging, other.span), near, subject.known));
    return true;
}

function orderToLiteral(subject: Exclude<Subject, { type: 'unset' }>, other: Atom): number | undefined {
    switch (subject.type) {
        case 'word': {
            const word = wordIn(other) ?? plainText(other);
            if (word === undefined) return undefined;
            return Number(!(subject.answers?.has(word) ?? subject.value === word));
        }
        case 'text': {
            const text = other.kind === 'hash' ? other.text : plainText(other);
            return text === undefined ? undefined : Number(text !== subject.value);
        }
        case 'version': {
            const version =
                other.kind === 'version' ? other.text : other.kind === 'int' ? String(other.value) : plainText(other);
            return version === undefined ? undefined : compareVersions(subject.value, version);
        }
        case 'number': {
            const number = numberIn(other, subject.unit);
            return number === undefined ? undefined : subject.value - number;
        }
        case 'bool':
            return other.kind === 'bool' ? Number(other.value !== subject.value) : undefined;
        case 'list':
            return undefined;
    }
}

/** A second value that is read. A single name beside a word is a word, whatever else has that name. */
function otherSubject(judging: Judging, subject: Subject, other: Atom): Subject | undefined {
    if (other.kind !== 'path') return undefined;
    if (other.names.length > 1) return subjectIn(judging, other) ?? { type: 'unset' };
    if (subject.type === 'word' || subject.type === 'unset') return undefined;
    return judging.read(namesIn(other));
}

function orderOfSubjects(left: Subject, right: Subject): number | undefined {
    if (left.type === 'version' && right.type === 'version') return compareVersions(left.value, right.value);
    if (left.type === 'number' && right.type === 'number' && left.unit === right.unit) return left.value - right.value;
    if (left.type === 'bool' && right.type === 'bool') return Number(left.value !== right.value);
    const isText = (type: Subject['type']): boolean => type === 'word' || type === 'text';
    if (!isText(left.type) || !isText(right.type)) return undefined;
    return 'value' in left && 'value' in right ? Number(left.value !== right.value) : undefined;
}

const wanted: Readonly<Record<Subject['type'], string>> = {
    word: 'compare it with a word',
    text: 'compare it with a string',
    version: 'compare it with a version such as `1.86.0`',
    number: 'compare it with a number of the same unit',
    bool: 'compare it with `true` or `false`, or write it alone',
    list: 'lists cannot be compared',
    unset: 'set it first',
};

function numberIn(atom: Atom, unit: 'int' | 'duration' | 'size'): number | undefined {
    if (unit === 'duration') return atom.kind === 'duration' ? atom.seconds : undefined;
    if (unit === 'size') return atom.kind === 'size' ? atom.bytes : undefined;
    return atom.kind === 'int' ? atom.value : undefined;
}
