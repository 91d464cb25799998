// One call of rustc → an action, with the trees of crates and search paths that it sees.
import { ownFiles, programFile, searchFiles } from '../cargo/directive-script.ts';
import { packageEnvironment } from '../cargo/package-environment.ts';
import { crateName } from '../cargo/package.ts';
import { rustcArguments } from '../cargo/rustc-arguments.ts';
import { isRlib, type Unit } from '../cargo/unit.ts';
import { sortedEntries } from '../plan/bytes.ts';
import type { Command, Mount, TreeRef } from '../plan/plan.ts';
import { shellCommand } from '../plan/quote.ts';
import type { CrateOverride } from './crate-overrides.ts';
import { programVariables, testScratch } from './program-places.ts';
import { unitPlaces } from './unit-places.ts';
import {
    inputMounts,
    linkedRuns,
    mount,
    nameOf,
    outFolder,
    outMount,
    sideMounts,
    sourceMount,
    type Work,
} from './unit-work.ts';

export function addCompilation(work: Work, index: number, unit: Unit): void {
    const { closures, actions } = work;
    const { id, hash, suffix, metadata } = nameOf(work, index);
    const own = closures.ownRun(index);
    const runs = closures.searchRuns(index);
    const externs = closures.externs(index);
    const { cwd, source } = rootModule(work, unit);
    const side = unit.platform === undefined ? 'host' : 'target';
    const override = work.overrides(unit.package);
    const isPrimary = work.primary.has(unit.package);
    const argv = [
        work.rustc.program,
        ...rustcArguments(unit, {
            hash,
            suffix,
            source,
            isPrimary,
            places: { metadata: unitPlaces.metadata, link: unitPlaces.link, notes: unitPlaces.scratch },
            dependencies: externs.length === 0 ? undefined : unitPlaces.crates,
            externs: externs.flatMap(({ name, unit: library }) =>
                filesFor(work, unit, library).map((file) => ({
                    name,
                    file: `${unitPlaces.crates}/${file}`,
                    noprelude: false,
                })),
            ),
            linker: work.linker[side],
            rustflags: [...work.flags[side], ...ownFlags(unit, override), ...work.unitFlags(index)],
            late: lateFiles(work, index, unit),
        }),
    ];
    actions.set(id, {
        kind: 'run',
        commands: [own === undefined ? { argv } : withOwnVariables(argv)],
        ...work.surroundings,
        env: Object.fromEntries(
            sortedEntries({
                ...work.env,
                ...packageEnvironment(unit.package),
                CARGO: `${unitPlaces.cargo}/cargo`,
                // For rustc alone: scripts hand it on to make, and GNU make before 4.4 ends at a jobserver with a name.
                CARGO_MAKEFLAGS: '$(jobserver)',
                CARGO_CRATE_NAME: crateName(unit.target),
                ...(isProgram(unit) ? { CARGO_BIN_NAME: unit.target.name } : {}),
                ...testVariables(work, unit),
                ...(isPrimary ? { CARGO_PRIMARY_PACKAGE: '1' } : {}),
                ...(own === undefined ? {} : { OUT_DIR: outFolder(unit.package) }),
                ...override?.env,
            }),
        ),
        cwd,
        mounts: {
            ...sideMounts(work, unit),
            ...sourceMount(work, unit.package),
            ...inputMounts(work, override),
            ...cratesMount(work, index, unit),
            ...(own === undefined ? {} : { [unitPlaces.own]: mount(`${nameOf(work, own).id}#own`) }),
            ...searchMount(work, index, runs),
            ...outMounts(work, unit, own, runs),
        },
        outputs: {
            ...(metadata === undefined ? {} : { meta: unitPlaces.metadata }),
            lib: unitPlaces.link,
        },
        ...(metadata === undefined ? {} : { early: ['meta'] }),
        ...(metadata === undefined || !work.hasNoDebug
            ? {}
            : { identity: { lib: 'rust-metadata', meta: 'rust-metadata' } }),
        scratch: unitPlaces.scratch,
        limits: work.limits,
    });
}

/** What an integration test or a benchmark is told of where things will lie when it runs. */
function testVariables(work: Work, unit: Unit): Record<string, string> {
    if (unit.target.kind !== 'test' && unit.target.kind !== 'bench') return {};
    return { ...programVariables(work, unit), CARGO_TARGET_TMPDIR: testScratch };
}

function isProgram({ target: { kind, crateTypes } }: Unit): boolean {
    return kind === 'bin' || (kind === 'example' && crateTypes.includes('bin'));
}

/** Flags that the recipe gives to this crate alone; its build script is a program of its own. */
function ownFlags({ target }: Unit, override: CrateOverride | undefined): readonly string[] {
    if (override === undefined || target.kind === 'custom-build') return [];
    return [...override.rustflags, ...override.linkArgs.map((flag) => `-Clink-arg=${flag}`)];
}

/** The variables that the package's build script asked for, one a line, around the call of rustc. */
function withOwnVariables(argv: readonly string[]): Command {
    return {
        script: [
            'set --',
            `while IFS= read -r line; do set -- "$@" "$line"; done <${unitPlaces.own}/${ownFiles.env}`,
            `exec env "$@" ${shellCommand(argv)}`,
        ].join('\n'),
    };
}

