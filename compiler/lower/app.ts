// Kind `app` with the cargo driver: fetch sources and crates, one offline cargo build, then steps and tests.
import { compareBytes } from '../plan/bytes.ts';
import { type Group, boolOf, listOf, numberOf, textOf } from '../value.ts';
import { cargoCommand, installScript } from './app-commands.ts';
import { cargoConfig } from './cargo-config.ts';
import {
    type Lowering,
    addSources,
    blocks,
    completeEnv,
    limitsOf,
    mapOf,
    noteCommon,
    places,
    sourceMounts,
} from './context.ts';
import { addUnits } from './app-units.ts';
import { type Vendor, addVendor, cargoNeed, isWithoutCargo } from './crates.ts';
import { noHostFlags, noRunner, otherDriver, shadowedFlags, unlockWithoutPatch } from './errors.ts';
import { compilerVariables, crossVariables, flagFields, flagsOf, programsFor, shadowsFlags } from './flags.ts';
import { stepCommand } from './generic.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import type { RunAction } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { runnerOf, stdOf, targetBlock, toolchainStd } from './target-tools.ts';
import { keysBelow } from './trace.ts';

/** Adds the recipe's actions; the one output `out` is the tree to install, as it will lie below `/`. */
export function lowerApp(lowering: Lowering): Record<string, string> {
    const { root } = lowering.evaluated;
    const linker = textOf(targetBlock(lowering.evaluated) ?? root, 'linker') ?? textOf(root, 'linker');
    const recorder = startRecorder(lowering.record, lowering.actions, linker);
    let last = isWithoutCargo(lowering.evaluated) ? lowerUnitsOf(lowering, recorder) : lowerCargo(lowering, recorder);
    for (const [name, group] of stepsInOrder(lowering)) last = addStep(lowering, { name, group, recorder }, last);
    for (const [name, group] of testsToRun(lowering)) addTest(lowering, name, group, last);
    return { out: last };
}

/** Driver `cargo`: one offline cargo build. */
function lowerCargo(lowering: Lowering, recorder: Recorder): string {
    checkChannels(lowering);
    addSources(lowering);
    const vendor = addVendor(lowering);
    addConfig(lowering, vendor, recorder);
    addBuild(lowering, vendor, recorder);
    return 'build';
}

/** Driver `rustc`: one action for each unit. */
function lowerUnitsOf(lowering: Lowering, recorder: Recorder): string {
    const { evaluated, facts, sources } = lowering;
    checkUnitsOnly(lowering);
    const need = cargoNeed(evaluated, sources);
    if (need === undefined || facts.cargo === undefined) throw new Error('no facts of the workspace were handed in');
    return addUnits(lowering, need, facts.cargo, recorder);
}

/** Flags that the driver has no channel for are refused instead of being lost. */
function checkChannels(lowering: Lowering): void {
    const { evaluated, diagnostics } = lowering;
    for (const [name, field] of evaluated.root.groups.get('env')?.fields ?? []) {
        if (shadowsFlags(name)) diagnostics.push(shadowedFlags(name, field.place));
    }
    for (const name of Object.values(flagFields.host)) {
        const place = evaluated.root.fields.get(name)?.place;
        if (place !== undefined && listOf(evaluated.root, name).length > 0) diagnostics.push(noHostFlags(place));
    }
    const vendor = evaluated.root.groups.get('vendor');
    const policy = vendor?.fields.get('lock-policy');
    if (policy !== undefined && policy.value !== 'require')
        diagnostics.push(otherDriver('`vendor.lock-policy`', 'cargo', policy.place));
    const std = targetBlock(evaluated)?.fields.get('std');
    if (std !== undefined && stdOf(evaluated) !== toolchainStd)
        diagnostics.push(otherDriver('`std` from a source', 'cargo', std.place));
    for (const name of ['salt', 'examples']) {
        const place = evaluated.root.fields.get(name)?.place;
        if (place !== undefined) diagnostics.push(otherDriver(`\`${name}\``, 'cargo', place));
    }
    for (const head of ['crate', 'library', 'cargo-test']) {
        for (const [label, group] of blocks(lowering, head)) {
            const place = group.place ?? group.fields.values().next().value?.place;
            if (place !== undefined) diagnostics.push(otherDriver(`\`${head} ${label}\``, 'cargo', place));
        }
    }
}

