// Kind `rustc`: sources, a bootstrap compiler in a root of its own, a configuration that the release accepts, and its build system.
import type { RunAction } from '../plan/plan.ts';
import { releaseOf } from '../rustc/release.ts';
import { type Lowering, completeEnv, limitsOf, noteCommon, places, versionOf } from './context.ts';
import { addConfig, stageOf } from './rustc-config.ts';
import { unknownRelease } from './rustc-errors.ts';
import { rustcPlaces } from './rustc-fields.ts';
import { addPreparedSources } from './rustc-sources.ts';
import { addStage0 } from './rustc-stage0.ts';

/** Adds the recipe's actions. */
export function lowerRustc(lowering: Lowering): Record<string, string> {
    const { evaluated, diagnostics } = lowering;
    const version = versionOf(evaluated);
    const release = releaseOf(version);
    if (release === undefined) {
        diagnostics.push(unknownRelease(version, evaluated.root.fields.get('version')?.place));
        return {};
    }
    addPreparedSources(lowering);
    addStage0(lowering);
    const config = addConfig(lowering, release);
    addDryRun(lowering, config);
    return { out: 'dry-run' };
}

/** The build system builds itself and reads the configuration: a wrong one fails here, long before anything is compiled. */
function addDryRun(lowering: Lowering, config: string): void {
    const { evaluated, trace } = lowering;
    const action: RunAction = {
        kind: 'run',
        commands: [{ script: bootstrapCommand(lowering, config, 'build', ['--dry-run']) }],
        ...bootstrapAction(lowering),
        limits: limitsOf(lowering, evaluated.root, 0),
    };
    lowering.actions.set('dry-run', action);
    noteCommon(lowering, 'dry-run', undefined);
    trace.note(['actions', 'dry-run', 'commands'], ['bootstrap.stage']);
}

function bootstrapCommand(
    { evaluated, environment }: Lowering,
    config: string,
    verb: string,
    more: readonly string[],
): string {
    const python = environment.tools['python3']?.path ?? 'python3';
    return [
        `${python} x.py ${verb}`,
        `--config ${config}`,
        `--stage ${stageOf(evaluated)}`,
        '--jobs "$JOBS"',
        ...more,
    ].join(' ');
}

function bootstrapAction(lowering: Lowering): Omit<RunAction, 'kind' | 'commands' | 'limits'> {
    return {
        environment: 'host',
        env: completeEnv(lowering, {
            CARGO_HOME: `${places.build}/cargo`,
            PYTHONDONTWRITEBYTECODE: '1',
            RUST_BACKTRACE: '1',
        }),
        cwd: places.source,
        mounts: {
            [places.source]: { tree: 'prepare', writable: false },
            [rustcPlaces.config]: { tree: 'config', writable: false },
            [rustcPlaces.stage0]: { tree: 'stage0', writable: false },
        },
        outputs: { out: rustcPlaces.bootstrap },
        scratch: places.build,
    };
}
