// `step` blocks of an application: each works on the tree so far and hands on the changed one.
import type { RunAction } from '../plan/plan.ts';
import { boolOf, type Group, listOf } from '../value.ts';
import {
    type Lowering,
    blocks,
    completeEnv,
    limitsOf,
    mapOf,
    noteCommon,
    places,
    sourceMounts,
    prefixOf,
} from './context.ts';
import { stepCommand } from './generic.ts';
import type { Recorder } from './recorder.ts';
import { runnerOf } from './target-tools.ts';

type Step = readonly [name: string, group: Group];

/** Adds them behind the action `built`; gives the id of the last one. */
export function addSteps(lowering: Lowering, recorder: Recorder, built: string): string {
    return inOrder(lowering).reduce((before, step) => addStep(lowering, recorder, step, before), built);
}

/** Steps work on one tree one after the other: as they are defined, but for those that say `after`. The schema refuses cycles. */
function inOrder(lowering: Lowering): readonly Step[] {
    const waiting = [...blocks(lowering, 'step')];
    const ordered: Step[] = [];
    while (waiting.length > 0) {
        const isReady = ([, group]: Step): boolean =>
            listOf(group, 'after').every((name) => ordered.some(([done]) => done === name));
        const next = waiting.findIndex(isReady);
        if (next < 0) throw new Error(`steps wait for each other: ${waiting.map(([name]) => name).join(', ')}`);
        ordered.push(...waiting.splice(next, 1));
    }
    return ordered;
}

function addStep(lowering: Lowering, recorder: Recorder, [name, group]: Step, before: string): string {
    const id = `step.${name}`;
    const sources = sourceMounts(lowering, listOf(group, 'sources'), boolOf(group, 'writable') ?? false);
    const action: RunAction = {
        kind: 'run',
        commands: [stepCommand(group)],
        ...lowering.surroundings,
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
