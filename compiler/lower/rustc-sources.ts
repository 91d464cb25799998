// The sources as they are built: patched, with crates added, with checksums of vendored crates that fit.
import type { RunAction } from '../plan/plan.ts';
import { boolOf, listOf, textOf } from '../value.ts';
import { type Lowering, addSources, completeEnv, limitsOf, noteCommon, places } from './context.ts';
import { textKey } from './needs.ts';
import { checkExtensionPatches } from './rustc-extensions.ts';
import { badPatchPath, missingSeries, unknownSkip } from './rustc-errors.ts';
import { block, fieldOf, rustcPlaces, splitSourcePath, stage0Sources } from './rustc-fields.ts';
import { addCrates, applyPatches, cargoConfig, checkLocks, renewChecksums } from './rustc-scripts.ts';
import { heededLocks, isLockHeeded } from './rustc-vendor.ts';
import { keysBelow } from './trace.ts';

/** Adds `fetch.*` and `prepare`, which gives the sources that everything else sees read-only. */
export function addPreparedSources(lowering: Lowering): void {
    const { evaluated, sources, trace } = lowering;
    addSources(lowering);
    lowering.actions.set('scripts.prepare', {
        kind: 'write',
        files: {
            'add-crates.sh': { text: addCrates },
            'apply-patches.sh': { text: applyPatches },
            'cargo-config.toml': { text: cargoConfig },
            'checksums.py': { text: renewChecksums },
            ...(isLockHeeded(evaluated) ? { 'locks.py': { text: checkLocks } } : {}),
        },
    });
    const patches = patchPlaces(lowering);
    checkExtensionPatches(lowering, (source, path) => patches.includes(`${sourcePlaceOf(source)}/${path}`));
    const added = listOf(block(evaluated, 'vendor'), 'add');
    const hidden = new Set([...stage0Sources(evaluated), 'main']);
    const beside = sources.filter(({ id }) => !hidden.has(id));
    const isResolved = !isLockHeeded(evaluated);
    const action: RunAction = {
        kind: 'run',
        commands: [{ script: commandLines(lowering, patches, added).join('\n') }],
        ...lowering.surroundings,
        env: completeEnv(lowering, {
            OUT: places.source,
            ...(isResolved ? cargoVariables : {}),
        }),
        cwd: places.source,
        mounts: {
            [places.source]: { tree: 'fetch.main', writable: true },
            [rustcPlaces.scripts]: { tree: 'scripts.prepare', writable: false },
            ...(isResolved ? { [rustcPlaces.stage0]: { tree: 'stage0', writable: false } } : {}),
            ...Object.fromEntries(
                beside.map(({ id }) => [sourcePlaceOf(id), { tree: `fetch.${id}`, writable: false }]),
            ),
        },
        outputs: { out: places.source },
        scratch: places.build,
        limits: limitsOf(lowering, evaluated.root, 1),
    };
    lowering.actions.set('prepare', action);
    noteCommon(lowering, 'prepare', undefined);
    const keys = ['patches', 'prepare', 'vendor'].flatMap((group) => keysBelow(evaluated, group));
    trace.note(['actions', 'prepare', 'commands'], keys);
}

/** For making lock files. Manifests of the compiler use unstable features, so Cargo is told what bootstrap tells it. */
const cargoVariables = {
    CARGO_HOME: `${places.build}/cargo`,
    RUSTC: `${rustcPlaces.stage0}/bin/rustc`,
    RUSTC_BOOTSTRAP: '1',
};

function sourcePlaceOf(id: string): string {
    return `${places.source}-${id}`;
}

function commandLines(lowering: Lowering, patches: readonly string[], added: readonly string[]): readonly string[] {
    const { evaluated } = lowering;
    const scripts = rustcPlaces.scripts;
    const vendor = block(evaluated, 'vendor');
    const prepare = block(evaluated, 'prepare');
    const script = textOf(prepare, 'script');
    const checks = [
        ...(boolOf(vendor, 'pruned') === true ? ['--pruned'] : []),
        ...listOf(prepare, 'changes').map((path) => `--changed '${path}'`),
        ...patches.map((path) => `--patch ${path}`),
    ];
    return [
        ...(added.length === 0 ? [] : [call(`sh ${scripts}/add-crates.sh`, added.map(sourcePlaceOf))]),
        ...(patches.length === 0 ? [] : [call(`sh ${scripts}/apply-patches.sh`, patches)]),
        ...(script === undefined ? [] : [`(\n${script.trimEnd()}\n)`]),
        call(`python3 ${scripts}/checksums.py`, checks),
        'if [ ! -e .cargo/config ] && [ ! -e .cargo/config.toml ]; then',
        '    mkdir -p .cargo',
        `    cp ${scripts}/cargo-config.toml .cargo/config`,
        'fi',
        ...lockLines(lowering),
    ];
}

function call(program: string, words: readonly string[]): string {
    return [program, ...words].join(' \\\n    ');
}

/** Lock files are made here and not while building, so that the sources do not change any more. */
function lockLines({ evaluated }: Lowering): readonly string[] {
    const vendor = block(evaluated, 'vendor');
    if (isLockHeeded(evaluated)) return [call(`python3 ${rustcPlaces.scripts}/locks.py`, heededLocks(evaluated))];
    return listOf(vendor, 'locks').flatMap((path) => [
        `rm -f '${path}'`,
        `(cd "$(dirname '${path}')" && ${rustcPlaces.stage0}/bin/cargo generate-lockfile --offline)`,
    ]);
}

/** Patches at their places in the sandbox, in the order in which they are applied. */
function patchPlaces(lowering: Lowering): readonly string[] {
    const { evaluated, facts, diagnostics } = lowering;
    const patches = block(evaluated, 'patches');
    const skipped = new Set(listOf(patches, 'skip'));
    const found: string[] = [];
    for (const text of listOf(patches, 'series')) {
        const named = splitSourcePath(text);
        const place = fieldOf(evaluated, 'patches', 'series')?.place;
        const series = named === undefined ? undefined : facts.texts.get(textKey(named.source, named.path));
        if (named === undefined || series === undefined) diagnostics.push(missingSeries(text, place));
        else found.push(...seriesEntries(series).map((name) => `${folderOf(text)}/${name}`));
    }
    const names = new Set(found.map((text) => withoutFolder(text, listOf(patches, 'series'))));
    for (const name of skipped) {
        if (!names.has(name)) diagnostics.push(unknownSkip(name, names, fieldOf(evaluated, 'patches', 'skip')?.place));
    }
    const kept = found.filter((text) => !skipped.has(withoutFolder(text, listOf(patches, 'series'))));
    return [...kept, ...listOf(patches, 'files')].flatMap((text) => {
        const named = splitSourcePath(text);
        if (named !== undefined && lowering.sources.some(({ id }) => id === named.source))
            return [`${sourcePlaceOf(named.source)}/${named.path}`];
        diagnostics.push(badPatchPath(text, fieldOf(evaluated, 'patches', 'files')?.place));
        return [];
    });
}

/** Names in a `series` of quilt: one a line, options behind it, `#` begins a comment. */
function seriesEntries(text: string): readonly string[] {
    return text
        .split('\n')
        .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
        .filter((line) => line !== '')
        .map((line) => line.split(/\s/)[0] ?? '');
}

function folderOf(path: string): string {
    return path.slice(0, path.lastIndexOf('/'));
}

function withoutFolder(text: string, series: readonly string[]): string {
    const folder = series.map(folderOf).find((candidate) => text.startsWith(`${candidate}/`));
    return folder === undefined ? text : text.slice(folder.length + 1);
}
