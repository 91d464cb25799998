import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { factsFor } from '../../../compiler/facts.ts';
import { targets } from '../../../compiler/targets.ts';
import { check, recipe } from './check.ts';

/** What rustc calls by its own, shorter names. */
const narrower: Readonly<Record<string, string>> = {
    bpfeb: 'bpf',
    bpfel: 'bpf',
    powerpc64le: 'powerpc64',
    mipsel: 'mips',
    mips64el: 'mips64',
};

function rustc(...argv: readonly string[]): string | undefined {
    const { status, stdout } = spawnSync(process.env['RUSTC'] ?? 'rustc', argv, { encoding: 'utf8' });
    return status === 0 ? stdout : undefined;
}

const known = new Set(rustc('--print', 'target-list')?.split('\n'));

describe('the table of targets', () => {
    it.skipIf(known.size === 0)('has only targets that rustc knows', () => {
        expect([...targets.keys()].filter((triple) => !known.has(triple))).toEqual([]);
    });

    it.skipIf(known.size === 0).each([...targets.values()])('says of $triple what rustc says', (target) => {
        const lines = rustc('--print', 'cfg', '--target', target.triple)?.split('\n') ?? [];
        const cfg = Object.fromEntries(
            lines.flatMap((line) => {
                const [, name, value] = /^target_(arch|os|env|vendor|endian)="(.*)"$/.exec(line) ?? [];
                return name === undefined ? [] : [[name, value]];
            }),
        );
        const { os, env, vendor, endian } = target;
        expect({ arch: narrower[target.arch] ?? target.arch, os, env, vendor, endian }).toEqual(cfg);
    });
});

const words: readonly (readonly [triple: string, word: string, holds: boolean])[] = [
    ['x86_64-unknown-linux-gnu', 'amd64', true],
    ['x86_64-unknown-linux-gnu', 'x86_64', true],
    ['x86_64-unknown-linux-gnu', 'i386', false],
    ['i686-unknown-linux-gnu', 'i386', true],
    ['i586-unknown-linux-gnu', 'i686', true],
    ['i686-unknown-linux-musl', 'x86', true],
    ['aarch64-unknown-linux-musl', 'arm64', true],
    ['aarch64-unknown-linux-gnu', 'armhf', false],
    ['armv7-unknown-linux-gnueabihf', 'armhf', true],
    ['armv7-unknown-linux-gnueabihf', 'armv7', true],
    ['armv7-unknown-linux-gnueabihf', 'armel', false],
    ['arm-unknown-linux-musleabihf', 'armhf', true],
    ['arm-unknown-linux-musleabihf', 'armv7', false],
    ['armv5te-unknown-linux-gnueabi', 'armel', true],
    ['armv5te-unknown-linux-gnueabi', 'arm', true],
    ['powerpc64le-unknown-linux-gnu', 'ppc64el', true],
    ['powerpc64le-unknown-linux-gnu', 'ppc64le', true],
    ['powerpc64le-unknown-linux-gnu', 'powerpc64', false],
    ['powerpc64-unknown-linux-gnu', 'ppc64', true],
    ['riscv64gc-unknown-linux-gnu', 'riscv64', true],
    ['loongarch64-unknown-linux-gnu', 'loong64', true],
    ['mips64el-unknown-linux-gnuabi64', 'mips64le', true],
    ['s390x-unknown-linux-gnu', 's390x', true],
    ['wasm32-wasip1', 'wasm', true],
    ['bpfel-unknown-none', 'bpf', true],
];

describe('words for architectures', () => {
    it.each(words)('%s is %s: %s', async (target, word, holds) => {
        const text = recipe('generic', `when target.arch == ${word} {`, '    env.A = "1"', '}');
        const { evaluated, diagnostics } = await check({ 'main.rpkg': text }, { target });
        expect(diagnostics).toEqual([]);
        expect(evaluated?.fields.has('env.A')).toBe(holds);
    });
});

describe('factsFor', () => {
    it('names a near triple', () => {
        const { facts, diagnostics } = factsFor({
            target: 'x86_64-unknown-linux-gun',
            host: 'x86_64-unknown-linux-gnu',
        });
        expect(facts).toBeUndefined();
        expect(diagnostics.map(({ code, help }) => [code, help])).toEqual([
            ['fact/unknown-target', 'did you mean `x86_64-unknown-linux-gnu`?'],
        ]);
    });

    it('says once what is wrong with both', () => {
        expect(factsFor({ target: 'nonsense', host: 'nonsense' }).diagnostics).toHaveLength(1);
    });
});
