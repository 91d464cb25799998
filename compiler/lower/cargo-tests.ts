// `cargo-test` blocks → actions: each test program of the package runs in a sandbox of its own, with what Cargo would give
// it. The programs themselves are units like any other.
import { ownFiles } from '../cargo/directive-script.ts';
import { closuresOf } from '../cargo/native-links.ts';
import { packageEnvironment } from '../cargo/package-environment.ts';
import type { Unit } from '../cargo/unit.ts';
import type { UnitName } from '../cargo/unit-names.ts';
import { sortedEntries } from '../plan/bytes.ts';
import type { Mount } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { isInside } from '../cargo/folder-path.ts';
import { boolOf, type Group, listOf } from '../value.ts';
import { type Lowering, limitsOf, mapOf, places, sourceMounts } from './context.ts';
import { noRunner } from './errors.ts';
import type { Planned, PlannedTests } from './planned-units.ts';
import { programFolder, programsOf, programVariables, testScratch } from './program-places.ts';
import { runnerOf } from './target-tools.ts';
import { addFilterCheck, listTests, testArguments } from './test-filters.ts';
import { keysBelow } from './trace.ts';
import { unitEnv } from './unit-env.ts';
import { unitPlaces, workspaceFolder } from './unit-places.ts';
import { mount, outFolder, type UnitsRequest } from './unit-work.ts';

/** What tests share with the units they were made from. */
export interface TestSurroundings {
    readonly names: readonly UnitName[];
    /** Folders of libraries that only the compiler brings, for either side. */
    readonly libraries: { readonly host: readonly string[]; readonly target: readonly string[] };
    readonly targetMounts: Readonly<Record<string, Mount>>;
    readonly sourceOf: UnitsRequest['sourceOf'];
}

interface Program extends TestSurroundings {
    /** Its unit. */
    readonly index: number;
    /** The run of its package's build script. */
    readonly own: number | undefined;
}

export function addCargoTests(lowering: Lowering, planned: Planned, surroundings: TestSurroundings): void {
    const closures = closuresOf(planned.graph);
    for (const tests of planned.tests) {
        const runs = tests.programs.map((index) => ({
            id: addProgram(lowering, planned, tests, { ...surroundings, index, own: closures.ownRun(index) }),
            harness: planned.graph.units[index]?.target.harness === true,
        }));
        if (runs.some(({ id }) => id === undefined)) continue;
        addFilterCheck(
            lowering,
            tests,
            runs.flatMap(({ id, harness }) => (harness ? (id ?? []) : [])),
        );
    }
}

/** Gives the id of the action; undefined when nothing can run the program. */
function addProgram(
    lowering: Lowering,
    { graph }: Planned,
    { label, group }: PlannedTests,
    { names, libraries, targetMounts, sourceOf, index, own }: Program,
): string | undefined {
    const unit = graph.units[index];
    const name = names[index];
    if (unit === undefined || name?.file === undefined) throw new Error(`unit ${index} is no program`);
    const id = `cargo-test.${label}.${name.id.slice('unit.'.length)}`;
    const isHost = unit.platform === undefined;
    const runner = isHost ? [] : runnerOf(lowering.evaluated);
    if (runner === undefined) {
        const place = group.place ?? lowering.evaluated.root.place;
        if (place !== undefined) lowering.diagnostics.push(noRunner(id, unit.platform ?? '', place));
        return undefined;
    }
    const started = programsOf({ graph }, unit).flatMap((each) => names[each] ?? []);
    const programs = programTree(lowering, id, started);
    lowering.actions.set(id, {
        kind: 'run',
        commands: [{ script: testScript(unit, name.file, { graph, names, own, runner, group }) }],
        ...lowering.surroundings,
        env: Object.fromEntries(
            sortedEntries({
                ...unitEnv(lowering),
                ...packageEnvironment(unit.package),
                ...programVariables({ graph }, unit),
                LD_LIBRARY_PATH: libraries[isHost ? 'host' : 'target'].join(':'),
                RUST_TEST_THREADS: '$(jobs)',
                ...(own === undefined ? {} : { OUT_DIR: outFolder(unit.package) }),
                ...mapOf(group, 'env'),
            }),
        ),
        cwd: unit.package.root,
        mounts: {
            ...ownSources(unit, sourceOf, boolOf(group, 'writable') === true),
            ...inputsOf(lowering, group),
            ...(isHost ? {} : targetMounts),
            [unitPlaces.program]: mount(`${name.id}#lib`),
            ...(programs === undefined ? {} : { [unitPlaces.programs]: mount(programs) }),
            ...(own === undefined
                ? {}
                : {
                      [unitPlaces.own]: mount(`${names[own]?.id ?? ''}#own`),
                      [outFolder(unit.package)]: mount(`${names[own]?.id ?? ''}#out`),
                  }),
        },
        outputs: { out: places.result },
        scratch: unitPlaces.scratch,
        limits: limitsOf(lowering, group, 1),
    });
    const { evaluated, trace } = lowering;
    trace.note(['actions', id], keysBelow(evaluated, group.path));
    trace.note(['actions', id, 'limits'], keysBelow(evaluated, 'limits'));
    return id;
}

