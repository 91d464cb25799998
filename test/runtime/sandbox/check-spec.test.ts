import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSpec } from '../../../runtime/sandbox/check-spec.ts';
import type { Bind, Link, SandboxSpec } from '../../../runtime/sandbox/spec.ts';

const good: SandboxSpec = {
    argv: ['/bin/true', 'any\nthing', ''],
    env: { PATH: '/bin', EMPTY: '', _x1: '=' },
    cwd: '/rpkg/src/deep',
    binds: [bind('/usr'), bind('/rpkg/src'), bind('/rpkg/srcs'), bind('/rpkg/tools/rust')],
    links: [link('/bin', 'usr/bin')],
    limits: { timeoutMs: 1, memoryBytes: 2 ** 30, outputBytes: 0 },
};

function bind(at: string, from = '/somewhere'): Bind {
    return { at, from, writable: false };
}

function link(at: string, to: string): Link {
    return { at, to };
}

test('a good request has no problem', () => {
    expect(checkSpec(good)).toEqual([]);
});

test.each(['/rpkg', '/', '/tmp', '/tmp/new', '/rpkg/tools', '/rpkg/src', '/usr/share', '/bin'])(
    'cwd may be %s',
    (cwd) => {
        expect(checkSpec({ ...good, cwd })).toEqual([]);
    },
);

test.each<[string, Partial<SandboxSpec>, string]>([
    ['no program', { argv: [] }, 'argv'],
    ['a relative program', { argv: ['true'] }, 'true'],
    ['a program that env(1) would misread', { argv: ['/a=b/true'] }, '/a=b/true'],
    ['NUL in an argument', { argv: ['/bin/true', 'a\0b'] }, 'argv'],
    ['a variable without a name', { env: { '': 'x' } }, ''],
    ['a variable with =', { env: { 'A=B': 'x' } }, 'A=B'],
    ['a variable that starts with a digit', { env: { '1A': 'x' } }, '1A'],
    ['NUL in a variable', { env: { A: '\0' } }, 'A'],
    ['PWD that is elsewhere', { env: { PWD: '/usr' } }, 'PWD'],
    ['a relative cwd', { cwd: 'tmp' }, 'tmp'],
    ['cwd outside', { cwd: '/var/tmp' }, '/var/tmp'],
    ['cwd that climbs', { cwd: '/rpkg/src/../..' }, '/rpkg/src/../..'],
    ['a bind at the root', { binds: [bind('/')] }, '/'],
    ['a relative bind', { binds: [bind('usr')] }, 'usr'],
    ['a bind with ..', { binds: [bind('/rpkg/../usr')] }, '/rpkg/../usr'],
    ['a bind with .', { binds: [bind('/rpkg/./a')] }, '/rpkg/./a'],
    ['a bind with an empty part', { binds: [bind('/rpkg//a')] }, '/rpkg//a'],
    ['a bind that ends in /', { binds: [bind('/rpkg/a/')] }, '/rpkg/a/'],
    ['a bind with NUL', { binds: [bind('/rpkg/\0')] }, '/rpkg/\0'],
    ['a bind in a bind', { binds: [bind('/rpkg/src'), bind('/rpkg/src/tmp')] }, '/rpkg/src/tmp'],
    ['a bind around a bind', { binds: [bind('/rpkg/src/tmp'), bind('/rpkg/src')] }, '/rpkg/src/tmp'],
    ['a bind around everything', { binds: [bind('/rpkg'), bind('/rpkg/src')] }, '/rpkg/src'],
    ['two binds at one place', { binds: [bind('/rpkg/src'), bind('/rpkg/src')] }, '/rpkg/src'],
    ['a bind in /tmp', { binds: [bind('/tmp/a')] }, '/tmp/a'],
    ['a bind at /proc', { binds: [bind('/proc')] }, '/proc'],
    ['a bind in /dev', { binds: [bind('/dev/shm')] }, '/dev/shm'],
    ['a bind from a relative path', { binds: [bind('/rpkg/src', 'here')] }, '/rpkg/src'],
    ['a bind from a path that climbs', { binds: [bind('/rpkg/src', '/a/../b')] }, '/rpkg/src'],
    ['a link where a bind is', { binds: [bind('/bin')], links: [link('/bin', 'usr/bin')] }, '/bin'],
    ['a link in a bind', { links: [link('/usr/x', 'y')], binds: [bind('/usr')] }, '/usr/x'],
    ['a bind below a link', { binds: [bind('/bin/x')], links: [link('/bin', 'usr/bin')] }, '/bin/x'],
    ['a link to nothing', { links: [link('/bin', '')] }, '/bin'],
    ['a link to NUL', { links: [link('/bin', 'a\0')] }, '/bin'],
    ['no time', { limits: { timeoutMs: 0 } }, 'timeoutMs'],
    ['NaN as time', { limits: { timeoutMs: Number.NaN } }, 'timeoutMs'],
    ['too little memory', { limits: { timeoutMs: 1, memoryBytes: 1024 } }, 'memoryBytes'],
    ['half a byte', { limits: { timeoutMs: 1, outputBytes: 0.5 } }, 'outputBytes'],
])('%s is refused', (_, change, subject) => {
    const cwd = change.cwd ?? '/tmp';
    expect(checkSpec({ ...good, cwd, ...change }).map((problem) => problem.subject)).toContain(subject);
});

test('of accepted places, none lies inside another one', () => {
    const part = fc.constantFrom('a', 'b', '.', '..', '', 'usr', 'tmp', 'proc');
    const place = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    fc.assert(
        fc.property(fc.array(place, { maxLength: 5 }), fc.array(place, { maxLength: 3 }), (binds, links) => {
            const spec = {
                ...good,
                cwd: '/tmp',
                binds: binds.map((at) => bind(at)),
                links: links.map((at) => link(at, 'x')),
            };
            if (checkSpec(spec).length > 0) return;
            const real = [...binds, ...links, '/proc', '/dev', '/tmp'].map((at) => new URL(at, 'file:///').pathname);
            expect(real.slice(0, -3)).toEqual([...binds, ...links]);
            for (const [index, one] of real.entries()) {
                for (const other of real.toSpliced(index, 1)) expect(`${one}/`.startsWith(`${other}/`)).toBe(false);
            }
        }),
        { numRuns: 2000 },
    );
});
