// The calls of Rust's build system: the dry run, each stage as an action of its own, and the installation. They hand on the
// folder that is built in, so that a stage that is finished stays so.
import type { RunAction, TreeRef } from '../plan/plan.ts';
import { boolOf } from '../value.ts';
import { type Lowering, completeEnv, limitsOf, noteCommon, places } from './context.ts';
import { flagOrigins } from './rustc-flags.ts';
import { block, rustcPlaces } from './rustc-fields.ts';
import { installScript } from './rustc-install.ts';
import { addProfile, instrumentWord, isOptimized, optimizeWord, profileMount } from './rustc-pgo.ts';
import { addTests } from './rustc-tests.ts';
import { recorderPlaces } from './recorder-places.ts';
import { startRecorder } from './recorder.ts';
import { keysBelow } from './trace.ts';

export interface Build {
    /** Path of the configuration in the sandbox. */
    readonly config: string;
    readonly stage: number;
    /** Variables with flags. */
    readonly flags: Readonly<Record<string, string>>;
    /** What an instrumented compiler counted: the one that is built now is optimized with it. */
    readonly profile?: TreeRef;
}

/** Bootstrap links the sources into each sysroot, at every call anew; what is handed on holds no link that leaves it. */
const onlyOwnLinks = `find ${rustcPlaces.bootstrap} -type l | while read -r link; do
    case $(readlink "$link") in
        ${rustcPlaces.bootstrap}/*) ;;
        /*) rm "$link" ;;
    esac
done`;

/** The build system builds itself and reads the configuration: a wrong one fails here, long before anything is compiled. */
export function addDryRun(lowering: Lowering, build: Build, [verb = '', ...paths]: readonly string[]): string {
    return addCall(lowering, build, { id: 'dry-run', words: [verb, '--dry-run', ...paths] }, undefined);
}

/** The standard library alone, made by the bootstrap compiler; gives the id of what installs it. */
export function addLibrary(lowering: Lowering, build: Build): string {
    const words = ['build', 'library'];
    const dryRun = addDryRun(lowering, build, words);
    const built = addCall(lowering, build, { id: 'library', words }, dryRun);
    return addInstall(lowering, build, ['install', 'library/std'], built);
}

/** Stages, tools, documents and the installed tree; gives the id of the last. */
export function addStages(lowering: Lowering, build: Build, dryRun: string): string {
    const stages = Array.from({ length: build.stage }, (_, index) => index + 1);
    // A compiler by its own name is counted in two ways, its library is not; and making the library makes its compiler.
    const compilers = stages.map((stage) => ({ id: `stage${stage}`, stage, words: ['build', 'library'] }));
    const calls = [
        ...compilers,
        { id: 'build', words: ['build'] },
        ...(boolOf(lowering.evaluated.root, 'docs') === true ? [{ id: 'docs', words: ['doc'] }] : []),
    ];
    const [first, ...rest] = calls;
    const begun = first === undefined ? dryRun : addCall(lowering, build, first, dryRun);
    const optimized = isOptimized(lowering.evaluated)
        ? { ...build, profile: profileFor(lowering, build, begun) }
        : build;
    const built = rest.reduce((before, call) => addCall(lowering, optimized, call, before), begun);
    addTests(lowering, { env: environmentOf(lowering, optimized), mounts: mountsOf(optimized, built) }, (words) =>
        commandOf(lowering, optimized, { id: 'tests', words }),
    );
    return addInstall(lowering, optimized, ['install'], built);
}

/** Another second compiler, which counts while it works. The first one is the same for both. */
function profileFor(lowering: Lowering, build: Build, before: string): TreeRef {
    const words = ['build', 'library', instrumentWord];
    return addProfile(lowering, addCall(lowering, build, { id: 'pgo.instrument', stage: 2, words }, before));
}

interface Call {
    readonly id: string;
    /** Verb of the build system and what follows it. */
    readonly words: readonly string[];
    /** The recipe's unless said otherwise. */
    readonly stage?: number;
}

