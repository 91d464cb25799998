// What is installed, in parts: every file is in one of them, or the recipe has forgotten it.
import type { RunAction } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { labelsOf, listOf } from '../value.ts';
import { type Lowering, completeEnv, limitsOf, noteCommon, places, prefixOf } from './context.ts';
import { foreignFolder } from './rustc-errors.ts';
import { type Checked, rustcPlaces } from './rustc-fields.ts';
import { splitTree } from './rustc-split.ts';
import { keysBelow } from './trace.ts';

const tree = '/rpkg/tree';
const parts = '/rpkg/parts';

/** Refuses files outside of what is installed. */
export function checkOutputs({ evaluated, diagnostics }: Checked): void {
    for (const group of labelsOf(evaluated.root, 'output').values())
        for (const path of listOf(group, 'files'))
            if (path === '' || path.split('/').includes('..'))
                diagnostics.push(foreignFolder(path, group.fields.get('files')?.place));
}

/** Adds `split` where the recipe has `output` blocks. Gives the outputs of the plan; `installed` is the whole tree. */
export function addOutputs(lowering: Lowering, installed: string): Record<string, string> {
    const { evaluated, actions, environment } = lowering;
    const outputs = [...labelsOf(evaluated.root, 'output')];
    if (outputs.length === 0) return { out: installed };
    const claims = outputs.flatMap(([name, group]) => listOf(group, 'files').map((path) => `${name}=${path}`));
    const python = environment.tools['python3']?.path ?? 'python3';
    const words = [tree, parts, prefixOf(lowering), ...claims].map(shellWord);
    actions.set('scripts.split', { kind: 'write', files: { 'split.py': { text: splitTree } } });
    const action: RunAction = {
        kind: 'run',
        commands: [{ script: [`${python} ${rustcPlaces.scripts}/split.py`, ...words].join(' \\\n    ') }],
        ...lowering.surroundings,
        env: completeEnv(lowering, { OUT: parts }),
        cwd: places.build,
        mounts: {
            [rustcPlaces.scripts]: { tree: 'scripts.split', writable: false },
            [tree]: { tree: installed, writable: false },
        },
        outputs: Object.fromEntries(outputs.map(([name]) => [name, `${parts}/${name}`])),
        scratch: places.build,
        limits: limitsOf(lowering, evaluated.root, 1),
    };
    actions.set('split', action);
    noteCommon(lowering, 'split', undefined);
    lowering.trace.note(['actions', 'split', 'commands'], keysBelow(evaluated, 'output'));
    return { out: installed, ...Object.fromEntries(outputs.map(([name]) => [name, `split#${name}`])) };
}
