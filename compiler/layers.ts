// Applies the statements of one layer after another to a store. Branches that are not taken are checked against the
// schema too, so that a recipe that is right for one target does not hide a mistake for another.
import type { Assert, Assign, Block, Condition, LabelledBlock, Name, Operator, When } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import { printCondition, printValue } from '../lang/print.ts';
import type { Place, Span } from '../lang/source.ts';
import { nearest } from '../lang/suggest.ts';
import { atomsOf, checkValue } from './check-value.ts';
import { fieldKey } from './field-key.ts';
import { appliedTwice, conditionalConstant, expired } from './layer-errors.ts';
import { tooDeep } from './name-errors.ts';
import { applyChange } from './operators.ts';
import { type Layer, type Module, type Program, deepest, lookUp, spellPath } from './program.ts';
import { kinds } from './schema/kinds.ts';
import { fieldIn, groupIn, namesIn } from './schema/locate.ts';
import { type FieldRow, type FieldType, type GroupRow, isList } from './schema/types.ts';
import { type Store, itemOf } from './store.ts';
import {
    blockNotField,
    fieldNotBlock,
    missingLabel,
    ownerName,
    surplusLabel,
    unknownField,
    wrongOperator,
} from './type-errors.ts';
import type { FieldTouch } from './value.ts';
import { compareVersions } from './versions.ts';

export interface PendingAssert {
    readonly assert: Assert;
    readonly module: Module;
}

/** A block that is a layer on another recipe. */
export interface PendingLayer {
    /** `link`, and the label. */
    readonly head: string;
    readonly label: string;
    readonly kind: string;
    readonly layer: Layer;
}

export interface Walk {
    readonly program: Program;
    readonly kind: string;
    readonly store: Store;
    readonly diagnostics: Diagnostic[];
    readonly asserts: PendingAssert[];
    /** In written order. */
    readonly layers: PendingLayer[];
    /** Profile and place in the recipe → where it was applied. */
    readonly applied: Map<string, Place>;
    /** The same for branches that are not taken. */
    readonly checked: Set<string>;
    /** Missing while constants are collected: then `when` is passed over and only constants are set. */
    readonly conditions?: Conditions;
}

export interface Conditions {
    /** Undefined for a condition with a mistake, which is reported. */
    readonly holds: (condition: Condition, module: Module) => boolean | undefined;
    /** Of the recipe, for `until`. */
    readonly version: string | undefined;
}

/** Where a statement stands. */
interface Position {
    readonly layer: string;
    readonly base: boolean;
    readonly module: Module;
    readonly names: readonly string[];
    readonly row: GroupRow;
    readonly via: readonly string[];
    /** The conditions around it, outermost first; empty outside of `when`. */
    readonly when: readonly Guard[];
    readonly live: boolean;
}

interface Guard {
    readonly text: string;
    /** Needs parentheses beside another one. */
    readonly loose: boolean;
}

/** Applies all layers of a chain, base first. */
export function walkLayers(walk: Walk, root: GroupRow, layers: readonly Layer[]): void {
    layers.forEach(({ name, module, block }, index) =>
        walkBlock(
            walk,
            { layer: name, base: index === 0, module, names: [], row: root, via: [], when: [], live: true },
            block,
        ),
    );
}

function walkBlock(walk: Walk, position: Position, block: Block): void {
    for (const statement of block.statements) {
        switch (statement.kind) {
            case 'assign':
                assign(walk, position, statement);
                break;
            case 'block':
                enter(walk, position, statement);
                break;
            case 'when':
                choose(walk, position, statement);
                break;
            case 'apply':
                applyProfile(walk, position, statement);
                break;
            case 'assert':
                if (position.live) walk.asserts.push({ assert: statement, module: position.module });
                break;
        }
    }
}

function at({ module }: Position, span: Span): Place {
    return { file: module.source, span };
}

/** From the first of these names to the last one. */
function acrossNames(position: Position, names: readonly Name[]): Place {
    const spans = names.map(({ span }) => span);
    return at(position, { start: spans[0]?.start ?? 0, end: spans.at(-1)?.end ?? 0 });
}