/** A local package is compiled from its workspace's root, as Cargo does, and any other from its own. */
function rootModule(
    { naming: { workspaceRoot } }: Work,
    { package: { root, origin }, target }: Unit,
): { cwd: string; source: string } {
    const isLocal = origin === 'member' || origin === 'local';
    if (isLocal && target.path.startsWith(`${workspaceRoot}/`)) {
        return { cwd: workspaceRoot, source: target.path.slice(workspaceRoot.length + 1) };
    }
    return { cwd: root, source: target.path };
}

/** What a dependent is given of a library: metadata where that is enough. */
function filesFor(work: Work, dependent: Unit, library: number): readonly string[] {
    const { linkable, metadata } = nameOf(work, library);
    return isRlib(dependent) && metadata !== undefined ? [metadata] : linkable;
}

/** Argument files in Cargo's order: search paths below OUT_DIRs, other search paths, then what belongs to the package alone. */
function lateFiles(work: Work, index: number, unit: Unit): readonly string[] {
    const runs = work.closures.searchRuns(index);
    const own = work.closures.ownRun(index);
    const search = (kind: keyof typeof searchFiles, of = runs): readonly string[] =>
        of.map((run) => `${unitPlaces.search}/${nameOf(work, run).tag}.${searchFiles[kind]}`);
    const others = runs.filter((run) => run !== own);
    const shared = isSharedLibrary(unit) ? search('shared', others) : [];
    const mine = own === undefined ? [] : ownArguments(unit).map((file) => `${unitPlaces.own}/${file}`);
    return [...search('inner'), ...search('outer'), ...mine, ...shared];
}

/** `-l` goes to the library, or to programs of a package that has none. */
function ownArguments(unit: Unit): readonly string[] {
    const { kind } = unit.target;
    if (kind === 'custom-build') return [];
    const hasLibrary = unit.package.targets.some((target) => target.kind === 'lib' || target.kind === 'proc-macro');
    const takesLibraries = kind === 'lib' || kind === 'proc-macro' || !hasLibrary;
    const before = takesLibraries ? [ownFiles.libraries] : [];
    return [...before, linkArgumentsFile(unit), ownFiles.cfg, ownFiles.checkCfg];
}

function linkArgumentsFile(unit: Unit): string {
    const { kind, name, crateTypes } = unit.target;
    if (kind === 'bin') return programFile(name);
    if (kind === 'test') return ownFiles.tests;
    if (kind === 'bench') return ownFiles.benches;
    if (kind === 'example' && crateTypes.includes('bin')) return ownFiles.examples;
    return isSharedLibrary(unit) ? ownFiles.cdylib : ownFiles.linkArguments;
}

function isSharedLibrary({ mode, target }: Unit): boolean {
    return mode === 'build' && target.crateTypes.includes('cdylib');
}

/** The crates that rustc must be able to find: all that are reached through libraries, metadata or whole. */
function cratesMount(work: Work, index: number, unit: Unit): Readonly<Record<string, Mount>> {
    if (work.closures.externs(index).length === 0) return {};
    return { [unitPlaces.crates]: mount(cratesTree(work, index, isRlib(unit) ? 'meta' : 'lib')) };
}

/** Adds the tree of all crates below a unit, if it is not there yet, and gives its name. */
function cratesTree(work: Work, index: number, form: 'meta' | 'lib'): TreeRef {
    const id = `${form === 'meta' ? 'metas' : 'libs'}.${nameOf(work, index).id.slice('unit.'.length)}`;
    if (work.actions.has(id)) return id;
    const parts = new Set<TreeRef>();
    for (const { unit } of work.closures.externs(index)) {
        const name = nameOf(work, unit);
        parts.add(`${name.id}#${form === 'meta' && name.metadata !== undefined ? 'meta' : 'lib'}`);
        const isMacro = work.graph.units[unit]?.target.kind === 'proc-macro';
        if (!isMacro && work.closures.externs(unit).length > 0) parts.add(cratesTree(work, unit, form));
    }
    work.actions.set(id, { kind: 'compose', entries: {}, union: [...parts] });
    return id;
}

function searchMount(work: Work, index: number, runs: readonly number[]): Readonly<Record<string, Mount>> {
    if (runs.length === 0) return {};
    const [only] = runs;
    if (runs.length === 1 && only !== undefined) {
        return { [unitPlaces.search]: mount(`${nameOf(work, only).id}#search`) };
    }
    const id = `search.${nameOf(work, index).id.slice('unit.'.length)}`;
    work.actions.set(id, {
        kind: 'compose',
        entries: {},
        union: runs.map((run) => `${nameOf(work, run).id}#search`),
    });
    return { [unitPlaces.search]: mount(id) };
}

/** OUT_DIRs: a library needs its own and those its script was told of; what is linked needs all. */
function outMounts(
    work: Work,
    unit: Unit,
    own: number | undefined,
    runs: readonly number[],
): Readonly<Record<string, Mount>> {
    const told = own === undefined ? [] : [own, ...linkedRuns(work, own)];
    const wanted = isRlib(unit) ? told : [...told, ...runs];
    return Object.fromEntries(wanted.map((run) => outMount(work, run)));
}
