// Keys of dependents when a crate's metadata differs in nothing but hashes of its source files; with the real compiler.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan, RunAction } from '../../../compiler/plan/plan.ts';
import { eraseAll, sourcePaths } from '../../../runtime/rust-identity.ts';
import { compose, hostEnvironment, mounts, planOf, run, rust, shell, union, write } from '../../support/plans.ts';
import { failuresOf, kinds, openWorkshop, type Ran } from '../../support/workshop.ts';

const asked = spawnSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' });
const sysroot = asked.status === 0 ? asked.stdout.trim() : '';

const twoCrates = 'pub mod shape;\n// aaa\npub fn area(s: &shape::Square) -> u32 { s.0 * s.0 }\n';
const shape =
    '/// A square.\npub struct Square(pub u32);\nimpl<T: Into<u32> + Copy> From<&T> for Square { fn from(t: &T) -> Self { Square((*t).into()) } }\n';

/** One call of the compiler: dependency rules to scratch, metadata and library apart. */
function rustc(crate: string, changes: Partial<RunAction>, more = ''): RunAction {
    const emit = `dep-info=/rpkg/build/x.d,metadata=/rpkg/meta/lib${crate}.rmeta,link=/rpkg/out/lib${crate}.rlib`;
    return run(
        `/rpkg/tools/rust/bin/rustc --crate-name ${crate} --crate-type lib --edition 2021 ${more} lib.rs --out-dir /rpkg/build --emit=${emit}`,
        {
            cwd: '/rpkg/src',
            outputs: { out: '/rpkg/out', meta: '/rpkg/meta' },
            early: ['meta'],
            identity: { meta: 'rust-metadata' },
            ...changes,
        },
    );
}

const uses = '-L dependency=/rpkg/deps/all --extern base=/rpkg/deps/all/libbase.rmeta';

function planWith(lib: string, other = shape, changes: Partial<RunAction> = {}): Plan {
    return planOf(
        {
            'src.base': write({ 'lib.rs': lib, 'shape.rs': other }),
            'src.mid': write({ 'lib.rs': 'pub fn twice(n: u32) -> u32 { 2 * base::area(&(&n).into()) }\n' }),
            base: rustc('base', { mounts: mounts({ src: 'src.base' }), ...changes }),
            deps: union('base#meta'),
            mid: rustc('mid', { mounts: mounts({ src: 'src.mid', 'deps/all': 'deps' }) }, uses),
            more: compose({ deps: 'deps', src: 'src.mid' }),
            direct: run('ls /rpkg/in /rpkg/more/deps >/rpkg/out/names', {
                mounts: mounts({ in: 'base#meta', more: 'more' }),
            }),
            real: run('ls -l /rpkg/in >/rpkg/out/names', { mounts: mounts({ in: 'base' }) }),
        },
        {
            environments: {
                host: hostEnvironment({ sh: shell, rustc: { ...rust, root: sysroot, path: `${sysroot}/bin/rustc` } }),
            },
        },
    );
}

/** Ids of the actions that were run, without those that were taken from the store. */
function ranIn(ran: Ran): readonly string[] {
    expect(failuresOf(ran)).toEqual([]);
    return kinds(ran)
        .filter((line) => line.startsWith('action-finished '))
        .map((line) => line.slice('action-finished '.length))
        .sort();
}

describe.runIf(fs.existsSync(`${sysroot}/bin/rustc`))('metadata of a crate', () => {
    it('is the same for dependents after an edit of a comment, and another one after a change of the interface', async () => {
        const workshop = await openWorkshop();
        const first = await workshop.build(planWith(twoCrates));
        expect(ranIn(first)).toEqual(['base', 'direct', 'mid', 'real']);
        const meta = first.trees.get('base')?.['meta'];

        const comment = await workshop.build(planWith(twoCrates.replace('aaa', 'bbb')));
        // What is linked with the library itself sees other bytes.
        expect(ranIn(comment)).toEqual(['base', 'real']);
        expect(comment.trees.get('base')?.['meta']).not.toBe(meta);
        expect(comment.trees.get('mid')).toEqual(first.trees.get('mid'));

        const inOther = await workshop.build(
            planWith(twoCrates, `${shape}// at the end, where no place of a name changes\n`),
        );
        expect(ranIn(inOther)).toContain('base');

        const shown = await workshop.build(planWith(`${twoCrates}pub fn more() {}\n`));
        expect(ranIn(shown)).toEqual(['base', 'direct', 'mid', 'real']);

        const back = await workshop.build(planWith(twoCrates));
        expect([ranIn(back), back.trees]).toEqual([[], first.trees]);
    });

    it('is known by its own bytes without rules of what was read, and is not early then', async () => {
        const workshop = await openWorkshop();
        const moved = {
            scratch: '/rpkg/other/build',
            outputs: { out: '/rpkg/out', meta: '/rpkg/meta', d: '/rpkg/build' },
        };
        await workshop.build(planWith(twoCrates, shape, moved));
        const comment = await workshop.build(planWith(twoCrates.replace('aaa', 'bbb'), shape, moved));
        expect(ranIn(comment)).toEqual(['base', 'direct', 'mid', 'real']);
    });

    it('is verified by its own bytes', async () => {
        const workshop = await openWorkshop();
        await workshop.build(planWith(twoCrates));
        await workshop.build(planWith(twoCrates.replace('aaa', 'bbb')));
        const verified = await workshop.build(planWith(twoCrates.replace('aaa', 'bbb')), { mode: 'verify' });
        expect(ranIn(verified)).toEqual(['base', 'direct', 'mid', 'real']);
    });
});

describe('source hashes', () => {
    it('are erased wherever they are, and nothing else is', () => {
        const hashOf = (text: string, kind: string): Buffer => createHash(kind).update(text).digest();
        const needles = ['a', 'b', ''].flatMap((text) => [hashOf(text, 'sha256'), hashOf(text, 'md5')]);
        const part = fc.oneof(
            fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ bytes: Buffer.from(bytes), erased: false })),
            fc.constantFrom(...needles).map((bytes) => ({ bytes, erased: true })),
        );
        fc.assert(
            fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
                const bytes = Buffer.concat(parts.map((each) => each.bytes));
                const expected = Buffer.concat(
                    parts.map((each) => (each.erased ? Buffer.alloc(each.bytes.length) : each.bytes)),
                );
                expect(eraseAll(bytes, needles)).toBe(parts.some((each) => each.erased));
                expect(bytes.equals(expected)).toBe(true);
            }),
        );
    });

    it('are found quickly in large metadata with many sources', () => {
        const needles = Array.from({ length: 1000 }, (_, at) => createHash('md5').update(String(at)).digest());
        const bytes = Buffer.alloc(32 * 2 ** 20, 7);
        for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2654435761) % 2 ** 32, at);
        needles[999]?.copy(bytes, bytes.length - 16);
        const began = process.cpuUsage();
        expect(eraseAll(bytes, needles)).toBe(true);
        expect(process.cpuUsage(began).user / 1000).toBeLessThan(1500);
    });

    it('are those of the files in the rules', () => {
        const rules =
            '/rpkg/out/x.d: src/lib.rs src/a\\ b.rs\n\nsrc/lib.rs:\nsrc/a\\ b.rs:\nREADME.md:\n# env-dep:A=x.rs:y\n';
        expect(sourcePaths(rules)).toEqual(['src/lib.rs', 'src/a b.rs']);
        expect(sourcePaths('')).toEqual([]);
    });
});
