// The recipes that rpkg is installed with, to copy from.
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SourceFile } from '../lang/source.ts';

/** `path` is relative to the folder of recipes. The program lies in a folder beside it. */
export function shippedRecipe(path: string): SourceFile {
    const program = realpathSync(process.argv[1] ?? '.');
    return { path, text: readFileSync(join(dirname(program), '../recipes', path), 'utf8') };
}
