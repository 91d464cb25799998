// Where tests find the programs of their package: at the same place when they are compiled and when they run.
import type { Unit } from '../cargo/unit.ts';
import { unitOf, type Work } from './unit-work.ts';
import { unitPlaces } from './unit-places.ts';

const folder = `${unitPlaces.scratch}/target`;

/** As Cargo lays them out: programs here, tests in `deps`. */
export function programFolder({ profile }: Unit): string {
    return `${folder}/${profile.root}`;
}

/** For files of tests. */
export const testScratch = `${folder}/tmp`;

/** Programs of its package that an integration test may start. */
export function programsOf(
    work: Pick<Work, 'graph'>,
    { package: owner, target, dependencies }: Unit,
): readonly number[] {
    if (target.kind !== 'test' && target.kind !== 'bench') return [];
    return dependencies
        .map(({ unit }) => unit)
        .filter((index) => {
            const { target: other, mode, package: from } = unitOf(work, index);
            return other.kind === 'bin' && mode === 'build' && from === owner;
        });
}

/** `CARGO_BIN_EXE_NAME` of an integration test. */
export function programVariables(work: Pick<Work, 'graph'>, unit: Unit): Record<string, string> {
    return Object.fromEntries(
        programsOf(work, unit).map((index) => {
            const { name } = unitOf(work, index).target;
            return [`CARGO_BIN_EXE_${name}`, `${programFolder(unit)}/${name}`];
        }),
    );
}
