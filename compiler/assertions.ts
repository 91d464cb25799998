// `assert`: conditions over the final fields and the facts.
import type { Atom, Condition } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import { printCondition } from '../lang/print.ts';
import { nearest } from '../lang/suggest.ts';
import { assertionFailed } from './condition-errors.ts';
import { type Scope, judge } from './conditions.ts';
import type { FactTable } from './fact-table.ts';
import { fieldKey } from './field-key.ts';
import { meaningOf } from './final-values.ts';
import type { PendingAssert } from './layers.ts';
import { unknownReference } from './name-errors.ts';
import { subjectOf } from './subject.ts';
import type { Node } from './tree.ts';
import type { Field } from './value.ts';

/** One diagnostic for each assertion that does not hold or cannot be judged. */
export function checkAsserts(
    asserts: readonly PendingAssert[],
    fields: ReadonlyMap<string, Field>,
    table: FactTable,
    root: Node,
): readonly Diagnostic[] {
    const scope: Scope = {
        read: (names) => {
            const key = fieldKey(names);
            const field = fields.get(key);
            if (field !== undefined && !table.has(key)) return subjectOf(field.type, field.value);
            return table.get(key) ?? (meaningOf(root, names) === 'field' ? { type: 'unset' } : undefined);
        },
        unknown: (names, place) => {
            const name = fieldKey(names);
            return unknownReference(name, place, nearest(name, [...table.keys(), ...fields.keys()]));
        },
    };
    return asserts.flatMap(({ assert, module }) => {
        const { holds, diagnostics } = judge(assert.condition, module.source, scope);
        if (holds !== false) return diagnostics;
        const unset = pathsIn(assert.condition).filter((names) => scope.read(names)?.type === 'unset');
        const place = { file: module.source, span: assert.condition.span };
        const spelled = printCondition(assert.condition);
        return [assertionFailed(assert.message?.text, spelled, unset.map(fieldKey), place)];
    });
}

function pathsIn(condition: Condition): readonly (readonly string[])[] {
    switch (condition.kind) {
        case 'or':
        case 'and':
            return condition.terms.flatMap(pathsIn);
        case 'not':
            return pathsIn(condition.term);
        case 'truth':
            return namesOf(condition.atom);
        case 'compare':
            return [...namesOf(condition.left), ...namesOf(condition.right)];
        case 'in':
            return namesOf(condition.left);
    }
}

function namesOf(atom: Atom): readonly (readonly string[])[] {
    return atom.kind === 'path' ? [atom.names.map(({ text }) => text)] : [];
}
