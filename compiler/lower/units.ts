// Unit graph → actions: one for every call of rustc and every run of a build script, and the trees that lie between them.
// Paths are the same for every machine and every application, so a unit that two applications need is one action.
import { closuresOf, type Closures } from '../cargo/native-links.ts';
import { cargoStub } from '../cargo/cargo-stub.ts';
import { directiveScript, ownFiles, programFile, searchFiles } from '../cargo/directive-script.ts';
import { asVariable, packageEnvironment } from '../cargo/package-environment.ts';
import { crateName, type Package } from '../cargo/package.ts';
import { rustcArguments } from '../cargo/rustc-arguments.ts';
import { scriptEnvironment } from '../cargo/script-environment.ts';
import { isRlib, type Unit, type UnitGraph } from '../cargo/unit.ts';
import { nameUnits, type UnitName } from '../cargo/unit-names.ts';
import { sortedEntries } from '../plan/bytes.ts';
import type { Action, Command, Limits, Mount, TreeRef } from '../plan/plan.ts';
import { shellCommand, shellWord } from '../plan/quote.ts';
import type { CrateOverride, CrateOverrides } from './crate-overrides.ts';

export interface UnitsRequest {
    readonly graph: UnitGraph;
    readonly host: string;
    /** Lines of `rustc --print cfg` for the build machine and for the target. */
    readonly hostCfg: readonly string[];
    readonly targetCfg: readonly string[];
    readonly rustc: { readonly program: string; readonly rustdoc: string; readonly version: string };
    readonly flags: { readonly target: readonly string[]; readonly host: readonly string[] };
    readonly linker: { readonly target: string | undefined; readonly host: string | undefined };
    readonly salt: string;
    readonly workspaceRoot: string;
    /** Where a package's sources lie in the sandbox, and the tree that lies there. */
    readonly sourceOf: (which: Package) => { readonly at: string; readonly tree: TreeRef };
    /** Variables of every action, and those of build scripts for either side. */
    readonly env: Readonly<Record<string, string>>;
    readonly scriptEnv: {
        readonly target: Readonly<Record<string, string>>;
        readonly host: Readonly<Record<string, string>>;
    };
    readonly limits: Limits;
    readonly overrides: CrateOverrides;
    /** Sandbox folder of a source of the recipe → its tree, for crates that ask for it. */
    readonly inputs: (source: string) => Readonly<Record<string, Mount>>;
}

export interface LoweredUnits {
    readonly actions: ReadonlyMap<string, Action>;
    readonly names: readonly UnitName[];
    /** Action → labels of the `crate` blocks that had a say in it. */
    readonly touched: ReadonlyMap<string, readonly string[]>;
}

/** Fixed places of unit actions. */
export const unitPlaces = {
    cargo: '/rpkg/cargo',
    crates: '/rpkg/deps',
    directives: '/rpkg/directives',
    link: '/rpkg/lib',
    metadata: '/rpkg/meta',
    out: '/rpkg/out',
    own: '/rpkg/own',
    scratch: '/rpkg/build',
    script: '/rpkg/script',
    scriptMetadata: '/rpkg/script-meta',
    search: '/rpkg/search',
} as const;

interface Work extends UnitsRequest {
    readonly names: readonly UnitName[];
    readonly closures: Closures;
    readonly actions: Map<string, Action>;
    readonly touched: Map<string, readonly string[]>;
    /** No debug information anywhere: then hashes of source files reach no code behind a library. */
    readonly hasNoDebug: boolean;
}

export function lowerUnits(request: UnitsRequest): LoweredUnits {
    const { graph, rustc, salt, workspaceRoot } = request;
    const names = nameUnits(graph, { compiler: rustc.version, salt, workspaceRoot });
    const shared = { actions: new Map<string, Action>(), touched: new Map<string, readonly string[]>() };
    const hasNoDebug = graph.units.every(({ profile }) => profile.debuginfo === 0);
    const work: Work = { ...request, ...shared, names, hasNoDebug, closures: closuresOf(graph) };
    if (graph.units.some(({ mode }) => mode === 'run-custom-build')) addSupport(work);
    const unused = replacedScripts(work);
    for (const [index, unit] of graph.units.entries()) {
        if (unused.has(index)) continue;
        if (unit.mode === 'run-custom-build') addScriptRun(work, index, unit);
        else addCompilation(work, index, unit);
        const labels = work.overrides(unit.package)?.labels;
        if (labels !== undefined) work.touched.set(nameOf(work, index).id, labels);
    }
    return { actions: work.actions, names, touched: work.touched };
}

