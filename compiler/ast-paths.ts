// All places of a file that can name a definition: bases, profiles, and values that could be references.
import type { Apply, Block, Branch, File, LabelledBlock, Path, Statement } from '../lang/ast.ts';

/** Paths that may name a definition of this file or of an imported one. */
export function pathsOf(file: File): readonly Path[] {
    return file.definitions.flatMap((definition) => [...basesOf(definition), ...pathsIn(definition.block)]);
}

/** What a definition stands on. */
export function basesOf(definition: File['definitions'][number]): readonly Path[] {
    switch (definition.kind) {
        case 'recipe':
            return definition.from === undefined ? [] : [definition.from];
        case 'overlay':
            return definition.on;
        case 'profile':
            return [];
    }
}

/** Words and paths that fields of a definition have as values: some of them name recipes. */
export function valuesOf(definition: File['definitions'][number]): readonly Path[] {
    return pathsIn(definition.block);
}

function pathsIn(block: Block): readonly Path[] {
    return statementsIn(block).flatMap((statement) => {
        if (statement.kind === 'apply') return [statement.path];
        if (statement.kind !== 'assign') return [];
        const atoms = statement.value.kind === 'list' ? statement.value.items : [statement.value];
        return atoms.filter((atom) => atom.kind === 'path');
    });
}

/** Every `apply` of a block, however deep. */
export function appliesIn(block: Block): readonly Apply[] {
    return statementsIn(block).filter((statement) => statement.kind === 'apply');
}

type Leaf = Exclude<Statement, LabelledBlock | { kind: 'when' }>;

function statementsIn(block: Block): readonly Leaf[] {
    return block.statements.flatMap((statement): readonly Leaf[] => {
        switch (statement.kind) {
            case 'block':
                return statementsIn(statement.block);
            case 'when':
                return statement.branches.flatMap((branch: Branch) => statementsIn(branch.block));
            case 'assign':
            case 'apply':
            case 'assert':
                return [statement];
        }
    });
}
