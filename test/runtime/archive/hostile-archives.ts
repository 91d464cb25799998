// Archives that no honest program writes, by row of the catalogue, and the rule that refuses each. Some rows hold the
// harmless neighbour of a refused case: it has no rule.
import * as zlib from 'node:zlib';
import type { ArchiveRules } from '../../../runtime/archive/read-archive.ts';
import {
    archive,
    directory,
    end,
    file,
    gnuLong,
    hardLink,
    link,
    member,
    pax,
    paxRecord,
    special,
} from '../../support/tar-bytes.ts';

export interface HostileArchive {
    readonly name: string;
    readonly bytes: () => Buffer;
    readonly rule?: string;
    readonly rules?: Partial<ArchiveRules>;
    /** Exactly the paths of an accepted archive. */
    readonly paths?: readonly string[];
}

/** Placeholder for the canary folder, replaced when the archives are made. */
export const canaryPath = '/rpkg-canary-folder-whose-name-is-as-long-as-needed';

const long = (length: number): string => 'n'.repeat(length);
const deep = (depth: number): string => 'd/'.repeat(depth);
const unreadable = Buffer.of(0x61, 0xff, 0x62);
const strip1 = { strip: 1 };

const paths: readonly HostileArchive[] = [
    { name: 'A01 ../x', bytes: () => archive(file('../x')), rule: 'path' },
    { name: 'A01 a/../../x', bytes: () => archive(file('a/../../x')), rule: 'path' },
    { name: 'A01 a/../b', bytes: () => archive(file('a/../b')), rule: 'path' },
    { name: 'A01 /abs', bytes: () => archive(file('/abs')), rule: 'path' },
    { name: 'A01 //abs', bytes: () => archive(file('//abs')), rule: 'path' },
    { name: 'A01 the canary itself', bytes: () => archive(file(`${canaryPath}/secret`)), rule: 'path' },
    { name: 'A01 a//b', bytes: () => archive(file('a//b')), rule: 'path' },
    { name: 'A01 a/./b', bytes: () => archive(file('a/./b')), rule: 'path' },
    { name: 'A01 ././a', bytes: () => archive(file('././a')), rule: 'path' },
    { name: 'A01 a file that ends in a slash', bytes: () => archive(file('a/', '')), rule: 'tar' },
    { name: 'A01 a link that ends in a slash', bytes: () => archive(link('a/', 'b')), rule: 'path' },
    { name: 'A01 a directory that ends in two', bytes: () => archive(directory('a//')), rule: 'path' },
    { name: 'A01 only dots', bytes: () => archive(file('..')), rule: 'path' },
    { name: 'A01 a file that is the root', bytes: () => archive(file('./')), rule: 'tar' },
    { name: 'A01 an empty name', bytes: () => archive(file('')), rule: 'path' },
    { name: 'A01 an empty pax name', bytes: () => archive(pax({ path: '' }), file('a')), rule: 'tar' },
    { name: 'A01 an empty long name', bytes: () => archive(gnuLong('L', ''), file('a')), rule: 'path' },
    { name: 'A01 NUL in a name', bytes: () => archive(file('a\0b')), rule: 'path' },
    { name: 'A01 NUL in a pax name', bytes: () => archive(pax({ path: 'a\0b' }), file('a')), rule: 'path' },
    { name: 'A01 NUL in a long name', bytes: () => archive(gnuLong('L', 'a\0b'), file('a')), rule: 'path' },
    { name: 'A01 ./ at the begin', bytes: () => archive(directory('./'), file('./a'), file('b')), paths: ['a', 'b'] },
    { name: 'A01 by prefix', bytes: () => archive(file('x', 'text', { prefix: '..' })), rule: 'path' },
    { name: 'A01 by a long name', bytes: () => archive(gnuLong('L', '../x'), file('a')), rule: 'path' },
    { name: 'A01 by a pax name', bytes: () => archive(pax({ path: '/abs' }), file('a')), rule: 'path' },
    { name: 'A01 out of what is stripped', bytes: () => archive(file('a/../x')), rule: 'path', rules: strip1 },
    { name: 'A01 nothing left of a file', bytes: () => archive(file('a')), rule: 'path', rules: strip1 },
    { name: 'A01 two roots', bytes: () => archive(file('a/x'), file('b/y')), rule: 'path', rules: strip1 },
    {
        name: 'A01 another root than expected',
        bytes: () => archive(file('b/y')),
        rule: 'path',
        rules: { ...strip1, root: 'a' },
    },
    {
        name: 'A01 the expected root',
        bytes: () => archive(directory('a/'), file('a/y')),
        paths: ['y'],
        rules: { ...strip1, root: 'a' },
    },
];

