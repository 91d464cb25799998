// What was asked for → the tree to install: programs, libraries, and files of the sources.
import type { UnitGraph } from '../cargo/unit.ts';
import { programOf, type UnitName } from '../cargo/unit-names.ts';
import { compareBytes } from '../plan/bytes.ts';
import { shellWord } from '../plan/quote.ts';
import { installLines } from './app-commands.ts';
import { type Lowering, completeEnv, limitsOf, noteCommon, places } from './context.ts';
import { type InstalledLibrary, libraryLines, libraryTrees } from './libraries.ts';
import { keysBelow } from './trace.ts';
import { unitPlaces } from './unit-places.ts';

interface Built {
    readonly graph: UnitGraph;
    readonly names: readonly UnitName[];
    readonly libraries: readonly InstalledLibrary[];
}

/** Copies the programs and libraries that were asked for, and files of the sources, to where they will lie. */
export function addInstall(lowering: Lowering, { graph, names, libraries }: Built): void {
    const { evaluated } = lowering;
    const programs = graph.roots.flatMap((root) => {
        const unit = graph.units[root];
        const name = names[root];
        const to = unit === undefined ? undefined : programOf(unit);
        return name?.file === undefined || to === undefined ? [] : [{ from: name.file, to, tree: `${name.id}#lib` }];
    });
    programs.sort((a, b) => compareBytes(a.to, b.to));
    const union = [...new Set([...programs.map(({ tree }) => tree), ...libraryTrees(libraries, graph, names)])];
    if (union.length > 0) lowering.actions.set('programs', { kind: 'compose', entries: {}, union });
    lowering.actions.set('install', {
        kind: 'run',
        commands: [
            {
                script: installLines(lowering, places.source, (destination) => [
                    ...programs.map(
                        ({ from, to }) =>
                            `install -m 755 ${shellWord(`${unitPlaces.link}/${from}`)} ${destination}/${shellWord(to)}`,
                    ),
                    ...libraryLines(lowering, libraries, graph, names),
                ]),
            },
        ],
        ...lowering.surroundings,
        env: completeEnv(lowering, {}),
        cwd: places.build,
        mounts: {
            [places.source]: { tree: 'fetch.main', writable: false },
            ...(union.length === 0 ? {} : { [unitPlaces.link]: { tree: 'programs', writable: false } }),
        },
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(lowering, evaluated.root, 1),
    });
    noteCommon(lowering, 'install', undefined);
    lowering.trace.note(
        ['actions', 'install', 'commands'],
        [...keysBelow(evaluated, 'install'), ...keysBelow(evaluated, 'library'), 'bins'],
    );
}
