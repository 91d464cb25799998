// The host directories behind binds, looked at just before they are bound.
import { lstatSync } from 'node:fs';
import type { Failure } from '../failure.ts';
import type { Bind } from './spec.ts';

/** The first source that is no directory. A link is refused even when it leads to one: somebody else may have put it there. */
export function badSource(binds: readonly Bind[]): Failure | undefined {
    for (const { at, from } of binds) {
        const stats = lstatSync(from, { throwIfNoEntry: false });
        if (stats === undefined)
            return { kind: 'system', code: 'ENOENT', operation: `bind ${at} in the sandbox`, path: from };
        if (stats.isDirectory()) continue;
        const rule = stats.isSymbolicLink() ? 'link' : 'type';
        return {
            kind: 'bad-tree',
            what: at,
            rule,
            entry: '.',
            detail: 'what is bound in a sandbox must be a directory',
        };
    }
    return undefined;
}