/** A package of the workspace sees all of it, any other what it was built from. */
function ownSources(
    { package: owner }: Unit,
    sourceOf: UnitsRequest['sourceOf'],
    writable: boolean,
): Readonly<Record<string, Mount>> {
    if (isInside(owner.root, workspaceFolder)) return { [workspaceFolder]: { tree: 'fetch.main', writable } };
    const { at, tree } = sourceOf(owner);
    return { [at]: { tree, writable } };
}

/** All sources when none is named would be too many: tests see the package alone. */
function inputsOf(lowering: Lowering, group: Group): Readonly<Record<string, Mount>> {
    const inputs = listOf(group, 'inputs');
    return inputs.length === 0 ? {} : sourceMounts(lowering, inputs, false);
}

function programTree({ actions }: Lowering, test: string, programs: readonly UnitName[]): string | undefined {
    const [first] = programs;
    if (first === undefined) return undefined;
    if (programs.length === 1) return `${first.id}#lib`;
    const id = `programs.${test}`;
    actions.set(id, { kind: 'compose', entries: {}, union: programs.map((program) => `${program.id}#lib`) });
    return id;
}

interface Run {
    readonly graph: Planned['graph'];
    readonly names: readonly UnitName[];
    readonly own: number | undefined;
    readonly runner: readonly string[];
    readonly group: Group;
}

/** Puts programs where Cargo would have them, and runs the test with the variables that the build script asked for. */
function testScript(unit: Unit, file: string, { graph, names, own, runner, group }: Run): string {
    const folder = programFolder(unit);
    const copies = programsOf({ graph }, unit).map((index) => {
        const from = `${unitPlaces.programs}/${names[index]?.file ?? ''}`;
        return `cp ${shellWord(from)} ${shellWord(`${folder}/${graph.units[index]?.target.name ?? ''}`)}`;
    });
    const test = `${folder}/deps/${file}`;
    const program = [...runner, test].map(shellWord).join(' ');
    const command = [program, ...testArguments(unit, group).map(shellWord)].join(' ');
    const mayFail = boolOf(group, 'allow-failures') === true;
    return [
        `mkdir -p ${folder}/deps ${testScratch}`,
        `cp ${shellWord(`${unitPlaces.program}/${file}`)} ${shellWord(test)}`,
        ...copies,
        'set --',
        ...(own === undefined
            ? []
            : [`while IFS= read -r line; do set -- "$@" "$line"; done <${unitPlaces.own}/${ownFiles.env}`]),
        ...listTests(unit, group, program),
        'status=0',
        `env "$@" ${command} >&2 || status=$?`,
        `echo "exit status $status" >${places.result}/outcome`,
        ...(mayFail ? [] : ['[ "$status" -eq 0 ] || exit "$status"']),
    ].join('\n');
}
