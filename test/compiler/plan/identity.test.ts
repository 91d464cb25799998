import { describe, expect, it } from 'vitest';
import { environmentHash, planDigest, sourceHash } from '../../../compiler/plan/identity.ts';
import type { Plan, Source } from '../../../compiler/plan/plan.ts';
import { edited, fullPlan, hexOf, hostEnvironment, rust, shell } from '../../support/plans.ts';

/** The plan with the keys of every record in the opposite order. */
function reversed<Value>(value: Value): Value {
    if (Array.isArray(value)) return value.map(reversed) as Value;
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, member]): [string, unknown] => [key, reversed(member as unknown)]);
    return Object.fromEntries(entries.reverse()) as Value;
}

/** Pointer → new value. Each of these can change bytes. */
const changesBytes: readonly [string, unknown][] = [
    ['/actions/fetch.archive/source/hash', `sha256:${hexOf('0')}`],
    ['/actions/fetch.archive/source/strip', 0],
    ['/actions/fetch.crate/source/hash', `sha256:${hexOf('0')}`],
    ['/actions/fetch.crate/source/version', '1.0.220'],
    ['/actions/fetch.crate/source/name', 'serde_json'],
    ['/actions/fetch.file/source/hash', `sha256:${hexOf('0')}`],
    ['/actions/fetch.file/source/name', 'other.patch'],
    ['/actions/fetch.file/source/executable', true],
    ['/actions/fetch.git/source/tree', `sha256:${hexOf('0')}/1`],
    ['/actions/fetch.main/source/tree', `sha256:${hexOf('0')}/1`],
    ['/actions/config/files/config.toml/text', 'jobs = 2\n'],
    ['/actions/config/files/bin~1x/executable', false],
    ['/actions/config/files/new', { text: '' }],
    ['/actions/vendor/entries/patches~1one', 'fetch.crate'],
    ['/actions/vendor/entries/other', 'fetch.crate'],
    ['/actions/build/commands/0/argv/2', '/rpkg/old'],
    ['/actions/build/commands/1/script', 'cp b /rpkg/out'],
    ['/actions/build/env/MAKEFLAGS', '-j1'],
    ['/actions/build/env/NEW', ''],
    ['/actions/build/cwd', '/rpkg/src'],
    ['/actions/build/mounts/~1rpkg~1src/writable', false],
    ['/actions/build/mounts/~1rpkg~1old/tree', 'fetch.main'],
    ['/actions/build/outputs/doc', '/rpkg/other'],
    ['/actions/build/scratch', '/rpkg/scratch'],
    ['/actions/build/limits/timeoutSeconds', 1],
    ['/actions/build/limits/memoryBytes', 2 ** 31],
    ['/actions/extra', { kind: 'write', files: {} }],
    ['/environments/host/tools/sh/digest', `sha256:${hexOf('0')}`],
    ['/environments/host/tools/sh/path', '/usr/bin/sh'],
    ['/environments/host/tools/sh/packages/dash', '0.5.13'],
    ['/environments/host/tools/rustc/digest', `sha256:${hexOf('0')}`],
    ['/environments/host/tools/rustc/mount', '/rpkg/tools/rustc'],
    ['/environments/host/tools/cc', shell],
    ['/outputs/doc', 'build'],
    ['/outputs/more', 'build'],
];

/** Each of these is about where things were found, or what they are called. */
const changesOnlyTheDocument: readonly [string, unknown][] = [
    ['/subject/name', 'other'],
    ['/subject/version', '2.0.0'],
    ['/subject/epoch', 1],
    ['/context/facts/option.lto', false],
    ['/context/host', 'aarch64-unknown-linux-gnu'],
    ['/layers', []],
    ['/provenance/fields/limits.memory/chain/0/line', 4],
    ['/provenance/files/0', 'renamed.rpkg'],
    ['/provenance/values', {}],
    ['/actions/fetch.archive/source/urls', []],
    ['/actions/fetch.file/source/urls/0', 'https://mirror.example/p'],
    ['/actions/fetch.git/source/url', 'https://mirror.example/r'],
    ['/actions/fetch.git/source/commit', hexOf('d').slice(0, 40)],
    ['/actions/fetch.main/source/path', '/somewhere/else'],
    ['/actions/fetch.main/source/exclude', []],
    ['/environments/host/tools/sh/version', 'dash'],
    ['/environments/host/tools/rustc/path', '/usr/local/rust/bin/rustc'],
    ['/environments/host/tools/rustc/root', '/usr/local/rust'],
    ['/environments/host/tools/rustc/packages', { rustc: '1.90' }],
];

describe('the digests of a plan', () => {
    const plan = fullPlan();

    it.each(changesBytes)('both change with %s', (at, value) => {
        const now = planDigest(edited(plan, at, value) as Plan);
        expect(now.execution).not.toBe(plan.digest.execution);
        expect(now.document).not.toBe(plan.digest.document);
    });

    it.each(changesOnlyTheDocument)('execution does not change with %s, document does', (at, value) => {
        const now = planDigest(edited(plan, at, value) as Plan);
        expect(now.execution).toBe(plan.digest.execution);
        expect(now.document).not.toBe(plan.digest.document);
    });

    it('does not depend on the order of keys, nor on the digest that is there', () => {
        expect(planDigest(reversed({ ...plan, digest: { execution: '', document: '' } }))).toEqual(plan.digest);
    });

    it('is this one: the bytes that are hashed are a promise', () => {
        expect(plan.digest).toMatchInlineSnapshot(`
          {
            "document": "sha256:5c2d0cc0603dc9d3cf611846a67b2c7c89d16d297040c59660db52e0b8ae84c8",
            "execution": "sha256:ba2045e14027d5d056de696e19f7fb37a5b96056d90f79eb0ef60a48fa78e4f4",
          }
        `);
    });
});

describe('the identity of an environment', () => {
    it('is what its tools are, not where a mounted one is kept', () => {
        const hash = environmentHash(hostEnvironment({ rust }));
        expect(environmentHash(hostEnvironment({ rust: { ...rust, path: '/x', root: '/y', version: 'z' } }))).toBe(
            hash,
        );
        expect(environmentHash(hostEnvironment({ rust: { ...rust, digest: shell.digest } }))).not.toBe(hash);
        expect(environmentHash(hostEnvironment({ other: rust }))).not.toBe(hash);
    });
});

describe('the identity of a source', () => {
    const tree = `sha256:${hexOf('b')}/123`;
    const local: Source = { type: 'local', path: 'a', exclude: [], tree };
    const git: Source = { type: 'git', url: 'u', commit: 'c', tree };

    it('is its tree, wherever it comes from', () => {
        expect(sourceHash(local)).toBe(sourceHash(git));
        expect(sourceHash({ ...git, tree: `sha256:${hexOf('c')}/123` })).not.toBe(sourceHash(git));
    });

    it('tells an archive from a file of the same bytes', () => {
        const hash = `sha256:${hexOf('a')}`;
        const archive: Source = { type: 'archive', urls: [], hash, strip: 0 };
        const file: Source = { type: 'file', urls: [], hash, name: 'a', executable: false };
        expect(sourceHash(archive)).not.toBe(sourceHash(file));
    });
});
