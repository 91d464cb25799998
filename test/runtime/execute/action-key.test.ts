import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import type { Environment, RunAction } from '../../../compiler/plan/plan.ts';
import { actionKey, actionMessages } from '../../../runtime/action-key.ts';
import { hexOf, hostEnvironment, run, rust, shell } from '../../support/plans.ts';

/** Any protobuf message: field number → values in their order; integers as numbers, the rest as bytes. */
function readMessage(bytes: Buffer): ReadonlyMap<number, readonly (number | Buffer)[]> {
    const fields = new Map<number, (number | Buffer)[]>();
    let at = 0;
    let before = 0;
    const varint = (): number => {
        for (let value = 0, factor = 1; ; factor *= 128) {
            const byte = bytes[at++];
            if (byte === undefined) throw new Error('the message ends early');
            value += (byte & 127) * factor;
            if (byte < 128) return value;
        }
    };
    while (at < bytes.length) {
        const tag = varint();
        const [number, wire] = [Math.floor(tag / 8), tag % 8];
        if (number < before) throw new Error(`field ${number} comes after ${before}`);
        before = number;
        const values = fields.get(number) ?? [];
        fields.set(number, values);
        if (wire === 0) values.push(varint());
        else if (wire === 2) {
            const length = varint();
            values.push(bytes.subarray(at, at + length));
            at += length;
        } else throw new Error(`wire type ${wire}`);
    }
    if (at !== bytes.length) throw new Error('a field is longer than the message');
    return fields;
}

type Fields = ReturnType<typeof readMessage>;

function messages(fields: Fields, number: number): readonly Fields[] {
    return (fields.get(number) ?? []).map((value) => readMessage(value as Buffer));
}

function texts(fields: Fields, number: number): readonly string[] {
    return (fields.get(number) ?? []).map((value) => (value as Buffer).toString());
}

/** Messages that are a name and a value: environment variables, platform properties. */
function pairs(fields: Fields, number: number): readonly string[] {
    return messages(fields, number).map((pair) => `${texts(pair, 1).join('')}=${texts(pair, 2).join('')}`);
}

function tree(digit: string): TreeDigest {
    return `sha256:${hexOf(digit)}/300` as TreeDigest;
}

const action = run('', {
    commands: [{ argv: ['/usr/bin/make', '', '-j'] }],
    env: { Z: 'z', A_B: '', A: 'x $(jobs)', AA: 'é' },
    cwd: '/rpkg/src/lib',
    mounts: {
        '/rpkg/vendor': { tree: 'vendor', writable: false },
        '/rpkg/src': { tree: 'fetch.main', writable: true },
        '/rpkg/in': { tree: 'x', writable: true },
    },
    outputs: { out: '/rpkg/out', doc: '/rpkg/doc', a: '/rpkg/src' },
    limits: { timeoutSeconds: 3600, memoryBytes: 2 ** 30, weight: 0 },
});
const environment = hostEnvironment({ sh: shell, rust });
const inputs = new Map([
    ['/rpkg/vendor', tree('1')],
    ['/rpkg/src', tree('2')],
    ['/rpkg/in', tree('3')],
]);

