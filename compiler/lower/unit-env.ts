// The variables that every action of a unit has.
import { completeEnv, type Lowering, mapOf } from './context.ts';

const shared = ['HOME', 'LC_ALL', 'PATH', 'SHELL', 'TMPDIR', 'TZ', 'USER'];

/**
 * The same for every application, so that equal units are equal actions, and what the recipe adds. A recipe that sets
 * variables shares no unit with others that do not.
 */
export function unitEnv(lowering: Lowering): Record<string, string> {
    const complete = completeEnv(lowering, {});
    return {
        ...Object.fromEntries(shared.map((name) => [name, complete[name] ?? ''])),
        SOURCE_DATE_EPOCH: '1',
        ...mapOf(lowering.evaluated.root, 'env'),
    };
}
