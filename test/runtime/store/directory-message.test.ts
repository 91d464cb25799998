import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DirectoryMessage, encodeDirectory } from '../../../runtime/store/directory-message.ts';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const none = { files: [], directories: [], symlinks: [] };

/** Lengths and hashes of the bytes that protobufjs 7 gives for the same messages, its lists put in byte order by hand. */
const vectors: readonly { name: string; message: DirectoryMessage; length: number; hash: string }[] = [
    {
        name: 'empty',
        message: none,
        length: 0,
        hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    },
    {
        name: 'one file',
        message: {
            ...none,
            files: [{ name: 'hello', digest: { hex: sha256('hello\n'), size: 6 }, executable: false }],
        },
        length: 79,
        hash: '6f3ecc98dd7d293b367af8bec88240a7fe400df7bdd1ac75578fd26535eb9610',
    },
    {
        name: 'an empty file: no size',
        message: { ...none, files: [{ name: 'zero', digest: { hex: sha256(''), size: 0 }, executable: false }] },
        length: 76,
        hash: '46869d5fca4277233b071d20902c6dd9af062d5189651334a546ef95a0a8b485',
    },
    {
        name: 'everything, out of order, with names that UTF-16 would sort otherwise',
        message: {
            files: [
                { name: '\u{10000}', digest: { hex: sha256('z'), size: 127 }, executable: false },
                { name: '\uE000', digest: { hex: sha256('y'), size: 2 ** 40 }, executable: false },
                { name: 'a', digest: { hex: sha256('x'), size: 300 }, executable: true },
            ],
            directories: [
                { name: 'sub', digest: { hex: sha256('s'), size: 128 } },
                { name: 'empty', digest: { hex: sha256(''), size: 0 } },
            ],
            symlinks: [
                { name: 'long'.repeat(40), target: 't'.repeat(200) },
                { name: 'l', target: '../x' },
            ],
        },
        length: 773,
        hash: 'cbc156038777da66b362496385f62db6aea0aba992c20beb001c2ce90768e8ab',
    },
];

describe('the Directory message', () => {
    it.each(vectors)('has the known bytes: $name', ({ message, length, hash }) => {
        const bytes = encodeDirectory(message);
        expect(bytes.length).toBe(length);
        expect(sha256(bytes)).toBe(hash);
    });

    it('is exactly this for one file, written out by hand', () => {
        const hex = sha256('hello\n');
        const digest = Buffer.concat([Buffer.of(0x0a, 64), Buffer.from(hex), Buffer.of(0x10, 6)]);
        const node = Buffer.concat([Buffer.of(0x0a, 5), Buffer.from('hello'), Buffer.of(0x12, digest.length), digest]);
        const message = { ...none, files: [{ name: 'hello', digest: { hex, size: 6 }, executable: false }] };
        expect(encodeDirectory(message)).toEqual(Buffer.concat([Buffer.of(0x0a, node.length), node]));
    });

    it('does not depend on the order of its lists', () => {
        const names = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), { maxLength: 12 });
        fc.assert(
            fc.property(names, fc.integer({ min: 0, max: 2 ** 53 - 1 }), (list, size) => {
                const files = list.map((name) => ({
                    name,
                    digest: { hex: sha256(name), size },
                    executable: size % 2 === 1,
                }));
                const forth = encodeDirectory({ ...none, files });
                expect(encodeDirectory({ ...none, files: files.toReversed() })).toEqual(forth);
            }),
        );
    });
});
