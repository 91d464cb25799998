// Targets and their processors, and what changed without a change of words.
import { describe, expect, test } from 'vitest';
import { meaningChanges, meaningChangesBetween } from '../../../compiler/rustc/meaning-changes.ts';
import { type Release, releaseOf, sampledReleases } from '../../../compiler/rustc/release.ts';
import { checkTarget, targetFacts, type WantedTarget } from '../../../compiler/rustc/targets.ts';

function release(version: string): Release {
    const found = releaseOf(version);
    if (found === undefined) throw new Error(version);
    return found;
}

describe('a target', () => {
    test('stands for a processor', () => {
        expect(targetFacts(release('1.85.1'), 'i686-unknown-linux-gnu')).toMatchObject({
            cpu: 'pentium4',
            needs: [],
            tier: 1,
            hostTools: true,
        });
        expect(targetFacts(release('1.87.0'), 'i686-unknown-linux-gnu')?.needs).toEqual(['sse2']);
        expect(targetFacts(release('1.95.0'), 'i586-unknown-linux-gnu')).toMatchObject({ cpu: 'pentium', needs: [] });
        expect(targetFacts(release('1.98.1'), 'powerpc64-unknown-linux-gnu')?.cpu).toBe('pwr4');
        expect(targetFacts(release('1.63.0'), 's390x-unknown-linux-gnu')?.features).toEqual(['-vector']);
        expect(targetFacts(release('1.85.1'), 's390x-unknown-linux-gnu')?.features).toEqual([]);
    });

    test('is there in some releases', () => {
        expect(targetFacts(release('1.63.0'), 'loongarch64-unknown-linux-gnu')).toBeUndefined();
        expect(targetFacts(release('1.63.0'), 'wasm32-wasi')).toBeDefined();
        expect(targetFacts(release('1.85.1'), 'wasm32-wasi')).toBeUndefined();
        expect(targetFacts(release('1.85.1'), 'z80-unknown-none')).toBeUndefined();
    });

    test.each<[string, WantedTarget, string | undefined]>([
        ['1.85.1', { triple: 'i686-unknown-linux-gnu', cpu: 'pentiumpro' }, undefined],
        ['1.86.0', { triple: 'i686-unknown-linux-gnu', cpu: 'pentiumpro' }, 'warning'],
        ['1.87.0', { triple: 'i686-unknown-linux-gnu', cpu: 'pentiumpro' }, 'error'],
        ['1.95.0', { triple: 'i686-unknown-freebsd', features: ['-sse2'] }, 'error'],
        ['1.95.0', { triple: 'i686-unknown-linux-gnu', cpu: 'pentiumpro', features: ['+sse2'] }, undefined],
        ['1.95.0', { triple: 'i686-unknown-linux-gnu', cpu: 'nehalem' }, undefined],
        ['1.95.0', { triple: 'i586-unknown-linux-gnu', cpu: 'pentium-mmx' }, undefined],
        ['1.95.0', { triple: 'i586-unknown-linux-gnu', cpu: 'pentium4' }, 'warning'],
        ['1.95.0', { triple: 'i586-unknown-linux-gnu', features: ['+sse2'] }, 'warning'],
        ['1.95.0', { triple: 'x86_64-unknown-linux-gnu', features: ['-sse2'] }, 'error'],
        ['1.95.0', { triple: 'x86_64-unknown-linux-gnu', cpu: 'x86-64-v3' }, undefined],
        ['1.95.0', { triple: 'aarch64-unknown-linux-gnu', features: ['-neon'] }, 'error'],
        ['1.85.1', { triple: 'wasm32-wasi' }, 'error'],
        ['1.63.0', { triple: 'wasm32-wasip1' }, 'error'],
        ['1.95.0', { triple: 'x86_64-made-up', features: ['-sse2'] }, undefined],
    ])('of %s wished as %j: %s', (version, wanted, severity) => {
        const [problem] = checkTarget(release(version), wanted);
        expect(problem?.severity).toBe(severity);
    });

    test('that contradicts itself is told which one to take', () => {
        const [problem] = checkTarget(release('1.95.0'), { triple: 'i686-unknown-linux-gnu', cpu: 'pentium3' });
        expect(problem?.help).toContain('i586-unknown-linux-gnu');
        expect(problem?.message).toContain('change 135408');
        expect(checkTarget(release('1.85.1'), { triple: 'wasm32-wasi' })[0]?.help).toBe('build for wasm32-wasip1');
    });
});

describe('changes of meaning', () => {
    test('lie between samples that were read', () => {
        for (const { before, seen } of meaningChanges) {
            expect(sampledReleases).toContain(before);
            expect(sampledReleases[sampledReleases.indexOf(before) + 1]).toBe(seen);
        }
    });

    test('are those on the way', () => {
        const between = (older: string, newer: string): readonly string[] =>
            meaningChangesBetween(release(older), release(newer)).flatMap(({ about }) => about);
        expect(between('1.85.1', '1.85.1')).toEqual([]);
        expect(between('1.95.0', '1.96.1')).toEqual(['x.py']);
        expect(between('1.89.0', '1.90.0')).toContain('rust.lld');
        expect(between('1.63.0', '1.98.1').length).toBeGreaterThan(meaningChanges.length);
        expect(between('1.90.0', '1.89.0')).toEqual([]);
    });
});