function addCall(lowering: Lowering, build: Build, call: Call, before: string | undefined): string {
    const action: RunAction = {
        kind: 'run',
        commands: [{ script: commandOf(lowering, build, call) }, { script: onlyOwnLinks }],
        ...lowering.surroundings,
        env: environmentOf(lowering, build),
        cwd: places.source,
        mounts: mountsOf(build, before),
        outputs: { out: rustcPlaces.bootstrap },
        scratch: places.build,
        limits: limitsOf(lowering, lowering.evaluated.root, 0),
    };
    lowering.actions.set(call.id, before === undefined ? action : recorded(lowering, build, action));
    note(lowering, build, call.id);
    return call.id;
}

/**
 * Bootstrap calls each compiler by its place, but through `RUSTC_WRAPPER`. Where the compiler is built twice, what the one at hand
 * makes is used to build and not installed.
 */
function recorded(lowering: Lowering, { stage }: Build, action: RunAction): RunAction {
    if (!lowering.record) return action;
    const atHand = stage > 1 ? { RPKG_RECORD_HOST: `${rustcPlaces.stage0}/bin/rustc` } : {};
    const env = { ...action.env, ...atHand, RUSTC_WRAPPER: recorderPlaces.wrapper };
    return startRecorder(true, lowering.actions, undefined).recorded({ ...action, env }, undefined);
}

function addInstall(lowering: Lowering, build: Build, words: readonly string[], before: string): string {
    const call = { id: 'install', words };
    const action: RunAction = {
        kind: 'run',
        commands: [{ script: commandOf(lowering, build, call) }, { script: installScript(lowering) }],
        ...lowering.surroundings,
        env: { ...environmentOf(lowering, build), DESTDIR: places.out },
        cwd: places.source,
        mounts: mountsOf(build, before),
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(lowering, lowering.evaluated.root, 0),
    };
    lowering.actions.set(call.id, recorded(lowering, build, action));
    note(lowering, build, call.id);
    lowering.trace.note(
        ['actions', call.id, 'commands', lowering.record ? 2 : 1],
        keysBelow(lowering.evaluated, 'install'),
    );
    return call.id;
}

function commandOf({ environment }: Lowering, build: Build, { words, stage = build.stage }: Call): string {
    const python = environment.tools['python3']?.path ?? 'python3';
    const profile = build.profile === undefined ? [] : [optimizeWord];
    return [
        python,
        'x.py',
        ...words,
        ...profile,
        `--config ${build.config}`,
        `--stage ${stage}`,
        '--jobs "$JOBS"',
    ].join(' ');
}

function environmentOf(lowering: Lowering, { flags }: Build): Record<string, string> {
    return completeEnv(lowering, {
        CARGO_HOME: `${places.build}/cargo`,
        PYTHONDONTWRITEBYTECODE: '1',
        RUST_BACKTRACE: '1',
        ...(boolOf(block(lowering.evaluated, 'bootstrap'), 'unstable') === true ? { RUSTC_BOOTSTRAP: '1' } : {}),
        ...flags,
    });
}

function mountsOf({ profile }: Build, before: string | undefined): RunAction['mounts'] {
    return {
        ...(profile === undefined ? {} : profileMount(profile)),
        [places.source]: { tree: 'prepare', writable: false },
        [rustcPlaces.config]: { tree: 'config', writable: false },
        [rustcPlaces.stage0]: { tree: 'stage0', writable: false },
        ...(before === undefined ? {} : { [rustcPlaces.bootstrap]: { tree: before, writable: true } }),
    };
}

function note(lowering: Lowering, { stage }: Build, id: string): void {
    const { evaluated, trace } = lowering;
    noteCommon(lowering, id, undefined);
    trace.note(['actions', id, 'commands', lowering.record && id !== 'dry-run' ? 1 : 0], ['bootstrap.stage']);
    trace.note(['actions', id, 'env', 'RUSTC_BOOTSTRAP'], ['bootstrap.unstable']);
    for (const [variable, fields] of flagOrigins(evaluated, stage))
        trace.note(['actions', id, 'env', variable], fields);
}
