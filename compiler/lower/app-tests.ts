// `test` blocks of an application: each runs what was built, and changes nothing.
import { shellWord } from '../plan/quote.ts';
import { type Group, listOf, numberOf, textOf } from '../value.ts';
import { type Lowering, blocks, completeEnv, limitsOf, noteCommon, places, prefixOf } from './context.ts';
import { noRunner } from './errors.ts';
import { runnerOf } from './target-tools.ts';
import { keysBelow } from './trace.ts';

/** Adds them for the action that gives the tree to install. */
export function addTests(lowering: Lowering, tree: string): void {
    for (const [name, group] of testsToRun(lowering)) addTest(lowering, name, group, tree);
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
        ...lowering.surroundings,
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
