// A compiler optimized with what it does: an instrumented one is built and works, what it counted is put together, and the compiler
// that is installed is built with that. Each phase is an action of its own.
import { llvmMajor } from '../rustc/llvm.ts';
import type { RunAction, TreeRef } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { type Evaluated, labelsOf, textOf } from '../value.ts';
import { type Lowering, completeEnv, limitsOf, noteCommon, places } from './context.ts';
import { crossProfile, doubleSetting, noProfiler, onceBuilt, otherProfdata } from './rustc-errors.ts';
import { type Checked, block, fieldOf, llvmConfig, profdataTool, rustcPlaces, triplesFor } from './rustc-fields.ts';
import { keysBelow } from './trace.ts';

/** Where the instrumented compiler leaves what it counts, and where that lies when it was put together. */
const counted = '/rpkg/profiles';
const profile = '/rpkg/profile';

/** Words for the call that builds the instrumented compiler, and for every call behind it. */
export const instrumentWord = `--rust-profile-generate=${counted}`;
export const optimizeWord = `--rust-profile-use=${profile}/rustc.profdata`;

export function isOptimized(evaluated: Evaluated): boolean {
    return profdataTool(evaluated) !== undefined;
}

/** Mount of what was counted. */
export function profileMount(tree: TreeRef): RunAction['mounts'] {
    return { [profile]: { tree, writable: false } };
}

/** Refuses what no release can do. */
export function checkPgo({ evaluated, diagnostics }: Checked, stage: number): void {
    const place = fieldOf(evaluated, 'pgo', 'script')?.place;
    if (!isOptimized(evaluated) || place === undefined) return;
    const { build, host } = triplesFor(evaluated);
    if (build !== host) diagnostics.push(crossProfile(host, place));
    if (stage === 1) diagnostics.push(onceBuilt(place));
    const config = labelsOf(evaluated.root, 'config');
    const profilers = ['build', `target.${host}`].map((section) => config.get(section)?.fields.get('profiler')?.value);
    if (profilers.every((value) => value === undefined || value === false)) diagnostics.push(noProfiler(host, place));
    for (const name of ['profile-use', 'profile-generate']) {
        const field = config.get('rust')?.fields.get(name);
        if (field !== undefined) diagnostics.push(doubleSetting(`rust.${name}`, field.place));
    }
}

/** What counts and what reads the counts have to be of one LLVM. */
function checkProfdata({ evaluated, environment, diagnostics }: Lowering): void {
    const tool = profdataTool(evaluated) ?? '';
    const config = llvmConfig(evaluated);
    if (config === undefined) return;
    const said = /version (\d+(?:\.\d+)*)/.exec(environment.tools[tool]?.version ?? '')?.[1];
    const [given, wanted] = [said, environment.tools[config]?.version].map((text) => llvmMajor(text ?? ''));
    if (given === undefined || wanted === undefined || given === wanted) return;
    const place = fieldOf(evaluated, 'pgo', 'profdata')?.place ?? fieldOf(evaluated, 'pgo', 'script')?.place;
    diagnostics.push(otherProfdata(tool, given, wanted, place));
}

/** Adds `pgo.gather` and `pgo.merge` behind the action that built the instrumented compiler; gives the tree of the profile. */
export function addProfile(lowering: Lowering, instrumented: string): TreeRef {
    checkProfdata(lowering);
    addGather(lowering, instrumented);
    const { evaluated, actions, environment } = lowering;
    const tool = profdataTool(evaluated) ?? '';
    const program = environment.tools[tool]?.path ?? tool;
    actions.set('pgo.merge', {
        kind: 'run',
        commands: [{ argv: [program, 'merge', '-o', `${profile}/rustc.profdata`, counted] }],
        ...lowering.surroundings,
        env: completeEnv(lowering, { OUT: profile }),
        cwd: places.build,
        mounts: { [counted]: { tree: 'pgo.gather', writable: false } },
        outputs: { out: profile },
        scratch: places.build,
        limits: limitsOf(lowering, evaluated.root, 1),
    });
    noteCommon(lowering, 'pgo.merge', undefined);
    lowering.trace.note(['actions', 'pgo.merge', 'commands'], ['pgo.profdata']);
    return 'pgo.merge';
}

function addGather(lowering: Lowering, instrumented: string): void {
    const { evaluated, actions, trace } = lowering;
    const sysroot = `${rustcPlaces.bootstrap}/${triplesFor(evaluated).host}/stage2`;
    const libdir = textOf(block(evaluated, 'install'), 'libdir') ?? 'lib';
    const script = [
        (textOf(block(evaluated, 'pgo'), 'script') ?? '').trimEnd(),
        `ls ${shellWord(counted)}/*.profraw >/dev/null || { echo 'the compiler was not used: nothing was counted' >&2; exit 1; }`,
    ].join('\n');
    actions.set('pgo.gather', {
        kind: 'run',
        commands: [{ script }],
        ...lowering.surroundings,
        env: completeEnv(lowering, {
            CARGO: `${rustcPlaces.stage0}/bin/cargo`,
            CARGO_HOME: `${places.build}/cargo`,
            CARGO_NET_OFFLINE: 'true',
            CARGO_TARGET_DIR: `${places.build}/target`,
            LD_LIBRARY_PATH: [...new Set([libdir, 'lib'])].map((name) => `${sysroot}/${name}`).join(':'),
            LLVM_PROFILE_FILE: `${counted}/%m-%p.profraw`,
            OUT: counted,
            RUSTC: `${sysroot}/bin/rustc`,
        }),
        cwd: places.source,
        mounts: {
            [places.source]: { tree: 'prepare', writable: false },
            [rustcPlaces.stage0]: { tree: 'stage0', writable: false },
            [rustcPlaces.bootstrap]: { tree: instrumented, writable: false },
        },
        outputs: { out: counted },
        scratch: places.build,
        limits: limitsOf(lowering, block(evaluated, 'pgo'), 0),
    });
    noteCommon(lowering, 'pgo.gather', undefined);
    trace.note(['actions', 'pgo.gather', 'commands'], keysBelow(evaluated, 'pgo'));
}
