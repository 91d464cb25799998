// Tests of the compiler, by its own build system: which may fail, and why, the recipe says by name.
import type { RunAction } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { type Evaluated, listOf } from '../value.ts';
import { type Lowering, limitsOf, mapOf, noteCommon, places } from './context.ts';
import { noRunner } from './errors.ts';
import { block, fieldOf, rustcPlaces, triplesFor } from './rustc-fields.ts';
import { judgeTests } from './rustc-judge.ts';
import { keysBelow } from './trace.ts';

/** Suites and crates to test, in the words of the build system. */
export function testSuites(evaluated: Evaluated): readonly string[] {
    return listOf(block(evaluated, 'tests'), 'suites');
}

/** Adds `tests`, unless this machine cannot run them. `call` is what every call of the build system has; `commandFor` writes one down. */
export function addTests(
    lowering: Lowering,
    call: Pick<RunAction, 'env' | 'mounts'>,
    commandFor: (words: readonly string[]) => string,
): void {
    const { evaluated, actions, environment } = lowering;
    const suites = testSuites(evaluated);
    const place = fieldOf(evaluated, 'tests', 'suites')?.place;
    if (suites.length === 0 || place === undefined) return;
    const { build, host } = triplesFor(evaluated);
    if (build !== host) {
        lowering.diagnostics.push({ ...noRunner('tests', host, place), help: 'run them on such a machine' });
        return;
    }
    const tests = block(evaluated, 'tests');
    const python = environment.tools['python3']?.path ?? 'python3';
    const allowed = Object.keys(mapOf(tests, 'allow-failures')).map((name) => `--allow ${shellWord(name)}`);
    actions.set('scripts.tests', { kind: 'write', files: { 'judge.py': { text: judgeTests } } });
    const lines = [
        `${python} ${rustcPlaces.scripts}/judge.py ${places.result}/tests.txt`,
        ...allowed,
        `-- ${commandFor(['test', '--no-fail-fast', ...suites.map(shellWord)])}`,
    ];
    actions.set('tests', {
        kind: 'run',
        commands: [{ script: lines.join(' \\\n    ') }],
        ...lowering.surroundings,
        env: call.env,
        cwd: places.source,
        mounts: { ...call.mounts, [rustcPlaces.scripts]: { tree: 'scripts.tests', writable: false } },
        outputs: { out: places.result },
        scratch: places.build,
        limits: limitsOf(lowering, tests, 0),
    });
    noteCommon(lowering, 'tests', undefined);
    lowering.trace.note(['actions', 'tests', 'commands'], keysBelow(evaluated, 'tests'));
}
