// Calls of x.py, release by release: verbs, options, and what stages mean.
import { describe, expect, test } from 'vitest';
import { type Release, releaseOf } from '../../../compiler/rustc/release.ts';
import { checkStage, defaultStage, stageFor } from '../../../compiler/rustc/stages.ts';
import { checkXpy, optionState, verbsOf } from '../../../compiler/rustc/x-py.ts';

function release(version: string): Release {
    const found = releaseOf(version);
    if (found === undefined) throw new Error(version);
    return found;
}

function told(version: string, words: string): string[] {
    return checkXpy(release(version), words.split(' ')).map(({ severity, help }) => `${severity}: ${help}`);
}

test('verbs come and go', () => {
    expect(verbsOf(release('1.63.0'))).not.toContain('vendor');
    expect(verbsOf(release('1.85.1'))).toContain('suggest');
    expect(verbsOf(release('1.95.0'))).not.toContain('suggest');
    expect(verbsOf(release('1.95.0'))).toContain('vendor');
});

describe('a call', () => {
    test.each([
        ['1.63.0', 'build --stage 2 --jobs 4 library/std', []],
        ['1.63.0', 'install --build-dir=/b', [expect.stringMatching(/^error: take one of --build, /)]],
        ['1.95.0', 'install --stge 2', ['error: did you mean `--stage`?']],
        ['1.95.0', 'instal', ['error: did you mean `install`?']],
        ['1.95.0', 'suggest', [expect.stringMatching(/^error: take one of bench, build/)]],
        ['1.85.1', 'test --rustc-args -g', ['error: write `--compiletest-rustc-args`']],
        ['1.85.1', 'test --no-doc', []],
        ['1.97.1', 'test --no-doc', ['warning: write `--all-targets`']],
        ['1.97.1', 'build --no-doc', [expect.stringMatching(/^error: /)]],
        ['1.95.0', 'test --no-fail-fast -- --made-up', []],
        ['1.80.0', 'build --llvm-skip-rebuild', []],
    ])('of %s: %s', (version, words, expected) => {
        expect(told(version, words)).toEqual(expected);
    });

    test('between two samples that differ is not judged', () => {
        expect(optionState(release('1.80.0'), 'build', '--llvm-skip-rebuild')).toBe('unsure');
        expect(optionState(release('1.80.0'), 'test', '--bless')).toBe('there');
        expect(optionState(release('1.80.0'), 'build', '--bless')).toBe('missing');
    });
});

describe('stages', () => {
    test.each([
        ['1.85.1', 'compiler', 'stage0', 1],
        ['1.85.1', 'compiler', 'stage1', 2],
        ['1.95.0', 'compiler', 'stage1', 2],
        ['1.85.1', 'library', 'stage1', 1],
        ['1.85.1', 'tool', 'stage1', 1],
        ['1.86.0', 'tool', 'stage1', 1],
        ['1.87.0', 'tool', 'stage1', 2],
        ['1.95.0', 'tool', 'stage0', 1],
    ] as const)('of %s: %s made by %s is %i', (version, product, maker, stage) => {
        expect(stageFor(release(version), product, maker)).toBe(stage);
    });

    test('have defaults', () => {
        expect(defaultStage(release('1.85.1'), 'doc')).toBe(0);
        expect(defaultStage(release('1.90.0'), 'doc')).toBe(1);
        expect(defaultStage(release('1.95.0'), 'install')).toBe(2);
        expect(defaultStage(release('1.95.0'), 'fmt')).toBe(0);
    });

    test.each([
        ['1.85.1', 'build', false, 0],
        ['1.90.0', 'build', false, 1],
        ['1.90.0', 'dist', false, 0],
        ['1.91.0', 'dist', false, 1],
        ['1.91.0', 'dist', true, 0],
        ['1.91.0', 'test', true, 1],
        ['1.95.0', 'run', false, 0],
    ])('of %s: x.py %s with stage 0 (same sources: %s) gives %i problems', (version, verb, isLocalRebuild, count) => {
        expect(checkStage(release(version), verb, 0, { isLocalRebuild })).toHaveLength(count);
        expect(checkStage(release(version), verb, 1, { isLocalRebuild })).toEqual([]);
    });
});
