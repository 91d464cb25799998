// Plans with a history: the same few actions, from fields whose chains a test writes down in one line each.
import type { Action, FieldOrigin, Plan, Touch } from '../../compiler/plan/plan.ts';
import { mounts, planOf, run, write } from './plans.ts';

/** `'debian 9 += -O2'`: layer, line, operator, operand. More is in `more`. */
export function touch(text: string, more: Partial<Touch> = {}): Touch {
    const [layer = '', line = '', operator = '', ...operand] = text.split(' ');
    const file = files.indexOf(`${layer}.rpkg`);
    return { layer, file, line: Number(line), column: 5, operator, operand: operand.join(' '), ...more };
}

export const files: readonly string[] = ['base.rpkg', 'debian.rpkg', 'local.rpkg'];

export function origin(value: string, ...chain: readonly (string | Touch)[]): FieldOrigin {
    return { value, chain: chain.map((each) => (typeof each === 'string' ? touch(each) : each)) };
}

/** What may be different in a story. */
export interface Story {
    readonly flags?: FieldOrigin;
    readonly version?: FieldOrigin;
    readonly url?: FieldOrigin;
    readonly actions?: Readonly<Record<string, Action>>;
    readonly values?: Plan['provenance']['values'];
    readonly changes?: Partial<Omit<Plan, 'actions' | 'provenance'>>;
}

/** fetch.main → build → test; `flags` is a variable of `build`, `url` follows `version` and is what is fetched. */
export function story(told: Story = {}): Plan {
    const flags = told.flags ?? origin('-O2 -g', 'base 3 = -O2', 'debian 4 += -g');
    const version = told.version ?? origin('1.0', 'base 2 = 1.0');
    const url = told.url ?? origin(`x-${version.value}`, 'base 5 = "x-\\(version)"');
    return planOf(
        {
            'fetch.main': write({ url: url.value }),
            build: run('make', {
                env: { PATH: '/usr/bin', CFLAGS: flags.value },
                mounts: mounts({ src: 'fetch.main' }),
            }),
            doc: run('make doc', { mounts: mounts({ src: 'fetch.main' }) }),
            test: run('make test', { mounts: mounts({ in: 'build' }) }),
            ...told.actions,
        },
        {
            outputs: { out: 'build' },
            provenance: {
                files,
                fields: { flags, version, url },
                values: {
                    '/actions/build/env/CFLAGS': ['flags'],
                    '/actions/fetch.main': ['url'],
                    '/subject/version': ['version'],
                    ...told.values,
                },
            },
            ...told.changes,
        },
    );
}
