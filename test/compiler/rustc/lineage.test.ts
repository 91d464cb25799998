// From the compiler at hand to the wanted release.
import { describe, expect, test } from 'vitest';
import { type Lineage, lineageOf, type LineageChoice } from '../../../compiler/rustc/lineage.ts';
import { llvmWindow } from '../../../compiler/rustc/llvm.ts';
import { checkStage0 } from '../../../compiler/rustc/stage0.ts';
import { releaseOf, versionNumbers } from '../../../compiler/rustc/release.ts';
import { guixChain, guixPoints } from './guix-chain.ts';

function lineage(have: string, want: string, choice: LineageChoice = {}): Lineage {
    const answer = lineageOf(have, want, choice);
    if (!answer.ok) throw new Error(answer.problem.message);
    return answer.lineage;
}

function versions(have: string, want: string, choice: LineageChoice = {}): string[] {
    return lineage(have, want, choice).links.map(({ version }) => version);
}

function code(have: string, want: string, choice: LineageChoice = {}): string | undefined {
    const answer = lineageOf(have, want, choice);
    return answer.ok ? undefined : answer.problem.code;
}

describe('the sequence', () => {
    test('from what mrustc builds is that of Guix', () => {
        expect(versions('1.54.0', '1.85.1', { via: guixPoints })).toEqual(guixChain);
        expect(versions('1.74.0', '1.85.1', { via: guixPoints })).toEqual(guixChain.slice(guixChain.indexOf('1.75.0')));
    });

    test.each(['1.54.0', '1.74.0'])('from %s to 1.98 has one link for each minor version, in order', (have) => {
        const first = versionNumbers(have)?.minor ?? 0;
        const minors = versions(have, '1.98').map((version) => versionNumbers(version)?.minor);
        expect(minors).toEqual(Array.from({ length: 98 - first }, (_, at) => first + 1 + at));
    });

    test('is one in which each builds the next', () => {
        const { links } = lineage('1.62.1', '1.98.1');
        for (const { version, stage0 } of links) {
            const release = releaseOf(version);
            expect(release === undefined ? ['?'] : checkStage0(release, stage0).problems).toEqual([]);
        }
        expect(links.map(({ stage0 }) => stage0)).toEqual([
            '1.62.1',
            ...links.slice(0, -1).map(({ version }) => version),
        ]);
    });

    test('of the same minor version is one link, or none', () => {
        expect(versions('1.85.0', '1.85.1')).toEqual(['1.85.1']);
        expect(versions('1.85.1', '1.85.0')).toEqual(['1.85.0']);
        expect(versions('1.85.1', '1.85')).toEqual([]);
    });

    test('can end with the wanted release by itself', () => {
        expect(versions('1.84.1', '1.85.1', { byItself: true })).toEqual(['1.85.1', '1.85.1']);
        expect(versions('1.85.1', '1.85.1', { byItself: true })).toEqual(['1.85.1']);
    });

    test('ends with exactly the wanted release', () => {
        expect(versions('1.84.0', '1.85.0')).toEqual(['1.85.0']);
        expect(versions('1.83.0', '1.85.1', { via: ['1.84.0'] })).toEqual(['1.84.0', '1.85.1']);
        expect(lineage('1.98.0', '1.140.0')).toMatchObject({ note: expect.stringContaining('newer') as string });
    });

    test.each([
        ['1.85.1', '1.84.0', {}, 'rustc/wrong-stage0'],
        ['1.20.0', '1.84.0', {}, 'rustc/unknown-release'],
        ['1.84.0', 'stable', {}, 'rustc/unknown-release'],
        ['1.80.0', '1.84.0', { via: ['1.84.1'] }, 'rustc/unknown-release'],
        ['1.80.0', '1.84.0', { via: ['x'] }, 'rustc/unknown-release'],
    ])('from %s to %s by way of %j: %s', (have, want, choice, expected) => {
        expect(code(have, want, choice)).toBe(expected);
    });
});

describe('a link', () => {
    test('builds what the next one needs, the last one everything', () => {
        const { links } = lineage('1.85.0', '1.88.0');
        expect(links.map(({ builds, stage }) => [builds.length, stage])).toEqual([
            [2, 1],
            [2, 2],
            [1, 2],
        ]);
        expect(links.map(({ cargo }) => cargo)).toEqual(['0.87', '0.88', '0.89']);
    });

    test('has an LLVM inside of its window, and few changes of it', () => {
        const { links } = lineage('1.54.0', '1.98.1');
        for (const { version, llvm } of links) {
            const numbers = versionNumbers(version) ?? { minor: 0, patch: 0 };
            const { oldest, newestProven } = llvmWindow(numbers);
            expect(llvm.major).toBeGreaterThanOrEqual(oldest);
            expect(llvm.major).toBeLessThanOrEqual(newestProven);
        }
        expect(new Set(links.map(({ llvm }) => llvm.major)).size).toBe(6);
        expect(links.filter(({ isKnown }) => !isKnown)).toHaveLength(8);
    });

    test('takes the LLVM that is at hand, or the one in its sources', () => {
        const { links } = lineage('1.84.0', '1.88.0', { llvm: [19] });
        expect(links.map(({ llvm }) => llvm.major)).toEqual([19, 19, 19, 19]);
        const own = lineage('1.84.0', '1.88.0', { llvm: [18] }).links;
        expect(own.map(({ llvm }) => llvm.major)).toEqual([18, 18, 18, undefined]);
        expect(own[3]?.estimate.coreMinutes[0]).toBeGreaterThan(links[3]?.estimate.coreMinutes[1] ?? 0);
    });
});