const links: readonly HostileArchive[] = [
    { name: 'A02 a file through a link', bytes: () => archive(link('d', canaryPath), file('d/f')), rule: 'link' },
    {
        name: 'A02 a file through a harmless link',
        bytes: () => archive(directory('e'), link('d', 'e'), file('d/f')),
        rule: 'link',
    },
    {
        name: 'A02 a link in place of a directory',
        bytes: () => archive(directory('d'), link('d', canaryPath), file('d/f')),
        rule: 'duplicate',
    },
    {
        name: 'A02 a link over a directory with files',
        bytes: () => archive(file('d/a'), link('d', '..')),
        rule: 'duplicate',
    },
    { name: 'A02 a directory over a link', bytes: () => archive(link('d', '.'), directory('d')), rule: 'link' },
    {
        name: 'A02 a file over a link',
        bytes: () => archive(link('d', `${canaryPath}/secret`), file('d')),
        rule: 'duplicate',
    },
    { name: 'A02 a path through a file', bytes: () => archive(file('d'), file('d/f')), rule: 'duplicate' },
    { name: 'A03 absolute', bytes: () => archive(link('l', '/etc/passwd')), rule: 'link' },
    { name: 'A03 climbing', bytes: () => archive(directory('a'), link('a/l', '../../x')), rule: 'link' },
    { name: 'A03 climbing as it is written', bytes: () => archive(link('l', 'a/../../l')), rule: 'link' },
    {
        name: 'A03 climbing through a link',
        bytes: () => archive(directory('a/b'), link('a/b/up', '../..'), link('l', 'a/b/up/../x')),
        rule: 'link',
    },
    { name: 'A03 a link to the root', bytes: () => archive(directory('a'), link('a/l', '..')), paths: ['a', 'a/l'] },
    {
        name: 'A03 a loop',
        bytes: () => archive(link('a', 'b'), link('b', 'a'), link('c', 'c/d')),
        paths: ['a', 'b', 'c'],
    },
    { name: 'A03 dangling', bytes: () => archive(link('a', 'no/where')), paths: ['a'] },
    { name: 'A03 an empty target', bytes: () => archive(link('a', '')), rule: 'link' },
    { name: 'A03 NUL in a target', bytes: () => archive(link('a', 'b\0c')), rule: 'path' },
    { name: 'A03 NUL in a pax target', bytes: () => archive(pax({ linkpath: 'b\0c' }), link('a', 'b')), rule: 'path' },
    { name: 'A03 an endless target', bytes: () => archive(gnuLong('K', long(4096)), link('a', 'b')), rule: 'limit' },
    { name: 'A03 links that double', bytes: doublingLinks },
    {
        name: 'A04 to an earlier file',
        bytes: () => archive(file('d/a'), hardLink('b', 'd/a'), hardLink('c', './b')),
        paths: ['b', 'c', 'd', 'd/a'],
    },
    { name: 'A04 to an empty file', bytes: () => archive(file('a', ''), hardLink('b', 'a')), paths: ['a', 'b'] },
    { name: 'A04 outside', bytes: () => archive(hardLink('b', `${canaryPath}/secret`)), rule: 'path' },
    { name: 'A04 to a link', bytes: () => archive(file('a'), link('l', 'a'), hardLink('b', 'l')), rule: 'link' },
    {
        name: 'A04 through a link',
        bytes: () => archive(file('d/a'), link('l', 'd'), hardLink('b', 'l/a')),
        rule: 'link',
    },
    { name: 'A04 to a later file', bytes: () => archive(hardLink('b', 'a'), file('a')), rule: 'link' },
    { name: 'A04 to itself', bytes: () => archive(hardLink('a', 'a')), rule: 'link' },
    { name: 'A04 to a directory', bytes: () => archive(directory('d'), hardLink('b', 'd')), rule: 'link' },
    { name: 'A04 with dots', bytes: () => archive(file('a'), hardLink('b', 'x/../a')), rule: 'path' },
    { name: 'A04 without a target', bytes: () => archive(file('a'), hardLink('b', '')), rule: 'path' },
    {
        name: 'A04 with content of its own',
        bytes: () => archive(file('a'), member({ name: 'b', type: '1', link: 'a', body: 'x' })),
        rule: 'tar',
    },
    {
        name: 'A04 many names for a big file',
        bytes: () => archive(file('a', long(6000)), ...Array.from({ length: 20 }, (_, at) => hardLink(`b${at}`, 'a'))),
        rule: 'limit',
        rules: { limits: { totalBytes: 100_000 } },
    },
];

