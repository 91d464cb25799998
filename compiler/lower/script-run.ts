// One run of a build script → an action: the script, then what its output means for the units behind it.
import { asVariable } from '../cargo/package-environment.ts';
import type { Package } from '../cargo/package.ts';
import { scriptEnvironment } from '../cargo/script-environment.ts';
import type { Unit } from '../cargo/unit.ts';
import { sortedEntries } from '../plan/bytes.ts';
import type { Mount } from '../plan/plan.ts';
import { shellCommand, shellWord } from '../plan/quote.ts';
import type { CrateOverride } from './crate-overrides.ts';
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
    unitOf,
    type Work,
} from './unit-work.ts';

export function addScriptRun(work: Work, index: number, unit: Unit): void {
    const { actions } = work;
    const { id, tag } = nameOf(work, index);
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
                    shellCommand(parseDirectives(unit.package, tag)),
                ].join('\n'),
            },
        ],
        ...work.surroundings,
        env: Object.fromEntries(
            sortedEntries({ ...work.env, ...work.scriptEnv[side], ...environment, ...override?.env }),
        ),
        cwd: unit.package.root,
        mounts: {
            ...sideMounts(work, unit),
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

function parseDirectives(owner: Package, tag: string): readonly string[] {
    const programs = owner.targets.filter(({ kind }) => kind === 'bin').map(({ name }) => name);
    return [
        '/bin/sh',
        `${unitPlaces.directives}/directives.sh`,
        scriptLog,
        tag,
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
