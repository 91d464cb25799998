// The filter as the kernel sees it: a small interpreter of classic BPF runs it on made-up system calls. Whether the
// kernel agrees is what escape.test.ts shows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FilterArchitecture, filterArchitecture, seccompFilter } from '../../../runtime/sandbox/seccomp.ts';

interface Call {
    readonly audit: number;
    readonly number: number;
    readonly words: readonly bigint[];
}

const allow = 0x7fff0000;
const errors = { EPERM: 1, ENOSYS: 38, EOPNOTSUPP: 95, EAFNOSUPPORT: 97 } as const;
const audits = { x86_64: 0xc000003e, aarch64: 0xc00000b7 } as const;

/** What the filter answers: `allow` or the name of an errno. */
function answerTo(filter: Uint8Array, { audit, number, words }: Call): string {
    const data = Buffer.alloc(64);
    data.writeUInt32LE(number, 0);
    data.writeUInt32LE(audit, 4);
    for (const [index, word] of words.entries()) data.writeBigUInt64LE(BigInt.asUintN(64, word), 16 + index * 8);
    const program = Buffer.from(filter);
    let accumulator = 0;
    for (let at = 0; at < program.length / 8; at++) {
        const code = program.readUInt16LE(at * 8);
        const value = program.readUInt32LE(at * 8 + 4);
        const skip = (condition: boolean): number => program.readUInt8(at * 8 + (condition ? 2 : 3));
        if (code === 0x20) accumulator = data.readUInt32LE(value);
        else if (code === 0x05) at += value;
        else if (code === 0x15) at += skip(accumulator === value);
        else if (code === 0x35) at += skip(accumulator >= value);
        else if (code === 0x45) at += skip((accumulator & value) !== 0);
        else if (code === 0x06) return nameOf(value);
        else throw new Error(`unknown instruction ${code}`);
    }
    throw new Error('the program has no end');
}

function nameOf(answer: number): string {
    if (answer === allow) return 'allow';
    expect(answer & 0xffff0000).toBe(0x00050000);
    return Object.entries(errors).find(([, number]) => number === (answer & 0xffff))?.[0] ?? `errno ${answer & 0xffff}`;
}

type Row = readonly [
    name: string,
    x86_64: number,
    aarch64: number | undefined,
    words: readonly number[],
    answer: string,
];

const rows: readonly Row[] = [
    ['read', 0, 63, [0], 'allow'],
    ['openat with a wild mode', 257, 56, [0, 0, 0, 0o6777], 'allow'],
    ['execve', 59, 221, [], 'allow'],
    ['clone of a thread', 56, 220, [0x3d0f00], 'allow'],
    ['clone with a user namespace', 56, 220, [0x10000011], 'EPERM'],
    ['clone with a pid namespace', 56, 220, [0x20000000], 'EPERM'],
    ['clone3', 435, 435, [], 'ENOSYS'],
    ['unshare', 272, 97, [0], 'EPERM'],
    ['ptrace', 101, 117, [], 'EPERM'],
    ['keyctl', 250, 219, [], 'ENOSYS'],
    ['io_uring_setup', 425, 425, [], 'ENOSYS'],
    ['mount', 165, 40, [], 'EPERM'],
    ['setxattr', 188, 5, [], 'EOPNOTSUPP'],
    ['chmod 755', 90, undefined, [0, 0o755], 'allow'],
    ['chmod 4755', 90, undefined, [0, 0o4755], 'EPERM'],
    ['fchmod 2755', 91, 52, [0, 0o2755], 'EPERM'],
    ['fchmod 1777', 91, 52, [0, 0o1777], 'allow'],
    ['fchmodat 4755', 268, 53, [0, 0, 0o4755], 'EPERM'],
    ['fchmodat with a wild fourth word', 268, 53, [0, 0, 0o755, 0o6000], 'allow'],
    ['fchmodat2 6755', 452, 452, [0, 0, 0o6755], 'EPERM'],
    ['ioctl TCGETS', 16, 29, [0, 0x5401], 'allow'],
    ['ioctl TIOCSTI', 16, 29, [0, 0x5412], 'EPERM'],
    ['ioctl TIOCLINUX', 16, 29, [0, 0x541c], 'EPERM'],
    ['socket of AF_UNIX', 41, 198, [1], 'allow'],
    ['socket of AF_INET', 41, 198, [2], 'allow'],
    ['socket of AF_INET6', 41, 198, [10], 'allow'],
    ['socket of AF_NETLINK', 41, 198, [16], 'allow'],
    ['socket of AF_VSOCK', 41, 198, [40], 'EAFNOSUPPORT'],
    ['socket of AF_PACKET', 41, 198, [17], 'EAFNOSUPPORT'],
    ['personality, asking', 135, 92, [0xffffffff], 'allow'],
    ['personality, Linux', 135, 92, [0], 'allow'],
    ['personality, fixed addresses', 135, 92, [0x40000], 'EPERM'],
];

describe.each(['x86_64', 'aarch64'] as const)('on %s', (architecture) => {
    const filter = seccompFilter(architecture);
    const ask = (number: number, words: readonly number[] = [], audit: number = audits[architecture]): string =>
        answerTo(filter, { audit, number, words: words.map(BigInt) });

    test.each(rows.filter((row) => numberIn(row, architecture) !== undefined))('%s', (...row) => {
        expect(ask(numberIn(row, architecture) ?? -1, row[3])).toBe(row[4]);
    });

    test('calls of other architectures are unknown', () => {
        for (const audit of [0x40000003, audits.x86_64, audits.aarch64]) {
            if (audit !== audits[architecture]) expect(ask(0, [], audit)).toBe('ENOSYS');
        }
    });

    test('only the low half of a word counts, as in the kernel', () => {
        const chmod = architecture === 'x86_64' ? 91 : 52;
        const words = [0n, 0xdead_0000_0000_0000n | 0o4755n];
        expect(answerTo(filter, { audit: audits[architecture], number: chmod, words })).toBe('EPERM');
    });

    test('every call has an answer', () => {
        const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 600 }), fc.array(word, { maxLength: 6 }), (number, words) => {
                const answer = answerTo(filter, { audit: audits[architecture], number, words });
                expect(['allow', ...Object.keys(errors)]).toContain(answer);
            }),
        );
    });

    test('is short enough for the kernel', () => {
        expect(filter.length / 8).toBeLessThan(4096);
        expect(filter.length % 8).toBe(0);
    });
});

test('x32 calls are unknown', () => {
    expect(answerTo(seccompFilter('x86_64'), { audit: audits.x86_64, number: 0x40000000, words: [] })).toBe('ENOSYS');
});

test.each([
    ['x64', 'x86_64'],
    ['arm64', 'aarch64'],
    ['riscv64', undefined],
    ['ia32', undefined],
])('node calls it %s, the filter %s', (processor, architecture) => {
    expect(filterArchitecture(processor)).toBe(architecture);
});

function numberIn(row: Row, architecture: FilterArchitecture): number | undefined {
    return architecture === 'x86_64' ? row[1] : row[2];
}
