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
import { noHostFlags, otherDriver, shadowedFlags } from './errors.ts';
import { compilerVariables, flagsOf, shadowsFlags } from './flags.ts';
import { stepCommand } from './generic.ts';
import { shellWord } from '../plan/quote.ts';
import { keysBelow } from './trace.ts';

/** Adds the recipe's actions; the one output `out` is the tree to install, as it will lie below `/`. */
export function lowerApp(lowering: Lowering): Record<string, string> {
    let last = isWithoutCargo(lowering.evaluated) ? lowerUnitsOf(lowering) : lowerCargo(lowering);
    for (const [name, group] of stepsInOrder(lowering)) last = addStep(lowering, name, group, last);
    for (const [name, group] of blocks(lowering, 'test')) addTest(lowering, name, group, last);
    return { out: last };
}

/** Driver `cargo`: one offline cargo build. */
function lowerCargo(lowering: Lowering): string {
    checkChannels(lowering);
    addSources(lowering);
    const vendor = addVendor(lowering);
    addConfig(lowering, vendor);
    addBuild(lowering, vendor);
    return 'build';
}

/** Driver `rustc`: one action for each unit. */
function lowerUnitsOf(lowering: Lowering): string {
    const { evaluated, facts, sources } = lowering;
    checkUnitsOnly(lowering);
    const need = cargoNeed(evaluated, sources);
    if (need === undefined || facts.cargo === undefined) throw new Error('no facts of the workspace were handed in');
    return addUnits(lowering, need, facts.cargo);
}

/** Flags that the driver has no channel for are refused instead of being lost. */
function checkChannels(lowering: Lowering): void {
    const { evaluated, diagnostics } = lowering;
    for (const [name, field] of evaluated.root.groups.get('env')?.fields ?? []) {
        if (shadowsFlags(name)) diagnostics.push(shadowedFlags(name, field.place));
    }
    const host = evaluated.root.fields.get('host-rustflags');
    if (host !== undefined && listOf(evaluated.root, 'host-rustflags').length > 0)
        diagnostics.push(noHostFlags(host.place));
    const salt = evaluated.root.fields.get('salt');
    if (salt !== undefined) diagnostics.push(otherDriver('`salt`', 'cargo', salt.place));
    for (const [label, group] of blocks(lowering, 'crate')) {
        const place = group.place ?? group.fields.values().next().value?.place;
        if (place !== undefined) diagnostics.push(otherDriver(`\`crate ${label}\``, 'cargo', place));
    }
}

/** The lock file decides the versions when no Cargo does. */
function checkUnitsOnly({ evaluated, diagnostics }: Lowering): void {
    const unlocked = evaluated.root.groups.get('vendor')?.fields.get('unlocked');
    if (unlocked?.value === true) diagnostics.push(otherDriver('`vendor.unlocked`', 'rustc', unlocked.place));
}

const flagFields = ['rustflags', 'ldflags', 'linker', 'remap-paths', 'profile', 'version'];

function addConfig(lowering: Lowering, vendor: Vendor): void {
    lowering.actions.set('config', { kind: 'write', files: { 'cargo.toml': { text: cargoConfig(lowering, vendor) } } });
    const keys = [...flagFields, ...keysBelow(lowering.evaluated, 'profile-release')];
    lowering.trace.note(['actions', 'config', 'files', 'cargo.toml', 'text'], keys);
}

const commandFields = ['package', 'bins', 'features', 'default-features', 'ignore-rust-version', 'profile'];

function addBuild(lowering: Lowering, vendor: Vendor): void {
    const { evaluated, trace } = lowering;
    const vendorGroup = evaluated.root.groups.get('vendor');
    const dropLock = vendorGroup !== undefined && boolOf(vendorGroup, 'unlocked') === true;
    const flags = compilerVariables(flagsOf(evaluated), String(evaluated.facts['target.triple']));
    lowering.actions.set('build', {
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
    });
    noteCommon(lowering, 'build', undefined);
    const cargoIndex = dropLock ? 1 : 0;
    trace.note(['actions', 'build', 'commands', cargoIndex], commandFields);
    trace.note(
        ['actions', 'build', 'commands', cargoIndex + 1],
        [...keysBelow(evaluated, 'install'), 'bins', 'profile'],
    );
    for (const name of Object.keys(flags).sort(compareBytes)) {
        const language = name.startsWith('CFLAGS') ? 'cflags' : name.startsWith('CXXFLAGS') ? 'cxxflags' : 'ldflags';
        trace.note(['actions', 'build', 'env', name], language === 'ldflags' ? [language] : [language, 'cppflags']);
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

/** A step works on the tree so far and hands on the changed one. */
function addStep(lowering: Lowering, name: string, group: Group, before: string): string {
    const id = `step.${name}`;
    const sources = sourceMounts(lowering, listOf(group, 'sources'), boolOf(group, 'writable') ?? false);
    lowering.actions.set(id, {
        kind: 'run',
        commands: [stepCommand(group)],
        environment: 'host',
        env: completeEnv(lowering, { PREFIX: prefixOf(lowering), ...mapOf(group, 'env') }),
        cwd: sources[places.source] === undefined ? places.build : places.source,
        mounts: { ...sources, [places.out]: { tree: before, writable: true } },
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(lowering, group, 1),
    });
    noteCommon(lowering, id, id);
    return id;
}

/** Runs a built program from its place in the tree and looks at its exit status and what it prints. */
function addTest(lowering: Lowering, name: string, group: Group, tree: string): void {
    const id = `test.${name}`;
    const run = listOf(group, 'run');
    const program = run[0] ?? '';
    const path = program.startsWith('/') ? program : `${places.out}${prefixOf(lowering)}/${program}`;
    const command = [path, ...run.slice(1)].map(shellWord).join(' ');
    const expected = textOf(group, 'expect');
    const script = [
        'status=0',
        `${command} >${places.result}/stdout 2>&1 || status=$?`,
        `cat ${places.result}/stdout`,
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
        env: completeEnv(lowering, { PREFIX: prefixOf(lowering) }),
        cwd: places.build,
        mounts: { [places.out]: { tree, writable: false } },
        outputs: { out: places.result },
        scratch: places.build,
        limits: limitsOf(lowering, group, 1),
    });
    noteCommon(lowering, id, undefined);
    lowering.trace.note(['actions', id, 'commands'], keysBelow(lowering.evaluated, id));
}

function prefixOf({ evaluated }: Lowering): string {
    const install = evaluated.root.groups.get('install');
    return (install === undefined ? undefined : textOf(install, 'prefix')) ?? '/usr';
}