/** What only Cargo has, and names that nothing would look at. */
function checkUnitsOnly({ evaluated, diagnostics }: Lowering): void {
    const vendor = evaluated.root.groups.get('vendor');
    const unlocked = vendor?.fields.get('unlocked');
    const unlock = vendor?.fields.get('unlock');
    if (vendor !== undefined && unlock !== undefined && textOf(vendor, 'lock-policy') !== 'patch')
        diagnostics.push(unlockWithoutPatch(unlock.place));
    if (unlocked?.value === true) diagnostics.push(otherDriver('`vendor.unlocked`', 'rustc', unlocked.place));
}

const configFields = ['rustflags', 'ldflags', 'linker', 'remap-paths', 'profile', 'version'];

function addConfig(lowering: Lowering, vendor: Vendor, recorder: Recorder): void {
    const text = cargoConfig(lowering, vendor, recorder.program);
    lowering.actions.set('config', { kind: 'write', files: { 'cargo.toml': { text } } });
    const keys = [...configFields, ...keysBelow(lowering.evaluated, 'profile-release')];
    lowering.trace.note(['actions', 'config', 'files', 'cargo.toml', 'text'], keys);
}

const commandFields = ['package', 'bins', 'features', 'default-features', 'ignore-rust-version', 'profile'];

function addBuild(lowering: Lowering, vendor: Vendor, recorder: Recorder): void {
    const { evaluated, environment, trace } = lowering;
    const vendorGroup = evaluated.root.groups.get('vendor');
    const dropLock = vendorGroup !== undefined && boolOf(vendorGroup, 'unlocked') === true;
    const flags = cargoVariables(lowering);
    const rustc = environment.tools['rustc'];
    const action: RunAction = {
        kind: 'run',
        commands: [
            ...(dropLock ? [{ argv: ['/bin/rm', '-f', `${places.source}/Cargo.lock`] }] : []),
            cargoCommand(lowering, dropLock),
            { script: installScript(lowering) },
        ],
        environment: 'host',
        env: completeEnv(lowering, {
            ...flags,
            CARGO_BUILD_JOBS: '$(jobs)',
            CARGO_HOME: `${places.build}/cargo`,
            CARGO_INCREMENTAL: '0',
            CARGO_TARGET_DIR: `${places.build}/target`,
            ...(lowering.record
                ? { RUSTC: recorder.program(`${rustc?.mount === undefined ? '/usr' : rustc.mount}/bin/rustc`) }
                : {}),
        }),
        cwd: places.source,
        mounts: {
            ...sourceMounts(lowering, [], dropLock),
            ...vendor.mounts,
            '/rpkg/config': { tree: 'config', writable: false },
        },
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(lowering, evaluated.root, 0),
    };
    lowering.actions.set('build', recorder.recorded(action, undefined));
    noteCommon(lowering, 'build', undefined);
    const cargoIndex = (dropLock ? 1 : 0) + (lowering.record ? 1 : 0);
    trace.note(['actions', 'build', 'commands', cargoIndex], commandFields);
    trace.note(
        ['actions', 'build', 'commands', cargoIndex + 1],
        [...keysBelow(evaluated, 'install'), 'bins', 'profile'],
    );
    for (const name of Object.keys(flags).sort(compareBytes)) {
        trace.note(['actions', 'build', 'env', name], fieldsBehind(name));
    }
}

/** Steps work on one tree one after the other: as they are defined, but for those that say `after`. The schema refuses cycles. */
function stepsInOrder(lowering: Lowering): readonly (readonly [string, Group])[] {
    const waiting = [...blocks(lowering, 'step')];
    const ordered: (readonly [string, Group])[] = [];
    while (waiting.length > 0) {
        const isReady = ([, group]: readonly [string, Group]): boolean =>
            listOf(group, 'after').every((name) => ordered.some(([done]) => done === name));
        const next = waiting.findIndex(isReady);
        if (next < 0) throw new Error(`steps wait for each other: ${waiting.map(([name]) => name).join(', ')}`);
        ordered.push(...waiting.splice(next, 1));
    }
    return ordered;
}

/** Fields that a variable with C flags is made of. */
function fieldsBehind(variable: string): readonly string[] {
    if (variable === 'LDFLAGS') return ['ldflags'];
    if (variable.startsWith('CFLAGS')) return ['cflags', 'cppflags'];
    return variable.startsWith('CXXFLAGS') ? ['cxxflags', 'cppflags'] : ['cppflags'];
}