describe('the action key', () => {
    it('is the digest of an Action message whose parts have the numbers of remote_execution.proto', () => {
        const bytes = actionMessages(action, environment, inputs);
        const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
        const message = readMessage(bytes.action);
        expect([...message.keys()]).toEqual([1, 2, 6, 9, 10]);
        const [commandDigest] = messages(message, 1);
        expect(commandDigest && texts(commandDigest, 1)).toEqual([sha256(bytes.command)]);
        expect(commandDigest?.get(2)).toEqual([bytes.command.length]);
        expect(messages(message, 6)).toEqual([new Map([[1, [3600]]])]);
        expect(texts(message, 9)).toEqual(['rpkg-sandbox-1']);

        const command = readMessage(bytes.command);
        expect([...command.keys()]).toEqual([1, 2, 5, 6, 7]);
        expect(texts(command, 1)).toEqual(['/usr/bin/make', '', '-j']);
        expect(pairs(command, 2)).toEqual(['A=x $(jobs)', 'AA=é', 'A_B=', 'Z=z']);
        expect(texts(command, 6)).toEqual(['rpkg/src/lib']);
        expect(texts(command, 7)).toEqual(['rpkg/doc', 'rpkg/out', 'rpkg/src']);

        const platform = messages(message, 10)[0] ?? new Map();
        expect(pairs(platform, 1)).toEqual([
            expect.stringMatching(/^rpkg-environment=sha256:[0-9a-f]{64}$/),
            'rpkg-memory=1073741824',
            'rpkg-outputs=a=/rpkg/src doc=/rpkg/doc out=/rpkg/out',
            'rpkg-scratch=/rpkg/build',
            'rpkg-writable=/rpkg/in /rpkg/src',
        ]);
        expect(messages(command, 5)[0]).toEqual(platform);
        expect(actionKey(action, environment, inputs)).toBe(`sha256:${sha256(bytes.action)}`);
    });

    it('has the inputs below /rpkg in the input root, as Directory messages', () => {
        const digest = (hex: string, size: number): Buffer =>
            Buffer.concat([
                Buffer.of(0x0a, 64),
                Buffer.from(hex),
                Buffer.of(0x10),
                size < 128 ? Buffer.of(size) : Buffer.of((size % 128) + 128, size >> 7),
            ]);
        const node = (name: string, hex: string, size: number): Buffer => {
            const inner = digest(hex, size);
            const body = Buffer.concat([
                Buffer.of(0x0a, name.length),
                Buffer.from(name),
                Buffer.of(0x12, inner.length),
                inner,
            ]);
            return Buffer.concat([Buffer.of(0x12, body.length), body]);
        };
        const below = Buffer.concat([
            node('in', hexOf('3'), 300),
            node('src', hexOf('2'), 300),
            node('vendor', hexOf('1'), 300),
        ]);
        const root = node('rpkg', createHash('sha256').update(below).digest('hex'), below.length);
        const [message] = messages(readMessage(actionMessages(action, environment, inputs).action), 2);
        expect(message && texts(message, 1)).toEqual([createHash('sha256').update(root).digest('hex')]);
        expect(message?.get(2)).toEqual([root.length]);
    });

    it('is this one: a changed key is a rebuilt world', () => {
        expect(actionKey(action, environment, inputs)).toMatchInlineSnapshot(
            `"sha256:5afe067542a3f7b79520db1501e34e095ae00a76a09be6b82e37af677b77eb1d"`,
        );
        expect(actionKey(run('true'), hostEnvironment({}), new Map())).toMatchInlineSnapshot(
            `"sha256:fa1614aa48cb53b561bee3a034cda535b88dcd16c943b627e02459ba1375ab3d"`,
        );
    });

    const key = (changes: Partial<RunAction> = {}, other: Environment = environment, others = inputs): string =>
        actionKey({ ...action, ...changes }, other, others);

    it.each<[string, string]>([
        ['the order of variables', key({ env: Object.fromEntries(Object.entries(action.env).reverse()) })],
        ['the order of outputs', key({ outputs: Object.fromEntries(Object.entries(action.outputs).reverse()) })],
        ['the order of mounts', key({ mounts: Object.fromEntries(Object.entries(action.mounts).reverse()) })],
        ['the order of inputs', key({}, environment, new Map([...inputs].reverse()))],
        ['the weight', key({ limits: { ...action.limits, weight: 3 } })],
        [
            'which action gave an input',
            key({ mounts: { ...action.mounts, '/rpkg/vendor': { tree: 'other', writable: false } } }),
        ],
        ['the name of the environment', key({ environment: 'other' })],
        [
            'where the host keeps a mounted tool',
            key({}, hostEnvironment({ sh: shell, rust: { ...rust, path: '/a', root: '/b' } })),
        ],
    ])('does not depend on %s', (_, other) => {
        expect(other).toBe(key());
    });

    const changed: Readonly<Record<string, string>> = {
        'an argument': key({ commands: [{ argv: ['/usr/bin/make', '', '-k'] }] }),
        'arguments split elsewhere': key({ commands: [{ argv: ['/usr/bin/make', '-j', ''] }] }),
        'one more command': key({ commands: [...action.commands, { script: '' }] }),
        'a script instead': key({ commands: [{ script: '/usr/bin/make "" -j' }] }),
        'a variable': key({ env: { ...action.env, A: 'y' } }),
        'one more variable': key({ env: { ...action.env, NEW: '' } }),
        'one variable less': key({ env: { A: 'x $(jobs)' } }),
        'the working directory': key({ cwd: '/rpkg/src' }),
        'the name of an output': key({ outputs: { out: '/rpkg/out', docs: '/rpkg/doc', a: '/rpkg/src' } }),
        'the place of an output': key({ outputs: { ...action.outputs, doc: '/rpkg/docs' } }),
        'the scratch directory': key({ scratch: '/rpkg/tmp' }),
        'the time limit': key({ limits: { ...action.limits, timeoutSeconds: 3601 } }),
        'the memory limit': key({ limits: { ...action.limits, memoryBytes: 2 ** 31 } }),
        'no memory limit': key({ limits: { timeoutSeconds: 3600, weight: 0 } }),
        'what is writable': key({ mounts: { ...action.mounts, '/rpkg/in': { tree: 'x', writable: false } } }),
        'the content of an input': key({}, environment, new Map([...inputs, ['/rpkg/in', tree('4')]])),
        'the place of an input': key(
            {},
            environment,
            new Map([...inputs].map(([at, digest]) => [at === '/rpkg/in' ? '/rpkg/inn' : at, digest])),
        ),
        'a tool of the host': key({}, hostEnvironment({ sh: { ...shell, digest: rust.digest }, rust })),
        'one more tool': key({}, hostEnvironment({ sh: shell, rust, cc: shell })),
    };

    it('changes with everything else, and never to the same', () => {
        expect(new Set([key(), ...Object.values(changed)]).size).toBe(1 + Object.keys(changed).length);
    });
});