function assign(walk: Walk, position: Position, statement: Assign): void {
    if (assignInLayer(walk, position, statement)) return;
    const target = findField(walk, position, statement.path);
    if (target === undefined) return;
    const { names, row } = target;
    const key = fieldKey(names);
    const problems = staticProblems(walk, position, statement, key, row);
    if (problems.length > 0) {
        walk.diagnostics.push(...problems);
        if (position.live) walk.store.broken.add(key);
        return;
    }
    const collecting = walk.conditions === undefined;
    if (!position.live || (collecting && row.constant !== true)) return;
    openBlocks(walk, position, names.slice(0, -1), acrossNames(position, statement.path));
    const touch = touchOf(position, statement);
    const tooLate = expiry(walk, position, statement, key);
    if (tooLate !== undefined) walk.diagnostics.push(tooLate);
    const module = position.module;
    walk.diagnostics.push(
        ...applyChange(walk.store, {
            key,
            names,
            row,
            operator: statement.operator,
            operatorPlace: at(position, statement.operatorSpan),
            valuePlace: at(position, statement.value.span),
            items: atomsOf(statement.value).map((atom) => itemOf(atom, module)),
            list: statement.value.kind === 'list',
            touch,
            base: position.base,
        }),
    );
}

/** What is wrong with an assignment whatever the layers below hold. */
function staticProblems(
    walk: Walk,
    position: Position,
    statement: Assign,
    key: string,
    row: FieldRow,
): readonly Diagnostic[] {
    const { operator, value } = statement;
    if (row.constant === true && position.when.length > 0) {
        return [conditionalConstant(key, joined(position.when), acrossNames(position, statement.path))];
    }
    if (changesLists(operator) && !takesList(row.type, value.kind === 'list')) {
        return [wrongOperator(key, operator, row.type, at(position, statement.operatorSpan))];
    }
    return checkValue(walk.program, position.module, key, row, value);
}

function changesLists(operator: Operator): boolean {
    return operator === '+=' || operator === '^=' || operator === '-=';
}

function takesList(type: FieldType, written: boolean): boolean {
    return type.kind === 'any' ? written : isList(type);
}

function touchOf(position: Position, statement: Assign): FieldTouch {
    const { via, when } = position;
    return {
        layer: position.layer,
        place: acrossNames(position, statement.path),
        operator: statement.operator,
        operand: printValue(statement.value),
        ...(via.length === 0 ? {} : { via }),
        ...(when.length === 0 ? {} : { when: joined(when) }),
        ...(statement.because === undefined ? {} : { because: statement.because.text }),
        ...(statement.until === undefined ? {} : { until: statement.until.text }),
    };
}

function expiry(walk: Walk, position: Position, { because, until }: Assign, key: string): Diagnostic | undefined {
    const version = walk.conditions?.version;
    if (until === undefined || version === undefined || compareVersions(version, until.text) < 0) return undefined;
    return expired(key, until.text, version, because?.text ?? 'none', at(position, until.span));
}

function findField(
    walk: Walk,
    position: Position,
    path: readonly Name[],
): { readonly names: readonly string[]; readonly row: FieldRow } | undefined {
    let { row, names } = position;
    for (const [index, name] of path.entries()) {
        const group = groupIn(row, name.text);
        const field = row.each === undefined ? fieldIn(row, name.text) : undefined;
        const last = index === path.length - 1;
        if (last && field !== undefined) return { names: [...names, name.text], row: field };
        const inner = [...names, name.text];
        if (!last && group !== undefined) {
            row = group;
            names = inner;
        } else if (last && group !== undefined) {
            walk.diagnostics.push(blockNotField(fieldKey(inner), at(position, name.span)));
            return undefined;
        } else {
            reportUnknown(walk, { ...position, row, names }, name, field);
            return undefined;
        }
    }
    return undefined;
}

/** A name that means nothing here, or that is a field and has nothing inside. */
function reportUnknown(walk: Walk, position: Position, name: Name, field: FieldRow | undefined): void {
    const { names, row } = position;
    const place = at(position, name.span);
    if (field !== undefined) {
        walk.diagnostics.push(fieldNotBlock(fieldKey([...names, name.text]), field.type, place));
        return;
    }
    const known = namesIn(row);
    const meant = nearest(name.text, known);
    // What was meant counts as there: that it is missing is the same mistake.
    if (position.live) {
        if (meant === undefined) walk.store.doubtful.add(fieldKey(names));
        else if (row.fields.has(meant)) walk.store.broken.add(fieldKey([...names, meant]));
        else walk.store.doubtful.add(fieldKey([...names, meant]));
    }
    walk.diagnostics.push(unknownField(ownerName(walk.kind, fieldKey(names)), name.text, place, meant, known));
}

function openBlocks(walk: Walk, position: Position, names: readonly string[], place: Place): void {
    let { row } = position;
    for (let depth = position.names.length + 1; depth <= names.length; depth++) {
        const inner = groupIn(row, names[depth - 1] ?? '');
        if (inner === undefined) return;
        row = inner;
        const opened = names.slice(0, depth);
        const key = fieldKey(opened);
        if (!walk.store.blocks.has(key)) walk.store.blocks.set(key, { names: opened, row, place });
    }
}