/** Each link goes twice through the one before: following the last takes 2^60 steps, unless somebody counts. */
function doublingLinks(): Buffer {
    const chain = Array.from({ length: 60 }, (_, at) => link(`l${at + 1}`, `l${at}/../l${at}`));
    return archive(directory('d'), link('l0', 'd'), ...chain);
}

const types: readonly HostileArchive[] = [
    ...['3', '4', '6', '7', 'D', 'M', 'S', 'V', 'A', 'I', 'N', 'X', 'Z', 's', '8'].map((type) => ({
        name: `A05 type ${type}`,
        bytes: () => archive(special('x', type)),
        rule: 'type',
    })),
    {
        name: 'A05 a sparse file by pax',
        bytes: () => archive(pax({ 'GNU.sparse.major': '1' }), file('a')),
        rule: 'type',
    },
    { name: 'A05 another size by pax', bytes: () => archive(pax({ 'SCHILY.realsize': '9' }), file('a')), rule: 'type' },
    {
        name: 'A05 a file of an old archive',
        bytes: () => archive(member({ name: 'a', type: '\0', magic: '' })),
        paths: ['a'],
    },
    {
        name: 'A05 a directory with content',
        bytes: () => archive(member({ name: 'd', type: '5', body: 'x' })),
        rule: 'tar',
    },
    {
        name: 'A05 a link with content',
        bytes: () => archive(member({ name: 'd', type: '2', link: 'x', body: 'x' })),
        rule: 'tar',
    },
    {
        name: 'A05 a file with a target',
        bytes: () => archive(member({ name: 'd', link: 'x', body: 'x' })),
        rule: 'tar',
    },
    {
        name: 'A06 modes and owners',
        bytes: () =>
            archive(
                file('setuid', 'x', { mode: 0o6777 }),
                file('none', 'x', { mode: 0, owner: { uid: 0o7777777, gid: 0, name: 'root' } }),
                member({ name: 'd', type: '5', mode: 0o1777 }),
            ),
        paths: ['d', 'none', 'setuid'],
    },
    { name: 'A06 no mode at all', bytes: () => archive(withField(file('a'), 100, '        ')), rule: 'tar' },
];

/** The archive with another field and the checksum that belongs to it. */
function withField(bytes: Buffer, at: number, value: string | Buffer): Buffer {
    const changed = Buffer.from(bytes);
    Buffer.from(value).copy(changed, at);
    changed.write('        ', 148);
    const sum = changed.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return changed;
}

