// Kind `cargo`: what its rustc's recipe installs, once Cargo has the version that belongs to that release and the two have built a
// program together.
import type { Diagnostic } from '../../lang/diagnostic.ts';
import type { RunAction, TreeRef } from '../plan/plan.ts';
import { releaseOf } from '../rustc/release.ts';
import { sourceFacts } from '../rustc/source-facts.ts';
import { checkCargoPair, missingCargo, otherCargo } from '../rustc/stage0.ts';
import { type Evaluated, listOf, textOf } from '../value.ts';
import {
    type LoweredPart,
    type Lowering,
    type Part,
    completeEnv,
    limitsOf,
    places,
    prefixOf,
    versionOf,
} from './context.ts';
import { mergeParts, type MergedPart } from './merge-parts.ts';
import { textKey } from './needs.ts';
import { pairCheck, pairProject } from './pair-script.ts';
import { configProblem, unbuiltCargo } from './rustc-errors.ts';
import { block, rustcPlaces } from './rustc-fields.ts';

const manifest = { source: 'main', path: 'src/tools/cargo/Cargo.toml' } as const;

/** The recipe of its rustc. */
export function cargoParts({ root }: Evaluated): readonly Part[] {
    const rustc = root.fields.get('rustc')?.target;
    return rustc === undefined ? [] : [{ name: 'rustc', evaluated: rustc, texts: [manifest] }];
}

/** A rustc that is built without its Cargo is not half of a pair. */
export function checkPairedCargo({ root }: Evaluated): readonly Diagnostic[] {
    const field = root.fields.get('rustc');
    const isBuilt = field?.target !== undefined && listOf(field.target.root, 'tools').includes('cargo');
    return isBuilt ? [] : [unbuiltCargo(field?.spelled ?? '', field?.place)];
}

/** The version in the sources; `paired` where they have none, which lowering reports. */
export function cargoVersion({
    version,
    parts,
}: {
    readonly version: string;
    readonly parts: readonly LoweredPart[];
}): string {
    return parts[0] === undefined ? version : (versionIn(parts[0]) ?? version);
}

function versionIn({ lowering }: LoweredPart): string | undefined {
    return sourceFacts([], undefined, lowering.facts.texts.get(textKey(manifest.source, manifest.path))).cargo;
}

export function lowerPairedCargo(lowering: Lowering): Record<string, TreeRef> {
    const [part] = lowering.parts;
    if (part === undefined) return {};
    checkVersion(lowering, part);
    const merged = mergeParts(lowering, { suffix: () => '', prefix: () => 'rustc.', given: () => new Map() });
    const place = merged.get(part);
    if (place === undefined) return {};
    const outputs = Object.fromEntries(Object.entries(part.outputs).map(([name, tree]) => [name, place.ref(tree)]));
    const { out } = outputs;
    if (out === undefined) return outputs;
    if (textOf(part.lowering.evaluated.root, 'goal') === 'install') addCheck(lowering, part, place, out);
    return outputs;
}

function checkVersion({ evaluated, diagnostics }: Lowering, part: LoweredPart): void {
    const field = evaluated.root.fields.get('version');
    const release = releaseOf(versionOf(part.lowering.evaluated));
    if (release === undefined) return;
    const found = versionIn(part);
    const said = String(field?.value ?? 'paired');
    const problems =
        found === undefined
            ? [missingCargo(release)]
            : [
                  ...checkCargoPair(release, found),
                  ...(said === 'paired' || said === found ? [] : [otherCargo(release, said, found)]),
              ];
    diagnostics.push(...problems.map((problem) => configProblem(problem, field?.place)));
}

const pairPlaces = { rust: '/rpkg/rust' } as const;

/** Builds, tests and runs a small program with the two. */
function addCheck(lowering: Lowering, part: LoweredPart, place: MergedPart, out: TreeRef): void {
    const { evaluated } = part.lowering;
    const install = block(evaluated, 'install');
    const root = `${pairPlaces.rust}${prefixOf(part.lowering)}`;
    const folders = [textOf(install, 'bindir') ?? 'bin', textOf(install, 'libdir') ?? 'lib'].map(
        (name) => `${root}/${name}`,
    );
    lowering.actions.set('scripts.pair', { kind: 'write', files: { 'pair.sh': { text: pairCheck }, ...pairProject } });
    const action: RunAction = {
        kind: 'run',
        commands: [{ argv: ['/bin/sh', `${rustcPlaces.scripts}/pair.sh`, versionOf(evaluated), ...folders] }],
        ...place.surroundings,
        env: completeEnv(part.lowering, { CARGO_HOME: `${places.build}/cargo`, OUT: places.out }),
        cwd: places.build,
        mounts: {
            [rustcPlaces.scripts]: { tree: 'scripts.pair', writable: false },
            [pairPlaces.rust]: { tree: out, writable: false },
        },
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(part.lowering, evaluated.root, 1),
    };
    lowering.actions.set('pair', action);
    lowering.trace.note(['actions', 'pair', 'commands'], ['rustc', 'version']);
}
