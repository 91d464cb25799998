// The table of AArch64 against the assembler: without the extension it refuses what the table says needs it, with it it does not.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { aarch64 } from '../../../runtime/isa/aarch64.ts';
import { classifier } from '../../../runtime/isa/classify.ts';
import { freshFolder } from '../../support/fresh-folder.ts';

const [assembler] = ['aarch64-linux-gnu-as', ...(process.arch === 'arm64' ? ['as'] : [])].filter(
    (name) => spawnSync(name, ['--version']).status === 0,
);
if (assembler === undefined) console.warn('SKIPPED: no assembler for aarch64; install binutils-aarch64-linux-gnu');
const classify = classifier(aarch64);

/** Set, option of the assembler, instructions as objdump writes them. */
const needing: readonly (readonly [set: string, option: string, instructions: readonly string[]])[] = [
    [
        'lse',
        'armv8-a+lse',
        [
            'cas w0, w1, [x2]',
            'casal x0, x1, [x2]',
            'swpalb w0, w1, [x2]',
            'ldadd x0, x1, [x2]',
            'stclr w0, [x1]',
            'ldumaxlh w0, w1, [x2]',
            'casp x0, x1, x2, x3, [x4]',
        ],
    ],
    ['crc', 'armv8-a+crc', ['crc32cx w0, w1, x2', 'crc32b w0, w1, w2']],
    [
        'aes',
        'armv8-a+crypto',
        ['aese v0.16b, v1.16b', 'aesimc v0.16b, v1.16b', 'pmull v0.1q, v1.1d, v2.1d', 'pmull2 v0.1q, v1.2d, v2.2d'],
    ],
    ['sha2', 'armv8-a+crypto', ['sha256h q0, q1, v2.4s', 'sha1c q0, s1, v2.4s']],
    ['sha512', 'armv8.2-a+sha3', ['sha512h q0, q1, v2.2d']],
    ['sha3', 'armv8.2-a+sha3', ['eor3 v0.16b, v1.16b, v2.16b, v3.16b', 'rax1 v0.2d, v1.2d, v2.2d']],
    ['sm4', 'armv8.2-a+sm4', ['sm4e v0.4s, v1.4s', 'sm3partw1 v0.4s, v1.4s, v2.4s']],
    ['rdm', 'armv8-a+rdma', ['sqrdmlah v0.4s, v1.4s, v2.4s']],
    ['dotprod', 'armv8.2-a+dotprod', ['udot v0.4s, v1.16b, v2.16b']],
    ['fp16', 'armv8.2-a+fp16', ['fadd v0.8h, v1.8h, v2.8h', 'fmul h0, h1, h2', 'fcvtzs v0.4h, v1.4h', 'scvtf h0, w1']],
    ['bf16', 'armv8.2-a+bf16', ['bfdot v0.4s, v1.8h, v2.8h']],
    ['i8mm', 'armv8.2-a+i8mm', ['smmla v0.4s, v1.16b, v2.16b', 'usdot v0.4s, v1.16b, v2.16b']],
    ['fcma', 'armv8.3-a', ['fcadd v0.4s, v1.4s, v2.4s, #90']],
    ['jscvt', 'armv8.3-a', ['fjcvtzs w0, d1']],
    ['rcpc', 'armv8-a+rcpc', ['ldapr w0, [x1]', 'ldaprh w0, [x1]']],
    ['pauth', 'armv8.3-a', ['retaa', 'braa x0, x1', 'blraaz x0', 'pacia x0, x1', 'autdza x0', 'xpaci x0']],
    ['flagm', 'armv8.4-a', ['cfinv', 'setf8 w0']],
    ['frintts', 'armv8.5-a', ['frint32z s0, s1']],
    ['sb', 'armv8-a+sb', ['sb']],
    ['memtag', 'armv8.5-a+memtag', ['irg x0, x1', 'stg x0, [x0]', 'addg x0, x1, #16, #1']],
    [
        'sve',
        'armv8-a+sve',
        [
            'ptrue p0.b',
            'ld1w {z0.s}, p0/z, [x0]',
            'whilelo p0.s, x0, x1',
            'cntd x0',
            'rdvl x0, #1',
            'fadd z0.s, z0.s, z1.s',
        ],
    ],
    ['mops', 'armv8.8-a+mops', ['cpyp [x0]!, [x1]!, x2!', 'setm [x0]!, x1!, x2']],
];

function takes(option: string, instruction: string): boolean {
    const folder = freshFolder();
    fs.writeFileSync(`${folder}/a.s`, `${instruction}\n`);
    const words = [`-march=${option}`, '-o', `${folder}/a.o`, `${folder}/a.s`];
    return spawnSync(assembler ?? '', words, { encoding: 'utf8' }).status === 0;
}

test.runIf(assembler !== undefined).each(needing)('%s', (set, option, instructions) => {
    for (const instruction of instructions) {
        expect({ instruction, base: takes('armv8-a', instruction), more: takes(option, instruction) }).toEqual({
            instruction,
            base: false,
            more: true,
        });
        expect({ instruction, sets: classify(instruction.replace(' ', '\t')) }).toEqual({ instruction, sets: [set] });
    }
});

test('hints do no harm, and what every processor has needs nothing', () => {
    expect(['bti\tc', 'paciasp', 'autiasp', 'xpaclri'].map((text) => classify(text))).toEqual([
        ['bti'],
        ['pac-hint'],
        ['pac-hint'],
        ['pac-hint'],
    ]);
    const basic = [
        'add\tx0, x1, x2',
        'ldr\tq0, [x1]',
        'fcvt\td0, h0',
        'ldxr\tw0, [x1]',
        'pmull\tv0.8h, v1.8b, v2.8b',
        'ret',
    ];
    expect(basic.filter((text) => classify(text)?.length !== 0)).toEqual([]);
});
