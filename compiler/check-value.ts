// Whether a written value fits the type of its field. References to recipes are followed, interpolations are not.
import type { Atom, Value } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import { printAtom } from '../lang/print.ts';
import type { Place } from '../lang/source.ts';
import { missingDefinition } from './missing-definition.ts';
import { wrongKind, wrongSort } from './name-errors.ts';
import { type Chain, type Module, type Program, lookUp } from './program.ts';
import { holesOf, readAtom } from './read-atom.ts';
import { type FieldRow, type FieldType, type ScalarType, isList, itemType } from './schema/types.ts';
import { interpolatedConstant, mismatch } from './type-errors.ts';

/** The values of a list, or the one value that is there. */
export function atomsOf(value: Value): readonly Atom[] {
    return value.kind === 'list' ? value.items : [value];
}

/** One diagnostic for each value that does not fit. */
export function checkValue(
    program: Program,
    module: Module,
    key: string,
    row: FieldRow,
    value: Value,
): readonly Diagnostic[] {
    const { type } = row;
    const place: Place = { file: module.source, span: value.span };
    if (type.kind !== 'any' && isList(type) !== (value.kind === 'list')) {
        return [mismatch(key, type, place, otherShape(type, value))];
    }
    const item = itemType(type);
    return atomsOf(value).flatMap((atom): readonly Diagnostic[] => {
        const at: Place = { file: module.source, span: atom.span };
        const reading = readAtom(atom, item);
        if (!reading.ok) return [mismatch(key, type, at, reading.instead)];
        if (row.constant === true && holesOf(atom).length > 0) return [interpolatedConstant(key, at)];
        return item.kind === 'ref' ? checkReference(program, module, item, atom) : [];
    });
}

/** A list where one value was written, or the other way round, when that would be right. */
function otherShape(type: FieldType, value: Value): string | undefined {
    const item: ScalarType = itemType(type);
    if (value.kind !== 'list') return readAtom(value, item).ok ? `[${printAtom(value)}]` : undefined;
    const [only, ...more] = value.items;
    return only !== undefined && more.length === 0 && readAtom(only, item).ok ? printAtom(only) : undefined;
}

function checkReference(
    program: Program,
    module: Module,
    type: { readonly to: string },
    atom: Atom,
): readonly Diagnostic[] {
    if (atom.kind !== 'path') return [];
    const name = printAtom(atom);
    const place: Place = { file: module.source, span: atom.span };
    const meaning = lookUp(
        program,
        module,
        atom.names.map(({ text }) => text),
    );
    if (meaning === undefined) return [missingDefinition(program, module, 'recipe', atom)];
    if (meaning.sort === 'profile') return [wrongSort(name, 'recipe', place)];
    if (meaning.chain === undefined || meaning.chain.kind === type.to) return [];
    return [wrongKind(name, meaning.chain.kind, type.to, place)];
}

/** The chain that a checked reference names. */
export function referredChain(program: Program, module: Module, atom: Atom): Chain | undefined {
    if (atom.kind !== 'path') return undefined;
    const meaning = lookUp(
        program,
        module,
        atom.names.map(({ text }) => text),
    );
    return meaning?.sort === 'recipe' ? meaning.chain : undefined;
}