const base256 = (first: number, last: number): Buffer =>
    Buffer.concat([Buffer.of(first), Buffer.alloc(10), Buffer.of(last)]);
const whole = (): Buffer => archive(file('a', long(5000)), file('b'));
const twoMembers = (): Buffer => Buffer.concat([zlib.gzipSync(archive(file('a'))), zlib.gzipSync(archive(file('b')))]);

const formats: readonly HostileArchive[] = [
    { name: 'A07 two sizes', bytes: () => archive(pax({ size: '512' }), file('a', '')), rule: 'tar' },
    {
        name: 'A07 two sizes, smaller by pax',
        bytes: () => archive(pax({ size: '1' }), file('a', long(700))),
        rule: 'tar',
    },
    { name: 'A07 the same size twice', bytes: () => archive(pax({ size: '4' }), file('a')), paths: ['a'] },
    { name: 'A07 a malformed pax size', bytes: () => archive(pax({ size: '0x4' }), file('a')), rule: 'tar' },
    { name: 'A07 a negative pax size', bytes: () => archive(pax({ size: '-4' }), file('a')), rule: 'tar' },
    {
        name: 'A07 two pax headers',
        bytes: () => archive(pax({ path: 'a' }), pax({ path: 'b' }), file('c')),
        rule: 'tar',
    },
    {
        name: 'A07 pax and a long name',
        bytes: () => archive(pax({ path: 'a' }), gnuLong('L', 'b'), file('c')),
        rule: 'tar',
    },
    {
        name: 'A07 a long name and pax',
        bytes: () => archive(gnuLong('L', 'b'), pax({ path: 'a' }), file('c')),
        rule: 'tar',
    },
    { name: 'A07 two long names', bytes: () => archive(gnuLong('L', 'a'), gnuLong('L', 'b'), file('c')), rule: 'tar' },
    {
        name: 'A07 a comment between',
        bytes: () => archive(pax({ path: 'a' }), pax({ comment: 'x' }, 'g'), file('c')),
        rule: 'tar',
    },
    { name: 'A07 pax before the end', bytes: () => archive(file('a'), pax({ path: 'b' })), rule: 'tar' },
    {
        name: 'A07 a keyword twice',
        bytes: () =>
            archive(
                member({ name: 'p', type: 'x', body: Buffer.concat([paxRecord('path', 'a'), paxRecord('path', 'b')]) }),
                file('c'),
            ),
        rule: 'tar',
    },
    {
        name: 'A07 a record longer than its header',
        bytes: () => archive(member({ name: 'p', type: 'x', body: '99 path=a\n' }), file('c')),
        rule: 'tar',
    },
    {
        name: 'A07 a record shorter than it is',
        bytes: () => archive(member({ name: 'p', type: 'x', body: '7 path=abc\n' }), file('c')),
        rule: 'tar',
    },
    {
        name: 'A07 a record without length',
        bytes: () => archive(member({ name: 'p', type: 'x', body: ' path=a\n' }), file('c')),
        rule: 'tar',
    },
    {
        name: 'A07 a record inside a value',
        bytes: () => archive(pax({ 'SCHILY.xattr.user.x': '1\n13 path=evil\n' }), file('c')),
        rule: 'tar',
    },
    { name: 'A07 an unknown keyword', bytes: () => archive(pax({ frobnicate: 'yes' }), file('c')), rule: 'tar' },
    { name: 'A07 another character set', bytes: () => archive(pax({ hdrcharset: 'BINARY' }), file('c')), rule: 'tar' },
    {
        name: 'A07 the usual character set',
        bytes: () => archive(pax({ hdrcharset: 'ISO-IR 10646 2000 UTF-8' }), file('c')),
        paths: ['c'],
    },
    { name: 'A07 a global path', bytes: () => archive(pax({ path: 'evil' }, 'g'), file('c')), rule: 'tar' },
    { name: 'A07 a global size', bytes: () => archive(pax({ size: '0' }, 'g'), file('c')), rule: 'tar' },
    { name: 'A07 a global comment', bytes: () => archive(pax({ comment: 'a commit' }, 'g'), file('c')), paths: ['c'] },
    { name: 'A07 a bad checksum', bytes: () => archive(file('a', 'x', { checksumError: 1 })), rule: 'tar' },
    {
        name: 'A07 a checksum of signed bytes',
        bytes: () => archive(file(Buffer.from('é'), 'x', { checksumError: -512 })),
        rule: 'tar',
    },
    { name: 'A07 an unknown format', bytes: () => archive(file('a', 'x', { magic: 'ustar\u000099' })), rule: 'tar' },
    {
        name: 'A07 an octal size with letters',
        bytes: () => archive(file('a', 'text', { size: '0000000004x\0' })),
        rule: 'tar',
    },
    {
        name: 'A07 a negative octal size',
        bytes: () => archive(file('a', 'text', { size: '-0000000004\0' })),
        rule: 'tar',
    },
    { name: 'A07 no size', bytes: () => archive(file('a', '', { size: Buffer.alloc(12) })), rule: 'tar' },
    {
        name: 'A07 a negative base-256 size',
        bytes: () => archive(file('a', 'text', { size: base256(0xff, 0xfc) })),
        rule: 'tar',
    },
    {
        name: 'A07 a needless base-256 size',
        bytes: () => archive(file('a', 'text', { size: base256(0x80, 4) })),
        rule: 'tar',
    },
    {
        name: 'A07 a gigantic base-256 size',
        bytes: () => archive(file('a', 'text', { size: Buffer.alloc(12, 0x80) })),
        rule: 'tar',
    },
    {
        name: 'A07 more than eight gibibytes',
        bytes: () => archive(file('a', 'text', { size: Buffer.of(0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0) })),
        rule: 'limit',
    },
    { name: 'A07 data in the padding', bytes: () => archive(file('a', 'text', { padding: 0x41 })), rule: 'tar' },
    ...[1, 511, 512, 600, 5000, 6144, 6656].map((cut) => ({
        name: `A07 cut after ${cut} bytes`,
        bytes: () => whole().subarray(0, cut),
        rule: 'tar',
    })),
    { name: 'A07 without its last block', bytes: () => whole().subarray(0, -512), rule: 'tar' },
    { name: 'A07 without its end', bytes: () => whole().subarray(0, -1024), rule: 'tar' },
    {
        name: 'A07 a single empty block inside',
        bytes: () => archive(file('a'), Buffer.alloc(512), file('b')),
        rule: 'tar',
    },
    { name: 'A07 a second archive behind it', bytes: () => Buffer.concat([whole(), archive(file('c'))]), rule: 'tar' },
    { name: 'A07 garbage behind it', bytes: () => Buffer.concat([whole(), Buffer.from('garbage')]), rule: 'tar' },
    {
        name: 'A07 half a block of zeros behind it',
        bytes: () => Buffer.concat([whole(), Buffer.alloc(100)]),
        rule: 'tar',
    },
    { name: 'A07 zeros behind it', bytes: () => Buffer.concat([whole(), Buffer.alloc(10_240)]), paths: ['a', 'b'] },
    { name: 'A07 nothing at all', bytes: () => Buffer.alloc(0), rule: 'tar' },
    { name: 'A07 only its end', bytes: () => end, paths: [] },
    { name: 'A07 no archive', bytes: () => Buffer.from('<html>not found</html>'.repeat(100)), rule: 'tar' },
    { name: 'A07 gzip', bytes: () => zlib.gzipSync(whole()), paths: ['a', 'b'] },
    { name: 'A07 two gzip members', bytes: twoMembers, rule: 'compression' },
    {
        name: 'A07 one archive in two gzip members',
        bytes: () => Buffer.concat([zlib.gzipSync(whole().subarray(0, 1000)), zlib.gzipSync(whole().subarray(1000))]),
        rule: 'compression',
    },
    {
        name: 'A07 garbage behind gzip',
        bytes: () => Buffer.concat([zlib.gzipSync(whole()), Buffer.from('garbage behind')]),
        rule: 'compression',
    },
    {
        name: 'A07 zeros behind gzip',
        bytes: () => Buffer.concat([zlib.gzipSync(whole()), Buffer.alloc(512)]),
        rule: 'compression',
    },
    { name: 'A07 gzip that is cut', bytes: () => zlib.gzipSync(whole()).subarray(0, -12), rule: 'compression' },
    { name: 'A07 gzip without its trailer', bytes: () => zlib.gzipSync(whole()).subarray(0, -8), rule: 'compression' },
    {
        name: 'A07 gzip that is only a header',
        bytes: () => zlib.gzipSync(whole()).subarray(0, 12),
        rule: 'compression',
    },
    { name: 'A07 gzip with a wrong checksum', bytes: () => flipped(zlib.gzipSync(whole()), -6), rule: 'compression' },
    { name: 'A07 gzip with a wrong length', bytes: () => flipped(zlib.gzipSync(whole()), -2), rule: 'compression' },
    { name: 'A07 zstd', bytes: () => zlib.zstdCompressSync(whole()), paths: ['a', 'b'] },
    {
        name: 'A07 two zstd frames',
        bytes: () =>
            Buffer.concat([zlib.zstdCompressSync(archive(file('a'))), zlib.zstdCompressSync(archive(file('b')))]),
        rule: 'compression',
    },
    {
        name: 'A07 garbage behind zstd',
        bytes: () => Buffer.concat([zlib.zstdCompressSync(whole()), Buffer.from('garbage')]),
        rule: 'compression',
    },
    { name: 'A07 zstd that is cut', bytes: () => zlib.zstdCompressSync(whole()).subarray(0, -3), rule: 'compression' },
];

