// A path that names no definition: what was probably meant.
import type { Path } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import { nearest } from '../lang/suggest.ts';
import { unknownDefinition, unknownImport } from './name-errors.ts';
import { type Meaning, type Module, type Program, namesInReach, spellPath } from './program.ts';

/** The diagnostic for a path that means nothing in `module`. */
export function missingDefinition(program: Program, module: Module, sort: Meaning['sort'], path: Path): Diagnostic {
    const name = spellPath(path);
    const place = { file: module.source, span: path.span };
    const [first, ...more] = path.names;
    if (first !== undefined && more.length > 0 && !module.imports.has(first.text)) {
        return unknownImport(
            first.text,
            { file: module.source, span: first.span },
            nearest(first.text, module.imports.keys()),
        );
    }
    const own = module.ast.definitions.filter(({ kind }) => (kind === 'profile') === (sort === 'profile'));
    const inReach = new Set([...own.map((definition) => definition.name.text), ...namesInReach(program, module, sort)]);
    return unknownDefinition(sort, name, place, nearest(name, inReach), [...inReach]);
}
