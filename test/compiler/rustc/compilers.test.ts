// What a release can be built with: LLVM, the compiler at hand, its cargo, and the file that pins them.
import { describe, expect, test } from 'vitest';
import { checkLlvm, llvmMajor, llvmWindow } from '../../../compiler/rustc/llvm.ts';
import { readPinFile } from '../../../compiler/rustc/pin-file.ts';
import { type Release, releaseOf } from '../../../compiler/rustc/release.ts';
import { checkCargoPair, checkStage0, stage0Window } from '../../../compiler/rustc/stage0.ts';

function release(version: string): Release {
    const found = releaseOf(version);
    if (found === undefined) throw new Error(version);
    return found;
}

describe('LLVM', () => {
    test.each([
        ['1.63.0', 12, 14, 14],
        ['1.74.1', 15, 17, 17],
        ['1.85.1', 18, 19, 19],
        ['1.95.0', 20, 22, 22],
        ['1.97.1', 21, 22, 22],
        ['1.98.1', 21, 22, 23],
        ['1.150.0', 21, 22, 22],
    ])('of %s is from %i to %i, and known to work up to %i', (version, oldest, bundled, newestProven) => {
        expect(llvmWindow(release(version))).toMatchObject({ oldest, bundled, newestProven });
    });

    test.each([
        ['1.85.1', '19.1.7', undefined],
        ['1.85.1', '18.1.8', undefined],
        ['1.85.1', '17.0.6', 'error'],
        ['1.85.1', '21.1.0', 'warning'],
        ['1.97.1', '23.1.0', 'error'],
        ['1.97.1', '21.1.8', 'warning'],
        ['1.98.1', '23.1.1', undefined],
        ['1.95.0', 'newest', 'error'],
    ])('%s with LLVM %s: %s', (version, llvm, severity) => {
        const [problem] = checkLlvm(release(version), llvm);
        expect(problem?.severity).toBe(severity);
        if (problem !== undefined) expect(problem).toMatchObject({ code: 'rustc/wrong-llvm', rule: problem.rule });
    });

    test('versions are what llvm-config prints', () => {
        expect(llvmMajor('19.1.7\n')).toBe(19);
        expect(llvmMajor('22.0.0git')).toBe(22);
        expect(llvmMajor('trunk')).toBeUndefined();
    });
});

describe('the compiler at hand', () => {
    test.each([
        ['1.85.1', '1.84.0', '1.84.1', 0, false],
        ['1.85.1', '1.85.0', '1.85.0', 0, true],
        ['1.85.1', '1.85.1-nightly', undefined, 0, true],
        ['1.85.1', '1.83.0', undefined, 1, false],
        ['1.85.1', '1.86.0', '1.86.0', 2, false],
        ['1.85.1', '1.84.0', '0.85.0', 0, false],
        ['1.85.1', '1.84.0', '0.84.0', 1, false],
        ['1.63.0', '1.61.0', undefined, 1, false],
        ['1.63.0', 'system', undefined, 1, false],
    ])('for %s: rustc %s, cargo %s', (version, rustc, cargo, wrong, isSameRelease) => {
        const answer = checkStage0(release(version), rustc, cargo);
        expect(answer.problems).toHaveLength(wrong);
        expect(answer.isSameRelease).toBe(isSameRelease);
    });

    test('that is too old is told which releases lie in between', () => {
        expect(checkStage0(release('1.85.1'), '1.63.0').problems[0]?.help).toContain(
            '`rpkg lineage rustc 1.85.1 --have 1.63.0`',
        );
        expect(checkStage0(release('1.85.1'), '1.90.0').problems[0]?.help).toBe('give a rustc of 1.84 or 1.85');
    });

    test('is looked at by bootstrap itself only in newer releases', () => {
        expect(stage0Window(release('1.63.0'))).toMatchObject({ previous: '1.62', same: '1.63', isChecked: false });
        expect(stage0Window(release('1.85.1'))).toMatchObject({ previous: '1.84', isChecked: true });
    });

    test('has a cargo of its own', () => {
        expect(checkCargoPair(release('1.85.1'), '0.86.0')).toEqual([]);
        expect(checkCargoPair(release('1.85.1'), '0.85.0')).toMatchObject([{ code: 'rustc/unpaired-cargo' }]);
        expect(checkCargoPair(release('1.85.1'), 'x')).toHaveLength(1);
    });
});

describe('the pin file', () => {
    const hash = '0123456789abcdef'.repeat(4);
    const path = 'dist/2025-01-09/rust-std-1.84.0-i686-unknown-linux-gnu.tar.xz';
    const download = {
        path,
        sha256: hash,
        component: 'rust-std',
        version: '1.84.0',
        target: 'i686-unknown-linux-gnu',
        compression: 'xz',
    };
    const compiler = { version: '1.84.0', date: '2025-01-09' };

    test('as lines', () => {
        const text = `dist_server=https://dist.example/\n\n# words = here\ncompiler_date=2025-01-09\ncompiler_version=1.84.0\n\n${path}=${hash}\n`;
        expect(readPinFile(text)).toEqual({
            format: 'lines',
            compiler,
            rustfmt: undefined,
            server: 'https://dist.example',
            downloads: [download],
        });
    });

    test('as JSON', () => {
        const rustfmt = { version: 'nightly', date: '2025-01-01' };
        const text = JSON.stringify({
            config: { dist_server: 'https://dist.example' },
            compiler,
            rustfmt,
            checksums_sha256: { [path]: hash, 'dist/x': 'short' },
        });
        expect(readPinFile(text)).toEqual({
            format: 'json',
            compiler,
            rustfmt,
            server: 'https://dist.example',
            downloads: [download],
        });
    });

    test('as text', () => {
        expect(readPinFile('# comment\ndate: 2021-06-17\nrustc: 1.53.0\ncargo: 1.53.0\n')).toMatchObject({
            format: 'text',
            compiler: { version: '1.53.0', date: '2021-06-17' },
            downloads: [],
        });
    });

    test.each(['', '{', '{}', 'compiler_version=1.84.0', '[]', '{"compiler":{"version":1}}'])('is not %j', (text) => {
        expect(readPinFile(text)).toBeUndefined();
    });
});
