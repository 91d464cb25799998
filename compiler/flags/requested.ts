// What a recipe asks compilers and linkers for: each flag with the field it stands in, and whom it is for.
import { flagFields } from '../lower/flags.ts';
import type { Side } from '../lower/recorder.ts';
import { targetBlock } from '../lower/target-tools.ts';
import type { Plan } from '../plan/plan.ts';
import { type Evaluated, labelsOf, listOf } from '../value.ts';

/** Which calls are to carry a flag: those of rustc, C, C++ or both, or links. */
export type Channel = 'rust' | 'c' | 'cxx' | 'preprocessor' | 'link';

export interface Requested {
    readonly field: string;
    /** One flag: mostly a word, two when the second is the value of the first. */
    readonly words: readonly string[];
    readonly side: Side;
    readonly channel: Channel;
    /** Only calls in these actions; all when absent. */
    readonly actions?: ReadonlySet<string>;
}

/** Words whose value may be the next one, in either language. */
const takesValue = new Set(
    '-C -A -W -D -F -L -l -Z -I -U -x -B -isystem -include -Xlinker -T --cfg --check-cfg --cap-lints'.split(' '),
);

/** Everything that the recipe asks for, in the order of fields. */
export function requestedFlags(evaluated: Evaluated, plan: Plan): readonly Requested[] {
    const sides = Object.entries(flagFields) as [Side, (typeof flagFields)[Side]][];
    const general = sides.flatMap(([side, fields]) =>
        (Object.entries(fields) as [Channel, string][]).flatMap(([channel, field]) =>
            grouped(listOf(evaluated.root, field)).map((words): Requested => ({ field, words, side, channel })),
        ),
    );
    return [...general, ...ofTarget(evaluated), ...ofCrates(evaluated, plan)];
}

/** Flags of the `target` block in use. For a compiler such a block is for the standard libraries that it brings. */
function ofTarget(evaluated: Evaluated): readonly Requested[] {
    const block = evaluated.kind === 'app' ? targetBlock(evaluated) : undefined;
    if (block === undefined) return [];
    return (Object.entries(flagFields.target) as [Channel, string][]).flatMap(([channel, field]) =>
        grouped(listOf(block, field)).map(
            (words): Requested => ({ field: `${block.path}.${field}`, words, side: 'target', channel }),
        ),
    );
}

/** Flags of `crate` blocks, for the actions that the block had a say in, of either side. */
function ofCrates({ root }: Evaluated, plan: Plan): readonly Requested[] {
    return [...labelsOf(root, 'crate')].flatMap(([label, group]) => {
        const field = `crate.${label}.rustflags`;
        const flags = grouped(listOf(group, 'rustflags'));
        if (flags.length === 0) return [];
        const actions = new Set(
            Object.entries(plan.provenance.values).flatMap(([at, keys]) =>
                keys.includes(field) && /^\/actions\/[^/]+$/.test(at) ? [at.slice('/actions/'.length)] : [],
            ),
        );
        return flags.flatMap((words) =>
            (['target', 'host'] as const).map((side): Requested => ({ field, words, side, channel: 'rust', actions })),
        );
    });
}

function grouped(flags: readonly string[]): readonly (readonly string[])[] {
    const groups: string[][] = [];
    for (const flag of flags) {
        const last = groups.at(-1);
        if (last?.length === 1 && takesValue.has(last[0] ?? '')) last.push(flag);
        else groups.push([flag]);
    }
    return groups;
}
