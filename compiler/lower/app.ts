// Kind `app`: what the driver builds, then steps and tests. Here is the cargo driver: sources, crates, one offline cargo build.
import { compareBytes } from '../plan/bytes.ts';
import type { RunAction } from '../plan/plan.ts';
import { boolOf, listOf, textOf } from '../value.ts';
import { cargoCommand, installScript } from './app-commands.ts';
import { addSteps } from './app-steps.ts';
import { addTests } from './app-tests.ts';
import { addUnits } from './app-units.ts';
import { cargoConfig } from './cargo-config.ts';
import {
    type Lowering,
    addSources,
    blocks,
    completeEnv,
    limitsOf,
    noteCommon,
    places,
    sourceMounts,
} from './context.ts';
import { type Vendor, addVendor, cargoNeed, isWithoutCargo } from './crates.ts';
import { noHostFlags, otherDriver, shadowedFlags, unlockWithoutPatch } from './errors.ts';
import { flagFields, scriptVariables, shadowsFlags } from './flags.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { stdOf, targetBlock, toolchainStd } from './target-tools.ts';
import { keysBelow } from './trace.ts';

/** Adds the recipe's actions; the one output `out` is the tree to install, as it will lie below `/`. */
export function lowerApp(lowering: Lowering): Record<string, string> {
    const { root } = lowering.evaluated;
    const linker = textOf(targetBlock(lowering.evaluated) ?? root, 'linker') ?? textOf(root, 'linker');
    const recorder = startRecorder(lowering.record, lowering.actions, linker);
    const built = isWithoutCargo(lowering.evaluated)
        ? lowerUnitsOf(lowering, recorder)
        : lowerCargo(lowering, recorder);
    const steps = addSteps(lowering, recorder, built);
    addTests(lowering, steps);
    return { out: steps };
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
    // Cargo has one environment for all build scripts.
    const flags = scriptVariables(evaluated).target;
    const rustc = environment.tools['rustc'];
    const action: RunAction = {
        kind: 'run',
        commands: [
            ...(dropLock ? [{ argv: ['/bin/rm', '-f', `${places.source}/Cargo.lock`] }] : []),
            cargoCommand(lowering, dropLock),
            { script: installScript(lowering) },
        ],
        ...lowering.surroundings,
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

/** Fields that a variable with C flags is made of. */
function fieldsBehind(variable: string): readonly string[] {
    if (variable === 'LDFLAGS') return ['ldflags'];
    if (variable.startsWith('CFLAGS')) return ['cflags', 'cppflags'];
    return variable.startsWith('CXXFLAGS') ? ['cxxflags', 'cppflags'] : ['cppflags'];
}