/** Units that only serve build scripts which the recipe replaces: neither the script nor what it is made of is compiled. */
function replacedScripts(work: Work): ReadonlySet<number> {
    const { units, roots } = work.graph;
    const needed = new Set<number>();
    const waiting = [...roots];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
        if (needed.has(index)) continue;
        needed.add(index);
        const unit = unitOf(work, index);
        const isReplaced =
            unit.mode === 'run-custom-build' && (work.overrides(unit.package)?.script ?? 'run') !== 'run';
        for (const { unit: next } of unit.dependencies) {
            if (!isReplaced || unitOf(work, next).mode === 'run-custom-build') waiting.push(next);
        }
    }
    return new Set([...units.keys()].filter((index) => !needed.has(index)));
}

/** What every run of a build script has beside it. */
function addSupport({ actions, rustc }: Work): void {
    const version = rustc.version.replace(/^rustc/, 'cargo');
    actions.set('cargo-stub', {
        kind: 'write',
        files: { cargo: { text: cargoStub(version), executable: true } },
    });
    actions.set('directives', { kind: 'write', files: { 'directives.sh': { text: directiveScript } } });
}

function addCompilation(work: Work, index: number, unit: Unit): void {
    const { closures, actions } = work;
    const { id, hash, metadata } = nameOf(work, index);
    const own = closures.ownRun(index);
    const runs = closures.searchRuns(index);
    const externs = closures.externs(index);
    const { cwd, source } = rootModule(work, unit);
    const side = unit.platform === undefined ? 'host' : 'target';
    const override = work.overrides(unit.package);
    const argv = [
        work.rustc.program,
        ...rustcArguments(unit, {
            hash,
            source,
            places: { metadata: unitPlaces.metadata, link: unitPlaces.link, notes: unitPlaces.scratch },
            dependencies: externs.length === 0 ? undefined : unitPlaces.crates,
            externs: externs.map((extern) => ({
                name: extern.name,
                file: `${unitPlaces.crates}/${fileFor(work, unit, extern.unit)}`,
                noprelude: false,
            })),
            linker: work.linker[side],
            rustflags: [...work.flags[side], ...ownFlags(unit, override)],
            late: lateFiles(work, index, unit),
        }),
    ];
    actions.set(id, {
        kind: 'run',
        commands: [own === undefined ? { argv } : withOwnVariables(argv)],
        environment: 'host',
        env: sorted({
            ...work.env,
            ...packageEnvironment(unit.package),
            CARGO: `${unitPlaces.cargo}/cargo`,
            CARGO_CRATE_NAME: crateName(unit.target),
            ...(unit.target.kind === 'bin' || unit.target.kind === 'example'
                ? { CARGO_BIN_NAME: unit.target.name }
                : {}),
            ...(unit.package.origin === 'member' ? { CARGO_PRIMARY_PACKAGE: '1' } : {}),
            ...(own === undefined ? {} : { OUT_DIR: outFolder(unit.package) }),
            ...override?.env,
        }),
        cwd,
        mounts: {
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

/** Flags that the recipe gives to this crate alone; its build script is a program of its own. */
function ownFlags({ target }: Unit, override: CrateOverride | undefined): readonly string[] {
    if (override === undefined || target.kind === 'custom-build') return [];
    return [...override.rustflags, ...override.linkArgs.map((flag) => `-Clink-arg=${flag}`)];
}

function inputMounts(work: Work, override: CrateOverride | undefined): Readonly<Record<string, Mount>> {
    return Object.assign({}, ...(override?.inputs ?? []).map((source) => work.inputs(source))) as Record<string, Mount>;
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
    { workspaceRoot }: Work,
    { package: { root, origin }, target }: Unit,
): { cwd: string; source: string } {
    const isLocal = origin === 'member' || origin === 'local';
    if (isLocal && target.path.startsWith(`${workspaceRoot}/`)) {
        return { cwd: workspaceRoot, source: target.path.slice(workspaceRoot.length + 1) };
    }
    return { cwd: root, source: target.path };
}

/** What a dependent is given of a library: metadata where that is enough. */
function fileFor(work: Work, dependent: Unit, library: number): string {
    const { file, metadata } = nameOf(work, library);
    const wanted = isRlib(dependent) ? (metadata ?? file) : file;
    if (wanted === undefined) throw new Error(`unit ${library} gives no file`);
    return wanted;
}

/** Argument files in Cargo's order: search paths below OUT_DIRs, other search paths, then what belongs to the package alone. */
function lateFiles(work: Work, index: number, unit: Unit): readonly string[] {
    const runs = work.closures.searchRuns(index);
    const own = work.closures.ownRun(index);
    const search = (kind: keyof typeof searchFiles): readonly string[] =>
        runs.map((run) => `${unitPlaces.search}/${nameOf(work, run).id}.${searchFiles[kind]}`);
    const shared = unit.target.crateTypes.includes('cdylib') && unit.mode === 'build' ? search('shared') : [];
    const mine = own === undefined ? [] : ownArguments(unit).map((file) => `${unitPlaces.own}/${file}`);
    return [...search('inner'), ...search('outer'), ...mine, ...shared];
}

/** `-l` goes to the library, or to programs of a package that has none. */
function ownArguments(unit: Unit): readonly string[] {
    const { kind, name } = unit.target;
    if (kind === 'custom-build') return [];
    const hasLibrary = unit.package.targets.some((target) => target.kind === 'lib' || target.kind === 'proc-macro');
    const takesLibraries = kind === 'lib' || kind === 'proc-macro' || !hasLibrary;
    const byKind: Partial<Record<typeof kind, readonly string[]>> = {
        bin: [ownFiles.bins, programFile(name)],
        example: [ownFiles.examples],
        test: [ownFiles.tests],
        bench: [ownFiles.benches],
    };
    return [...(takesLibraries ? [ownFiles.libraries] : []), ownFiles.all, ...(byKind[kind] ?? []), ownFiles.cfg];
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

function outMount(work: Work, run: number): readonly [string, Mount] {
    return [outFolder(unitOf(work, run).package), mount(`${nameOf(work, run).id}#out`)];
}

/** Runs of the packages whose `DEP_*` a script sees. */
function linkedRuns(work: Work, run: number): readonly number[] {
    return unitOf(work, run)
        .dependencies.map(({ unit }) => unit)
        .filter((unit) => unitOf(work, unit).mode === 'run-custom-build');
}

function addScriptRun(work: Work, index: number, unit: Unit): void {
    const { actions } = work;
    const { id } = nameOf(work, index);
    const override = work.overrides(unit.package);
    const compiled = unit.dependencies.find((dependency) => unitOf(work, dependency.unit).mode === 'build')?.unit;
    if (compiled === undefined) throw new Error(`${id} has no build script`);
    const isReplaced = override !== undefined && override.script !== 'run';
    const linked = linkedRuns(work, index);
    const side = unit.platform === undefined ? 'host' : 'target';
    const environment = scriptEnvironment(unit, {
        host: work.host,
        target: unit.platform ?? work.host,
        cfg: side === 'host' ? work.hostCfg : work.targetCfg,
        rustc: work.rustc.program,
        rustdoc: work.rustc.rustdoc,
        cargo: `${unitPlaces.cargo}/cargo`,
        outFolder: outFolder(unit.package),
        linker: work.linker[side],
        rustflags: work.flags[side],
    });
    const call = isReplaced
        ? printDirectives(override)
        : callScript(nameOf(work, compiled).file ?? '', linked.length > 0);
    const source = Object.entries(sourceMount(work, unit.package)).map(([at, { tree }]) => {
        return [at, { tree, writable: override?.isWritable === true }] as const;
    });
    actions.set(id, {
        kind: 'run',
        commands: [
            {
                script: [
                    ...(override?.systemLibraries ?? []).map(libraryCheck),
                    ...call,
                    shellCommand(parseDirectives(unit.package, id)),
                ].join('\n'),
            },
        ],
        environment: 'host',
        env: sorted({ ...work.env, ...work.scriptEnv[side], ...environment, ...override?.env }),
        cwd: unit.package.root,
        mounts: {
            ...Object.fromEntries(source),
            ...inputMounts(work, override),
            [unitPlaces.cargo]: mount('cargo-stub'),
            [unitPlaces.directives]: mount('directives'),
            ...(isReplaced ? {} : { [unitPlaces.script]: mount(`${nameOf(work, compiled).id}#lib`) }),
            ...Object.fromEntries(linked.map((run) => outMount(work, run))),
            ...linkedMount(work, index, linked),
        },
        outputs: {
            meta: unitPlaces.metadata,
            out: outFolder(unit.package),
            own: unitPlaces.own,
            search: unitPlaces.search,
        },
        scratch: unitPlaces.scratch,
        limits: work.limits,
    });
}

/** What the build script prints. */
const scriptLog = `${unitPlaces.scratch}/stdout`;

/** Runs the script with what other scripts told. Its output is the action's, too. */
function callScript(program: string, isTold: boolean): readonly string[] {
    return [
        'set --',
        ...(isTold
            ? [
                  `for file in ${unitPlaces.scriptMetadata}/*; do`,
                  '    while IFS= read -r line; do set -- "$@" "$line"; done <"$file"',
                  'done',
              ]
            : []),
        'status=0',
        `env "$@" ${shellWord(`${unitPlaces.script}/${program}`)} >${scriptLog} || status=$?`,
        `cat ${scriptLog}`,
        '[ "$status" -eq 0 ] || exit "$status"',
    ];
}

/** What the recipe says in the script's place. */
function printDirectives({ script, directives }: CrateOverride): readonly string[] {
    const lines = script === 'skip' ? [] : directives;
    return [`: >${scriptLog}`, ...lines.map((line) => `printf '%s\\n' ${shellWord(line)} >>${scriptLog}`)];
}

/** A library of the system that has to be there: pkg-config says so, or the build ends here. */
function libraryCheck(condition: string): string {
    const word = shellWord(condition);
    return `pkg-config --exists --print-errors ${word} || { printf 'error: the system has no %s\\n' ${word} >&2; exit 1; }`;
}

function parseDirectives(owner: Package, id: string): readonly string[] {
    const programs = owner.targets.filter(({ kind }) => kind === 'bin').map(({ name }) => name);
    return [
        '/bin/sh',
        `${unitPlaces.directives}/directives.sh`,
        scriptLog,
        id,
        owner.links === undefined ? '' : asVariable(owner.links),
        allowsTwoColons(owner) ? 'yes' : (owner.rustVersion ?? ''),
        unitPlaces.own,
        unitPlaces.search,
        unitPlaces.metadata,
        ...programs,
    ];
}

/** `cargo::` came with Rust 1.77; a package that promises to work with an older one may not use it. */
function allowsTwoColons({ rustVersion }: Package): boolean {
    const [, major = '1', minor = '77'] = /^(\d+)\.(\d+)/.exec(rustVersion ?? '') ?? [];
    return Number(major) > 1 || Number(minor) >= 77;
}

function linkedMount(work: Work, index: number, linked: readonly number[]): Readonly<Record<string, Mount>> {
    if (linked.length === 0) return {};
    const id = `told.${nameOf(work, index).id.slice('unit.'.length)}`;
    work.actions.set(id, { kind: 'compose', entries: {}, union: linked.map((run) => `${nameOf(work, run).id}#meta`) });
    return { [unitPlaces.scriptMetadata]: mount(id) };
}

/** One path for the script and for everything that is compiled after it. */
function outFolder({ id }: Package): string {
    return `${unitPlaces.out}/${id.name}-${id.version}`;
}

function sourceMount({ sourceOf }: Work, which: Package): Readonly<Record<string, Mount>> {
    const { at, tree } = sourceOf(which);
    return { [at]: mount(tree) };
}

function mount(tree: TreeRef): Mount {
    return { tree, writable: false };
}

function unitOf({ graph }: Work, index: number): Unit {
    const unit = graph.units[index];
    if (unit === undefined) throw new Error(`the graph has no unit ${index}`);
    return unit;
}

function nameOf({ names }: Work, index: number): UnitName {
    const name = names[index];
    if (name === undefined) throw new Error(`the graph has no unit ${index}`);
    return name;
}

function sorted(env: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(sortedEntries(env));
}
