// `only` and `skip` of a `cargo-test` block: words for Rust's test harness, and an action that sees whether each of them
// still meets a test. A test that was renamed would else be run again, or left out, without anybody noticing.
import type { Unit } from '../cargo/unit.ts';
import type { Mount } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { type Group, listOf } from '../value.ts';
import { type Lowering, limitsOf, places } from './context.ts';
import { noHarness } from './errors.ts';
import type { PlannedTests } from './planned-units.ts';
import { keysBelow } from './trace.ts';
import { unitEnv } from './unit-env.ts';
import { mount } from './unit-work.ts';

/** In the output of a test program: the paths of all its tests, one a line. */
const listing = `${places.result}/tests`;
const lists = '/rpkg/tests';

/** Arguments of a test program; one without a harness only gets the recipe's own. */
export function testArguments({ target: { harness } }: Unit, group: Group): readonly string[] {
    const args = listOf(group, 'args');
    if (!harness) return args;
    return [...listOf(group, 'only'), ...listOf(group, 'skip').flatMap((pattern) => ['--skip', pattern]), ...args];
}

/** Lines that write down which tests a program has, where filters will be looked at. */
export function listTests({ target: { harness } }: Unit, group: Group, command: string): readonly string[] {
    if (!harness || !hasFilters(group)) return [];
    return [
        `env "$@" ${command} --list --format terse >${listing}.all`,
        `sed -n 's/: test$//p; s/: benchmark$//p' ${listing}.all >${listing}`,
        `rm ${listing}.all`,
    ];
}

/** Adds `cargo-test.LABEL.filters` for the block whose test programs, those with a harness, are run by the given actions. */
export function addFilterCheck(lowering: Lowering, { label, group }: PlannedTests, runs: readonly string[]): void {
    if (!hasFilters(group)) return;
    if (runs.length === 0) {
        const place = (group.fields.get('only') ?? group.fields.get('skip'))?.place;
        if (place !== undefined) lowering.diagnostics.push(noHarness(label, place));
        return;
    }
    const prefix = `cargo-test.${label}.`;
    const id = `${prefix}filters`;
    lowering.actions.set(id, {
        kind: 'run',
        commands: [{ script: checkScript(label, group) }],
        environment: 'host',
        env: unitEnv(lowering),
        cwd: places.build,
        mounts: Object.fromEntries(
            runs.map((run): [string, Mount] => [`${lists}/${run.slice(prefix.length)}`, mount(run)]),
        ),
        outputs: { out: places.result },
        scratch: places.build,
        limits: limitsOf(lowering, group, 1),
    });
    const { evaluated, trace } = lowering;
    trace.note(['actions', id], keysBelow(evaluated, group.path));
    trace.note(['actions', id, 'limits'], keysBelow(evaluated, 'limits'));
}

function hasFilters(group: Group): boolean {
    return listOf(group, 'only').length + listOf(group, 'skip').length > 0;
}

function checkScript(label: string, group: Group): string {
    const isExact = listOf(group, 'args').includes('--exact');
    const looks = (['only', 'skip'] as const).flatMap((field) =>
        listOf(group, field).map((pattern) => {
            const complaint = shellWord(`cargo-test ${label}: ${field} "${pattern}" meets no test`);
            return `grep -qF${isExact ? 'x' : ''} -e ${shellWord(pattern)} all || { echo ${complaint} >&2; status=1; }`;
        }),
    );
    return [
        `cat ${lists}/*/tests >all`,
        'status=0',
        ...looks,
        '[ "$status" -eq 0 ] || { echo "correct these filters, or take them away" >&2; exit 1; }',
    ].join('\n');
}
