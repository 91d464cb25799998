// What the numbers behind `--stage` mean. A recipe says what is to be made and by which compiler; the number follows from the
// release, for it was counted in two ways.
//
// Compiler N is what N rounds have made: 0 is the compiler at hand, 1 is made by it, 2 by compiler 1, from the same sources.
// Library N is for programs that compiler N makes, and made by it. Both never changed their meaning but for library 0: to 1.88 it
// is the library of the sources, made by the compiler at hand; from 1.89 on it is that compiler's own (change 119899 of bootstrap).
// Tool N (cargo, clippy, rustfmt …) was made *by* compiler N; from 1.87 on it *belongs to* compiler N, and N-1 makes it.
import type { Rule, RustcProblem } from './problem.ts';
import { isFrom, type NumberedVersion, type Release } from './release.ts';

/** Which compiler does the work: the one at hand, the one it makes, or the one that makes in turn. */
export type Maker = 'stage0' | 'stage1' | 'stage2';

export type Product = 'compiler' | 'library' | 'tool';

const numbers: Readonly<Record<Maker, number>> = { stage0: 0, stage1: 1, stage2: 2 };

/** Since when a tool is numbered as the compiler that it belongs to. */
const toolsCountedWithCompiler: Rule = {
    release: '1.87',
    source: '`get_tool_target_compiler` in src/bootstrap/src/core/build_steps/tool.rs of 1.90.0; Guix takes `--stage 2` for cargo from 1.87 on',
};

/**
 * The number to give to `--stage` so that `maker` makes the product. A library that the compiler at hand makes is a matter of
 * cross-compiling: from 1.91 on that asks for `build.local-rebuild` and a compiler of the same sources.
 */
export function stageFor(release: NumberedVersion, product: Product, maker: Maker): number {
    const by = numbers[maker];
    if (product === 'library') return by;
    if (product === 'compiler') return by + 1;
    return isFrom(release, toolsCountedWithCompiler.release) ? by + 1 : by;
}

/** What x.py takes when `--stage` and the settings `build.VERB-stage` are left away, without a downloaded compiler. */
export function defaultStage(release: Release, verb: string): number {
    const isNew = isFrom(release, '1.90');
    const stages: Readonly<Record<string, number>> = {
        bench: 2,
        build: 1,
        check: isNew ? 1 : 0,
        clippy: isNew ? 1 : 0,
        dist: 2,
        doc: isNew ? 1 : 0,
        fix: isNew ? 1 : 0,
        install: 2,
        miri: 1,
        perf: 1,
        test: 1,
    };
    return stages[verb] ?? 0;
}

/** Since when a verb refuses stage 0. */
const leastStages: Readonly<Record<string, Rule>> = {
    build: { release: '1.90', source: 'change 142581 of bootstrap' },
    check: { release: '1.90', source: 'change 143048 of bootstrap' },
    clippy: { release: '1.91', source: 'change 145131 of bootstrap' },
    dist: { release: '1.91', source: 'change 145472 of bootstrap' },
    doc: { release: '1.91', source: 'change 145011 of bootstrap' },
    install: { release: '1.91', source: 'change 145472 of bootstrap' },
    test: { release: '1.91', source: 'change 145663 of bootstrap' },
};

/**
 * A stage that the verb of this release refuses. With a compiler of the same sources and `build.local-rebuild` set, stage 0 is
 * possible from 1.91 on, but for tests.
 */
export function checkStage(
    release: Release,
    verb: string,
    stage: number,
    { isLocalRebuild }: { readonly isLocalRebuild: boolean },
): readonly RustcProblem[] {
    const rule = leastStages[verb];
    if (stage > 0 || rule === undefined || !isFrom(release, rule.release)) return [];
    if (isLocalRebuild && verb !== 'test' && isFrom(release, '1.91')) return [];
    return [
        {
            code: 'rustc/wrong-stage',
            severity: 'error',
            message: `x.py ${verb} of ${release.version} makes nothing with stage 0 (rule since ${rule.release}: ${rule.source})`,
            help: 'take stage 1 for what the compiler at hand makes, 2 for what the new compiler makes',
            rule,
        },
    ];
}
