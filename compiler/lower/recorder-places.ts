// Where an action that is recorded has the recorder's files.
import { places } from './context.ts';

/** The one file of the record. */
export const recordFile = 'invocations';

export const recorderPlaces = {
    scripts: '/rpkg/recorder',
    /** In the scratch directory: what PATH has is found out when the action runs. */
    programs: `${places.build}/recorder`,
    /** What it is given becomes a recorded call: program and arguments. */
    wrapper: `${places.build}/recorder/rpkg-wrapper`,
    record: '/rpkg/record',
    file: `/rpkg/record/${recordFile}`,
} as const;
