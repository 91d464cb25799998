// The compiler that compiles the first stage: its version, and a root of its own that holds nothing else.
import type { RunAction } from '../plan/plan.ts';
import { type Evaluated, textOf } from '../value.ts';
import { type Lowering, completeEnv, limitsOf, noteCommon, places } from './context.ts';
import { unknownStage0 } from './rustc-errors.ts';
import { block, fieldOf, rustcPlaces, stage0Sources } from './rustc-fields.ts';
import { stage0Root } from './rustc-scripts.ts';
import { keysBelow } from './trace.ts';

/** Versions of the bootstrap compiler and of its Cargo, which counts as the compiler does. */
export interface Stage0 {
    readonly rustc: string;
    readonly cargo: string;
}

/** Adds `stage0`. Undefined, and a diagnostic, when nobody says which version it is. */
export function addStage0(lowering: Lowering): Stage0 | undefined {
    const { evaluated, environment, trace, diagnostics } = lowering;
    const stage0 = stage0Of(lowering);
    if (stage0 === undefined) {
        const field = fieldOf(evaluated, 'bootstrap', 'from');
        diagnostics.push(unknownStage0(field?.place ?? evaluated.root.place));
        return undefined;
    }
    const from = stage0Sources(evaluated);
    const mount = environment.tools['rustc']?.mount;
    const trees = from.length > 0 ? from.map((id) => `${places.source}-${id}`) : [mount ?? '/usr'];
    const libraries = from.length > 0 || mount !== undefined ? 'all' : 'rust';
    lowering.actions.set('scripts.stage0', { kind: 'write', files: { 'stage0.sh': { text: stage0Root } } });
    const words = [String(evaluated.facts['host.triple']), stage0.rustc, stage0.cargo, libraries, ...trees];
    const action: RunAction = {
        kind: 'run',
        commands: [{ argv: ['/bin/sh', `${rustcPlaces.scripts}/stage0.sh`, ...words] }],
        ...lowering.surroundings,
        env: completeEnv(lowering, { OUT: rustcPlaces.stage0 }),
        cwd: places.build,
        mounts: {
            [rustcPlaces.scripts]: { tree: 'scripts.stage0', writable: false },
            ...Object.fromEntries(
                from.map((id) => [`${places.source}-${id}`, { tree: `fetch.${id}`, writable: false }]),
            ),
        },
        outputs: { out: rustcPlaces.stage0 },
        scratch: places.build,
        limits: limitsOf(lowering, evaluated.root, 1),
    };
    lowering.actions.set('stage0', action);
    noteCommon(lowering, 'stage0', undefined);
    trace.note(['actions', 'stage0', 'commands'], keysBelow(evaluated, 'bootstrap'));
    return stage0;
}

/** What the recipe says, else what the tools of the environment say of themselves. */
export function stage0Of({ evaluated, environment }: Lowering): Stage0 | undefined {
    const rustc = said(evaluated, 'version') ?? told(environment.tools['rustc']?.version);
    const cargo = said(evaluated, 'cargo') ?? told(environment.tools['cargo']?.version) ?? rustc;
    return rustc === undefined || cargo === undefined ? undefined : { rustc, cargo };
}

function said(evaluated: Evaluated, name: string): string | undefined {
    return textOf(block(evaluated, 'bootstrap'), name);
}

/** `rustc 1.95.0 (59807616e 2026-04-14)` */
function told(line: string | undefined): string | undefined {
    return /^\w+ (\d+\.\d+\.\d+)/.exec(line ?? '')?.[1];
}
