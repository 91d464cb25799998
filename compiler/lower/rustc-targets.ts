// What the recipe says of platforms, against what the release makes for them and what is built at all.
import type { Release } from '../rustc/release.ts';
import { checkTarget } from '../rustc/targets.ts';
import { type Evaluated, type Group, labelsOf, listOf, textOf } from '../value.ts';
import { configProblem, idleTarget, unreachedField } from './rustc-errors.ts';
import { type Checked, block, fieldOf, llvmConfig, triplesFor } from './rustc-fields.ts';

/** Refuses platforms that the release cannot make, or that contradict themselves, and whatever would reach no compiler. */
export function checkTargets(checked: Checked, release: Release): void {
    const { evaluated, diagnostics } = checked;
    const { build, host, targets } = triplesFor(evaluated);
    const built = [...new Set([build, host, ...targets])];
    const blocks = labelsOf(evaluated.root, 'target');
    for (const triple of new Set([...built, ...blocks.keys()])) {
        const group = blocks.get(triple);
        if (group !== undefined && !built.includes(triple)) diagnostics.push(idleTarget(triple, built, group.place));
        for (const problem of checkTarget(release, wantedOf(triple, group)))
            diagnostics.push(configProblem(problem, placeOf(evaluated, group)));
    }
    checkReach(checked, release, blocks);
    checkGoal(checked);
}

/** A library alone is neither tested nor optimized with what a compiler does. */
function checkGoal({ evaluated, diagnostics }: Checked): void {
    if (textOf(evaluated.root, 'goal') !== 'library') return;
    for (const [group, name] of [
        ['pgo', 'script'],
        ['tests', 'suites'],
    ] as const) {
        const field = fieldOf(evaluated, group, name);
        const why = 'with `goal = library` no compiler is built';
        if (field !== undefined)
            diagnostics.push(unreachedField(field.key, why, 'remove it, or set `goal = install`', field.place));
    }
}

function wantedOf(triple: string, group: Group | undefined): Parameters<typeof checkTarget>[1] {
    const cpu = group === undefined ? undefined : textOf(group, 'cpu');
    return {
        triple,
        features: group === undefined ? [] : listOf(group, 'features'),
        ...(cpu === undefined ? {} : { cpu }),
    };
}

function placeOf({ root }: Evaluated, group: Group | undefined): Group['place'] {
    return (
        group?.fields.get('features')?.place ??
        group?.fields.get('cpu')?.place ??
        group?.place ??
        root.fields.get('targets')?.place ??
        root.place
    );
}

function checkReach({ evaluated, diagnostics }: Checked, release: Release, blocks: ReadonlyMap<string, Group>): void {
    const { build, host } = triplesFor(evaluated);
    for (const [triple, group] of blocks) {
        const cflags = group.fields.get('cflags');
        if (cflags === undefined || (triple !== host && triple !== build)) continue;
        const field = triple === host ? 'cflags' : 'host-cflags';
        const why = `C for ${triple} is compiled with the flags of \`${field}\``;
        diagnostics.push(unreachedField(cflags.key, why, `add them to \`${field}\``, cflags.place));
    }
    if (llvmConfig(evaluated) === undefined) {
        const config = fieldOf(evaluated, 'llvm', 'config');
        const why = `rustc ${release.version} is linked with the LLVM of its own sources`;
        if (config !== undefined && textOf(block(evaluated, 'llvm'), 'link') === 'bundled')
            diagnostics.push(
                unreachedField(config.key, why, 'remove it, or set `llvm.link = system-dynamic`', config.place),
            );
        return;
    }
    const llvmTargets = fieldOf(evaluated, 'llvm', 'targets');
    const why = 'LLVM is the one of the system, which was built before';
    if (llvmTargets !== undefined)
        diagnostics.push(
            unreachedField(llvmTargets.key, why, 'remove it, or set `llvm.link = bundled`', llvmTargets.place),
        );
}
