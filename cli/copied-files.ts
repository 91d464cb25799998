// Which built files were copied from the environment: flags that were asked for say nothing of them.
import { parseTreeDigest } from '../compiler/plan/digest.ts';
import type { Environment } from '../compiler/plan/plan.ts';
import type { BuiltFile } from '../runtime/elf/built-files.ts';
import { copiedFrom } from '../runtime/elf/copied-from.ts';
import type { Store } from '../runtime/store/store.ts';

/** A folder with files that an environment shows, and the path where it shows them. */
export interface Given {
    readonly folder: string;
    readonly shownAs: string;
}

/** The folders of an environment: a tree of the store, or what is shown of the machine. */
export function givenBy(environment: Environment, store: Store): readonly Given[] {
    if (environment.kind === 'rootfs') {
        const tree = parseTreeDigest(environment.digest);
        return tree === undefined ? [] : [{ folder: store.objectPath(tree), shownAs: '' }];
    }
    const mounted = Object.values(environment.tools).flatMap(({ root, mount }) =>
        root === undefined || mount === undefined ? [] : [{ folder: root, shownAs: mount }],
    );
    return [{ folder: '/usr', shownAs: '/usr' }, ...mounted];
}

/**
 * Of objects that have these paths, those in files that are copies, with the reason why flags are not seen in them: others made them, with
 * flags of their own.
 */
export function reasonsOfCopies(
    files: readonly BuiltFile[],
    given: readonly Given[],
    paths: ReadonlySet<string>,
): Readonly<Record<string, string>> {
    const bad = files.filter(({ objects }) => objects.some(({ path }) => paths.has(path)));
    const copies = copiedFrom(
        given.map(({ folder }) => folder),
        bad.map(({ location }) => location),
    );
    const reasons = bad.flatMap(({ location, objects }) => {
        const origin = copies.get(location);
        const place = given.find(({ folder }) => origin?.startsWith(`${folder}/`));
        if (origin === undefined || place === undefined) return [];
        const reason = `a copy of ${place.shownAs}${origin.slice(place.folder.length)} of the environment`;
        return objects.map(({ path }) => [path, reason] as const);
    });
    return Object.fromEntries(reasons);
}
