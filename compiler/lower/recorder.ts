// Recording: what commands start as compiler, linker or archiver is written down, as a further output of their action. It
// changes what commands see, and so the plan, and no byte of what they make.
import { sortedEntries } from '../plan/bytes.ts';
import type { Action, RunAction } from '../plan/plan.ts';
import { recorderPlaces } from './recorder-places.ts';
import { beginScript, callScript, endScript } from './recorder-scripts.ts';

/** What code is made for. */
export type Side = 'host' | 'target';

/** Name of the output with the record. */
export const recordOutput = 'record';

const recorderAction = 'recorder';

export interface Recorder {
    /** Where commands find a tool instead of where it is. */
    readonly program: (path: string) => string;
    /** The action with a record; `side` when all that it makes is for one. */
    readonly recorded: (action: RunAction, side: Side | undefined) => RunAction;
}

/** Changes nothing. */
const noRecorder: Recorder = { program: (path) => path, recorded: (action) => action };

/** `linker` is a program that the recipe names, whatever it is called. Adds the action with the recorder's scripts. */
export function startRecorder(isOn: boolean, actions: Map<string, Action>, linker: string | undefined): Recorder {
    if (!isOn) return noRecorder;
    actions.set(recorderAction, {
        kind: 'write',
        files: {
            'begin.sh': { text: beginScript },
            'call.sh': { text: callScript },
            'end.sh': { text: endScript },
        },
    });
    const more = linker === undefined ? [] : [baseName(linker)];
    return {
        program: (path) => (path.startsWith('/') ? `${recorderPlaces.programs}/${baseName(path)}` : path),
        recorded: (action, side) => withRecord(action, side, more),
    };
}

function withRecord(action: RunAction, side: Side | undefined, more: readonly string[]): RunAction {
    const { scripts, programs, record } = recorderPlaces;
    return {
        ...action,
        commands: [
            { argv: ['/bin/sh', `${scripts}/begin.sh`, ...more] },
            ...action.commands,
            { argv: ['/bin/sh', `${scripts}/end.sh`] },
        ],
        env: Object.fromEntries(
            sortedEntries({
                ...action.env,
                PATH: `${programs}:${action.env['PATH'] ?? ''}`,
                ...(side === undefined ? {} : { RPKG_RECORD_SIDE: side }),
            }),
        ),
        mounts: { ...action.mounts, [scripts]: { tree: recorderAction, writable: false } },
        outputs: { ...action.outputs, [recordOutput]: record },
    };
}

function baseName(path: string): string {
    return path.slice(path.lastIndexOf('/') + 1);
}