/** The bytes with one bit of the byte at an offset from the end changed. */
function flipped(bytes: Buffer, offset: number): Buffer {
    const at = bytes.length + offset;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
}

const portable = { portable: true };

const names: readonly HostileArchive[] = [
    { name: 'A08 a file twice', bytes: () => archive(file('a'), file('a')), rule: 'duplicate' },
    { name: 'A08 a file twice, once with ./', bytes: () => archive(file('a'), file('./a')), rule: 'duplicate' },
    { name: 'A08 a directory twice', bytes: () => archive(directory('a'), directory('a/')), rule: 'duplicate' },
    {
        name: 'A08 a directory after what is in it',
        bytes: () => archive(file('a/b'), directory('a')),
        paths: ['a', 'a/b'],
    },
    { name: 'A08 Foo and foo', bytes: () => archive(file('Foo'), file('foo')), paths: ['Foo', 'foo'] },
    {
        name: 'A08 Foo and foo, portable',
        bytes: () => archive(file('Foo'), file('foo')),
        rule: 'portable',
        rules: portable,
    },
    {
        name: 'A08 directories Foo and foo, portable',
        bytes: () => archive(file('Foo/a'), file('foo/b')),
        rule: 'portable',
        rules: portable,
    },
    {
        name: 'A08 normal forms, portable',
        bytes: () => archive(file('é'), file('e\u0301')),
        rule: 'portable',
        rules: portable,
    },
    {
        name: 'A08 sharp s, portable',
        bytes: () => archive(file('stra\u00dfe'), file('strasse')),
        rule: 'portable',
        rules: portable,
    },
    {
        name: 'A08 ligatures, portable',
        bytes: () => archive(file('\ufb01x'), file('fix')),
        rule: 'portable',
        rules: portable,
    },
    { name: 'A09 a name of 255 bytes', bytes: () => archive(gnuLong('L', long(255)), file('a')), paths: [long(255)] },
    { name: 'A09 a name of 256 bytes', bytes: () => archive(gnuLong('L', long(256)), file('a')), rule: 'limit' },
    {
        name: 'A09 a name of 256 bytes in fewer characters',
        bytes: () => archive(pax({ path: 'é'.repeat(128) }), file('a')),
        rule: 'limit',
    },
    {
        name: 'A09 a path of more than 4096 bytes',
        bytes: () => archive(pax({ path: `${long(254)}/`.repeat(17) + 'x' }), file('a')),
        rule: 'limit',
    },
    {
        name: 'A09 a path of a megabyte',
        bytes: () => archive(pax({ path: deep(500_000) + 'x' }), file('a')),
        rule: 'limit',
    },
    {
        name: 'A09 a header of more than a megabyte',
        bytes: () => archive(pax({ comment: long(1_100_000) }), file('a')),
        rule: 'limit',
    },
    { name: 'A09 128 names', bytes: () => archive(pax({ path: deep(127) + 'x' }), file('a')) },
    { name: 'A09 129 names', bytes: () => archive(pax({ path: deep(128) + 'x' }), file('a')), rule: 'limit' },
    { name: 'A09 100 000 names', bytes: () => archive(gnuLong('L', `${deep(100_000)}x`), file('a')), rule: 'limit' },
    {
        name: 'A09 implied directories count',
        bytes: impliedDirectories,
        rule: 'limit',
        rules: { limits: { entries: 1000 } },
    },
    {
        name: 'A10 an archive in an archive is data',
        bytes: () => archive(file('a.tar', whole().toString('latin1'))),
        paths: ['a.tar'],
    },
    {
        name: 'A10 a zip file',
        bytes: () => Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(2000, 0x20)]),
        rule: 'tar',
    },
    {
        name: 'A10 a size that is a lie',
        bytes: () => archive(file('a', 'text', { size: '77777777777\0' })),
        rule: 'limit',
    },
    { name: 'A11 a name that is not UTF-8', bytes: () => archive(file(unreadable)), rule: 'name' },
    {
        name: 'A11 a pax name that is not UTF-8',
        bytes: () => archive(pax({ path: unreadable }), file('a')),
        rule: 'name',
    },
    { name: 'A11 a link that is not UTF-8', bytes: () => archive(link('a', unreadable)), rule: 'name' },
    { name: 'A11 a surrogate', bytes: () => archive(file(Buffer.of(0xed, 0xa0, 0x80))), rule: 'name' },
    { name: 'A11 an overlong slash', bytes: () => archive(file(Buffer.of(0x61, 0xc0, 0xaf, 0x62))), rule: 'name' },
    { name: 'A11 a direction override', bytes: () => archive(file('a\u202etxt.exe')), rule: 'name' },
    { name: 'A11 an isolate', bytes: () => archive(file('a\u2066b')), rule: 'name' },
    { name: 'A11 an escape', bytes: () => archive(file('\u001b[2J')), rule: 'name' },
    { name: 'A11 a C1 control', bytes: () => archive(file('a\u009bb')), rule: 'name' },
    { name: 'A11 a newline in a pax name', bytes: () => archive(pax({ path: 'a\nb' }), file('a')), rule: 'tar' },
    { name: 'A11 a newline', bytes: () => archive(file('a\nb')), rule: 'name' },
    { name: 'A11 a control character in a link', bytes: () => archive(link('a', 'b\rc')), rule: 'name' },
];

function impliedDirectories(): Buffer {
    return archive(...Array.from({ length: 40 }, (_, at) => file(`${at}/${'d/'.repeat(30)}f`)));
}

export const hostileArchives: readonly HostileArchive[] = [...paths, ...links, ...types, ...formats, ...names];
