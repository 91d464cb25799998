// Kind `generic`: every `step` block is one action; steps see the outputs of the steps they come after.
import type { Command } from '../plan/plan.ts';
import { type Group, boolOf, listOf, textOf } from '../value.ts';
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

/** Adds the recipe's actions and gives its outputs: the declared ones, else the steps that no other step comes after. */
export function lowerGeneric(lowering: Lowering): Record<string, string> {
    addSources(lowering);
    const steps = blocks(lowering, 'step');
    for (const [name, group] of steps) addStep(lowering, name, group);
    const declared = blocks(lowering, 'output');
    if (declared.length > 0) {
        return Object.fromEntries(declared.map(([name, group]) => [name, `step.${textOf(group, 'step') ?? ''}`]));
    }
    const used = new Set(steps.flatMap(([, group]) => listOf(group, 'after')));
    const last = steps.filter(([name]) => !used.has(name));
    if (last.length === 1) return Object.fromEntries(last.map(([name]) => ['out', `step.${name}`]));
    return Object.fromEntries(last.map(([name]) => [name, `step.${name}`]));
}

function addStep(lowering: Lowering, name: string, group: Group): void {
    const id = `step.${name}`;
    const before = listOf(group, 'after').map((step) => [
        `/rpkg/in-${step}`,
        { tree: `step.${step}`, writable: false },
    ]);
    const mounts = {
        ...sourceMounts(lowering, listOf(group, 'sources'), boolOf(group, 'writable') ?? false),
        ...(Object.fromEntries(before) as Record<string, { tree: string; writable: boolean }>),
    };
    lowering.actions.set(id, {
        kind: 'run',
        commands: [stepCommand(group)],
        ...lowering.surroundings,
        env: completeEnv(lowering, mapOf(group, 'env')),
        cwd: mounts[places.source] === undefined ? places.build : places.source,
        mounts,
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(lowering, group, 1),
    });
    noteCommon(lowering, id, `step.${name}`);
}

/** A `run` list goes through `env`, so that a program is found on the declared PATH. */
export function stepCommand(group: Group): Command {
    const script = textOf(group, 'script');
    if (script !== undefined) return { script };
    const run = listOf(group, 'run');
    return { argv: run[0]?.startsWith('/') === true ? run : ['/usr/bin/env', ...run] };
}