/** `link."1.85.1".revision = 2` is short for a block with one statement. */
function assignInLayer(walk: Walk, position: Position, statement: Assign): boolean {
    const [head, label, ...path] = statement.path;
    if (head === undefined || label === undefined || path.length === 0) return false;
    const row = groupIn(position.row, head.text)?.each;
    if (row?.layerOn === undefined) return false;
    const block = { statements: [{ ...statement, path }], span: statement.span };
    addLayer(walk, position, { head, label, kind: row.layerOn, block });
    return true;
}

/** A branch that is not taken is checked all the same, as everywhere. */
function addLayer(
    walk: Walk,
    position: Position,
    { head, label, kind, block }: { head: Name; label: Name; kind: string; block: Block },
): void {
    if (walk.conditions === undefined) return;
    const names = [...position.names, head.text, label.text];
    const place = acrossNames(position, [head, label]);
    if (position.live) {
        openBlocks(walk, position, names, place);
        const layer = { name: position.layer, module: position.module, block, place };
        walk.layers.push({ head: head.text, label: label.text, kind, layer });
        return;
    }
    const row = kinds.get(kind)?.root;
    if (row !== undefined) walkBlock({ ...walk, kind }, { ...position, names, row }, block);
}

function enter(walk: Walk, position: Position, { head, labels, block }: LabelledBlock): void {
    const outer = groupIn(position.row, head.text);
    if (outer === undefined || position.row.each !== undefined) {
        reportUnknown(walk, position, head, fieldIn(position.row, head.text));
        return;
    }
    const [label, surplus] = labels;
    if (outer.each !== undefined && label === undefined) {
        walk.diagnostics.push(missingLabel(head.text, at(position, head.span)));
        return;
    }
    const extra = outer.each === undefined ? label : surplus;
    if (extra !== undefined) {
        walk.diagnostics.push(surplusLabel(head.text, at(position, extra.span), outer.each !== undefined));
        return;
    }
    const kind = outer.each?.layerOn;
    if (kind !== undefined && label !== undefined) {
        addLayer(walk, position, { head, label, kind, block });
        return;
    }
    const names = [...position.names, head.text, ...(label === undefined ? [] : [label.text])];
    if (position.live) openBlocks(walk, position, names, acrossNames(position, [head, ...labels]));
    walkBlock(walk, { ...position, names, row: outer.each ?? outer }, block);
}

/** The first branch whose condition holds is taken. After a condition with a mistake, none is. */
function choose(walk: Walk, position: Position, { branches }: When): void {
    if (walk.conditions === undefined) return;
    let open = position.live;
    const refused: Guard[] = [];
    for (const { condition, block } of branches) {
        const holds = condition === undefined ? true : walk.conditions.holds(condition, position.module);
        const own =
            condition === undefined ? [] : [{ text: printCondition(condition), loose: condition.kind === 'or' }];
        const when = [...position.when, ...refused, ...own];
        walkBlock(walk, { ...position, when, live: open && holds === true }, block);
        if (holds !== false) open = false;
        refused.push(...own.map(({ text }) => ({ text: `not (${text})`, loose: false })));
    }
}

function joined(guards: readonly Guard[]): string {
    const [only, ...more] = guards;
    if (only !== undefined && more.length === 0) return only.text;
    return guards.map(({ text, loose }) => (loose ? `(${text})` : text)).join(' and ');
}

function applyProfile(
    walk: Walk,
    position: Position,
    statement: Extract<Block['statements'][number], { kind: 'apply' }>,
): void {
    const { path } = statement;
    const meaning = lookUp(
        walk.program,
        position.module,
        path.names.map(({ text }) => text),
    );
    if (meaning?.sort !== 'profile') return;
    const place = at(position, path.span);
    const name = spellPath(path);
    const once = JSON.stringify([meaning.module.path, meaning.name, ...position.names]);
    const first = walk.applied.get(once);
    if (position.live && first !== undefined) {
        walk.diagnostics.push(appliedTwice(name, place, first));
        return;
    }
    if (position.via.length >= deepest) {
        walk.diagnostics.push(tooDeep('profiles', deepest, place));
        return;
    }
    if (position.live) walk.applied.set(once, place);
    else if (walk.checked.has(once)) return;
    walk.checked.add(once);
    walkBlock(walk, { ...position, module: meaning.module, via: [...position.via, name] }, meaning.profile.block);
}