/** Cargo has one environment for all build scripts. */
function cargoVariables({ evaluated }: Lowering): Record<string, string> {
    const triples = {
        target: String(evaluated.facts['target.triple']),
        host: String(evaluated.facts['host.triple']),
    };
    const flags = { target: flagsOf(evaluated, 'target'), host: flagsOf(evaluated, 'host') };
    const variables =
        triples.target === triples.host
            ? compilerVariables(flags.target, triples.target)
            : crossVariables(flags, triples);
    return { ...variables, ...programsFor(evaluated) };
}

interface StepBlock {
    readonly name: string;
    readonly group: Group;
    readonly recorder: Recorder;
}

/** A step works on the tree so far and hands on the changed one. */
function addStep(lowering: Lowering, { name, group, recorder }: StepBlock, before: string): string {
    const id = `step.${name}`;
    const sources = sourceMounts(lowering, listOf(group, 'sources'), boolOf(group, 'writable') ?? false);
    const action: RunAction = {
        kind: 'run',
        commands: [stepCommand(group)],
        environment: 'host',
        env: completeEnv(lowering, {
            PREFIX: prefixOf(lowering),
            RUNNER: (runnerOf(lowering.evaluated) ?? []).join(' '),
            ...mapOf(group, 'env'),
        }),
        cwd: sources[places.source] === undefined ? places.build : places.source,
        mounts: { ...sources, [places.out]: { tree: before, writable: true } },
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(lowering, group, 1),
    };
    lowering.actions.set(id, recorder.recorded(action, 'target'));
    noteCommon(lowering, id, id);
    return id;
}

/** Tests of programs that this machine can run. */
function testsToRun(lowering: Lowering): readonly (readonly [string, Group])[] {
    const tests = blocks(lowering, 'test');
    const { evaluated, diagnostics } = lowering;
    if (runnerOf(evaluated) !== undefined) return tests;
    for (const [name, group] of tests) {
        const place = group.place ?? group.fields.values().next().value?.place;
        if (place !== undefined) diagnostics.push(noRunner(name, String(evaluated.facts['target.triple']), place));
    }
    return [];
}

/** Runs a built program from its place in the tree, or a script, and looks at its exit status and what it prints. */
function addTest(lowering: Lowering, name: string, group: Group, tree: string): void {
    const id = `test.${name}`;
    const command = testCommand(lowering, group).map(shellWord).join(' ');
    const expected = textOf(group, 'expect');
    const script = [
        'status=0',
        `${command} >${places.result}/stdout 2>&1 || status=$?`,
        `cat ${places.result}/stdout >&2`,
        `test "$status" -eq ${numberOf(group, 'expect-exit') ?? 0} || { echo "exit status $status" >&2; exit 1; }`,
        ...(expected === undefined
            ? []
            : [
                  `grep -qF -e ${shellWord(expected)} ${places.result}/stdout || { echo ${shellWord(`not printed: ${expected}`)} >&2; exit 1; }`,
              ]),
    ].join('\n');
    lowering.actions.set(id, {
        kind: 'run',
        commands: [{ script }],
        environment: 'host',
        env: completeEnv(lowering, {
            PREFIX: prefixOf(lowering),
            RUNNER: (runnerOf(lowering.evaluated) ?? []).join(' '),
        }),
        cwd: places.build,
        mounts: { [places.out]: { tree, writable: false } },
        outputs: { out: places.result },
        scratch: places.build,
        limits: limitsOf(lowering, group, 1),
    });
    noteCommon(lowering, id, undefined);
    lowering.trace.note(['actions', id, 'commands'], keysBelow(lowering.evaluated, id));
}

function testCommand(lowering: Lowering, group: Group): readonly string[] {
    const script = textOf(group, 'script');
    if (script !== undefined) return ['/bin/sh', '-eu', '-c', script];
    const [program = '', ...words] = listOf(group, 'run');
    const path = program.startsWith('/') ? program : `${places.out}${prefixOf(lowering)}/${program}`;
    return [...(runnerOf(lowering.evaluated) ?? []), path, ...words];
}

function prefixOf({ evaluated }: Lowering): string {
    const install = evaluated.root.groups.get('install');
    return (install === undefined ? undefined : textOf(install, 'prefix')) ?? '/usr';
}
