// What every tier promises to a command, and to whoever runs it.
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
    type Request,
    type World,
    driverCall,
    endWorld,
    hashFolder,
    makeWorld,
    rounds,
    runIn,
    script,
} from './world.ts';

/** Longer than any kill may take, shorter than the commands that must be killed. */
const promptMs = 20_000;

const selfConnection = `python3 -I -c "
import socket
s = socket.create_server(('127.0.0.1', 0))
socket.create_connection(s.getsockname())
print('connected')"`;

/** What a script prints in every sandbox. */
const facts: Readonly<Record<string, readonly [text: string, printed: string]>> = {
    'working directory': ['pwd -P', '/rpkg/out'],
    umask: ['umask', '0022'],
    'host name': ['uname -n', 'rpkg'],
    'user and groups': ['id -u; id -g; id -un', '1000\n1000\nrpkg'],
    'time zone': ['date +%Z', 'UTC'],
    'standard input': ['cat', ''],
    root: ['cd / && ls -d bin dev etc proc rpkg tmp usr', 'bin\ndev\netc\nproc\nrpkg\ntmp\nusr'],
    'temporary files': ['stat -c %a /tmp; echo x >/tmp/x; echo y >/dev/shm/y; cat /tmp/x /dev/shm/y', '1777\nx\ny'],
    devices: ['ls /dev', 'core\nfd\nfull\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero'],
    interfaces: ["sed 1,2d /proc/net/dev | sed 's/:.*//; s/ //g'", 'lo'],
    'its own loopback': [selfConnection, 'connected'],
    input: ['cat /rpkg/in/file', 'input'],
};

describe.each(rounds)('$tier, started by $person.name', ({ person, tier }) => {
    let world: World;
    beforeAll(async () => {
        world = await makeWorld(person);
    });
    afterAll(() => endWorld(world));

    const run = (request: Request): ReturnType<typeof runIn> => runIn(world, tier, request);
    const stdoutOf = async (request: Request): Promise<string> => {
        const outcome = await run(request);
        expect(outcome).toMatchObject({ stderr: '', result: { ok: true, value: { kind: 'exit', code: 0 } } });
        return outcome.stdout;
    };

    test.each([
        ['exit 0', { kind: 'exit', code: 0 }],
        ['exit 3', { kind: 'exit', code: 3 }],
        ['exit 128', { kind: 'exit', code: 128 }],
        ['exit 255', { kind: 'exit', code: 255 }],
        ['kill -KILL $$', { kind: 'signal', signal: 'SIGKILL' }],
        ['kill -SEGV $$', { kind: 'signal', signal: 'SIGSEGV' }],
        ['kill -TERM $$', { kind: 'signal', signal: 'SIGTERM' }],
        // What dies inside is the shell's business.
        ["sh -c 'kill -ABRT $$' || exit 9", { kind: 'exit', code: 9 }],
    ])('`%s` ends as %j', async (text, value) => {
        expect((await run({ argv: script(text) })).result).toEqual({ ok: true, value });
    });

    test.each([
        ['/rpkg/in/nothing', 127],
        ['/rpkg/in/file', 126],
        ['/rpkg/in', 126],
    ])('a program that cannot be started: %s', async (program, code) => {
        const outcome = await run({ argv: [program] });
        expect(outcome.result).toEqual({ ok: true, value: { kind: 'exit', code } });
        expect(outcome.stderr).toContain(program);
    });

    test('a command line that is too long is a failure, not a crash', async () => {
        const outcome = await run({ argv: ['/bin/true'], longWord: 1 << 19 });
        expect(outcome.result).toMatchObject({ ok: false });
    });

    test('arguments arrive as they are', async () => {
        const words = ['', ' ', '-n', "it's", '"', '\n', '$(id)', '\\', 'ü😀', '--', 'A=b', '*'];
        const printed = await stdoutOf({ argv: ['/usr/bin/printf', '%s\\0', ...words] });
        expect(printed.split('\0').slice(0, -1)).toEqual(words);
    });

    test('the environment is exactly what was given, and PWD', async () => {
        const env = { EMPTY: '', PATH: '/nowhere', QUOTE: `'"$x\\`, LINES: 'a\nb', TEXT: 'ü😀', _under: '=' };
        const printed = await stdoutOf({ argv: ['/usr/bin/env', '-0'], env, cwd: '/rpkg/in' });
        const expected = Object.entries({ ...env, PWD: '/rpkg/in' }).map(([name, value]) => `${name}=${value}`);
        expect(printed.split('\0').slice(0, -1).sort()).toEqual(expected.sort());
    });

    test('what it finds', async () => {
        const all = Object.values(facts).map(([text]) => `( ${text} ); printf '\\0'`);
        const found = (await stdoutOf({ argv: script(all.join('\n')) })).split('\0').map((text) => text.trim());
        const expected = Object.values(facts).map(([, text]) => text);
        expect(named(found.slice(0, -1))).toEqual(named(expected));
    });

    test('a writable bind keeps what is written, a read-only one refuses', async () => {
        const outcome = await run({ argv: script('echo kept >file; mkdir -p a/b; echo no >/rpkg/in/file') });
        expect(outcome.stderr).toContain('Read-only file system');
        expect(readFileSync(join(world.output, 'file'), 'utf8')).toBe('kept\n');
        expect(statSync(join(world.output, 'a/b'))).toMatchObject({ uid: person.id, mode: 0o40755 });
        expect(readFileSync(join(world.input, 'file'), 'utf8')).toBe('input');
    });

    test('the umask of the starter is as before', async () => {
        expect((await run({ argv: ['/bin/true'] })).umask).toBe(0o077);
    });

    test.each([
        ['waits', 'sleep 1000'],
        ['ignores signals', 'trap "" TERM HUP INT; while :; do sleep 1000; done'],
        ['stops itself', 'kill -STOP $$; sleep 1000'],
        ['stops everything', 'sleep 1000 & kill -STOP -1; kill -STOP 1; kill -STOP $$; sleep 1000'],
        ['kills its group', '(kill -STOP 0); sleep 1000'],
    ])('the deadline ends what %s', async (_, text) => {
        const outcome = await run({ argv: script(text), limits: { timeoutMs: 200 } });
        expect(outcome.result).toEqual({ ok: true, value: { kind: 'timeout' } });
        expect(outcome.elapsedMs).toBeLessThan(promptMs);
    });

    test('cancelling ends it', async () => {
        const outcome = await run({ argv: script('sleep 1000'), cancelAfterMs: 200 });
        expect(outcome.result).toEqual({ ok: true, value: { kind: 'cancelled' } });
        expect(outcome.elapsedMs).toBeLessThan(promptMs);
    });

    test('what was cancelled before it began ends at once', async () => {
        const outcome = await run({ argv: script('sleep 1000'), cancelAfterMs: 0 });
        expect(outcome.result).toEqual({ ok: true, value: { kind: 'cancelled' } });
        expect(outcome.elapsedMs).toBeLessThan(promptMs);
    });

    test('endless output is cut at the limit', async () => {
        const limits = { timeoutMs: 30_000, outputBytes: 100_000 };
        const outcome = await run({ argv: script('echo first >&2; tr "\\0" x </dev/zero'), limits });
        expect(outcome.result).toEqual({ ok: true, value: { kind: 'output-limit' } });
        expect(outcome.stdout).toBe('x'.repeat(100_000));
        expect(outcome.elapsedMs).toBeLessThan(promptMs);
    });

    test('a gibibyte that comes faster than anybody looks is cut as well', async () => {
        const limits = { timeoutMs: 30_000, outputBytes: 1000 };
        const outcome = await run({ argv: script('truncate -s 1G /dev/stdout'), limits });
        expect(outcome.result).toEqual({ ok: true, value: { kind: 'output-limit' } });
        expect(outcome.stdout).toHaveLength(1000);
    });

    test('output up to the limit is kept', async () => {
        const limits = { timeoutMs: 30_000, outputBytes: 6 };
        const outcome = await run({ argv: script('printf abc; printf def >&2'), limits });
        expect(outcome).toMatchObject({
            stdout: 'abc',
            stderr: 'def',
            result: { ok: true, value: { kind: 'exit', code: 0 } },
        });
    });

    test('a limit on memory holds', async () => {
        const argv = [
            '/usr/bin/python3',
            '-I',
            '-c',
            'import resource; print(resource.getrlimit(resource.RLIMIT_CORE)); bytearray(1 << 30)',
        ];
        const outcome = await run({ argv, limits: { timeoutMs: 30_000, memoryBytes: 256 << 20 } });
        expect(outcome.result).toEqual({ ok: true, value: { kind: 'exit', code: 1 } });
        expect(outcome.stderr).toContain('MemoryError');
        expect(outcome.stdout).toBe('(0, 0)\n');
    });

    test('nothing is left of a daemon', async () => {
        const marker = newMarker();
        const daemon = `trap '' TERM HUP; (setsid sh -c 'trap "" TERM HUP; sleep ${marker} & sleep ${marker}' &) & sleep 0.1; echo done`;
        const outcome = await run({ argv: script(daemon) });
        expect(outcome).toMatchObject({ stdout: 'done\n', result: { ok: true, value: { kind: 'exit', code: 0 } } });
        expect(outcome.elapsedMs).toBeLessThan(promptMs);
        expect(processesWith(marker)).toEqual([]);
    });

    test('nothing is left when the starter is killed', async () => {
        const marker = newMarker();
        const text = `(setsid sleep ${marker} &); : >started; sleep ${marker}`;
        const call = driverCall(world, tier, { argv: script(text) });
        const driver = spawn(call.program, call.args, { cwd: call.cwd, env: call.environment, stdio: 'ignore' });
        await until(() => existsSync(join(world.output, 'started')));
        driver.kill('SIGKILL');
        await until(() => processesWith(marker).length === 0);
    });

    test('two commands at a time do not see each other', async () => {
        const other = await makeWorld(person);
        const marks = `import os,socket,ctypes,time
s=socket.socket(socket.AF_UNIX); s.bind('\\0rpkg-meeting'); s.listen()
libc=ctypes.CDLL(None)
print(libc.shmget(0x7270, 4096, 0o777) >= 0, os.path.exists('/tmp/meeting'), os.path.exists('/dev/shm/meeting'), os.path.exists('/dev/mqueue'))
libc.shmget(0x7270, 4096, 0o1777|0o1000)
open('/tmp/meeting','w'); open('/dev/shm/meeting','w'); open('/rpkg/out/ready','w')
while not os.path.exists('/rpkg/out/end'): time.sleep(0.01)`;
        const argv = ['/usr/bin/python3', '-I', '-c', marks];
        const first = run({ argv });
        await until(() => existsSync(join(world.output, 'ready')));
        writeFileSync(join(other.output, 'end'), '');
        const second = await runIn(other, tier, { argv });
        writeFileSync(join(world.output, 'end'), '');
        for (const outcome of [await first, second]) {
            expect(outcome).toMatchObject({ stderr: '', stdout: 'False False False False\n' });
        }
        endWorld(other);
    });

    test('a tree full of links to mount points is only data', async () => {
        const hostile = await makeWorld(person);
        for (const name of ['tmp', 'proc', 'dev', 'build', 'etc', 'usr']) {
            symlinkSync(hostile.canary, join(hostile.input, name));
            symlinkSync(`/oldroot${hostile.canary}`, join(hostile.output, name));
        }
        const before = hashFolder(hostile.canary) + hashFolder(hostile.input);
        const outcome = await runIn(hostile, tier, {
            argv: script('echo x >tmp/x || echo y >/rpkg/in/tmp/y || echo z >proc/z'),
        });
        expect(outcome.result).toMatchObject({ ok: true, value: { kind: 'exit', code: 2 } });
        expect(hashFolder(hostile.canary) + hashFolder(hostile.input)).toBe(before);
        endWorld(hostile);
    });

    test('a bind whose source is a link is refused', async () => {
        const link = join(world.folder, 'link');
        symlinkSync(world.canary, link);
        const binds = [...world.binds, { at: '/rpkg/link', from: link, writable: true }];
        const outcome = await run({ argv: script('echo x >/rpkg/link/x'), binds });
        expect(outcome.result).toMatchObject({
            ok: false,
            failure: { kind: 'bad-tree', what: '/rpkg/link', rule: 'link' },
        });
    });

    test('a bind inside a tree is refused', async () => {
        const binds = [...world.binds, { at: '/rpkg/in/tmp', from: world.canary, writable: true }];
        const outcome = await run({ argv: ['/bin/true'], binds });
        expect(outcome.result).toMatchObject({ ok: false, failure: { kind: 'sandbox-unavailable', tier } });
    });

    test('a source that is not there is named', async () => {
        const binds = [...world.binds, { at: '/rpkg/gone', from: join(world.folder, 'gone'), writable: false }];
        const outcome = await run({ argv: ['/bin/true'], binds });
        expect(outcome.result).toMatchObject({ ok: false, failure: { kind: 'system', code: 'ENOENT' } });
    });

    test('paths with odd names can be bound', async () => {
        const from = join(world.folder, `it's "odd" $(id) ü`);
        const binds = [...world.binds, { at: '/rpkg/odd', from, writable: false }];
        mkdirSync(from, { mode: 0o755 });
        writeFileSync(join(from, 'file'), 'odd', { mode: 0o644 });
        expect(await stdoutOf({ argv: ['/bin/cat', '/rpkg/odd/file'], binds })).toBe('odd');
    });

    test.each([
        ['no namespaces', /user namespaces: sysctl/],
        ['half of \/proc', /whole of \/proc/],
    ] as const)('starting with %s gives the cause, and no lower tier', async (restriction, remedy) => {
        const outcome = await run({ argv: ['/bin/true'], restriction });
        expect(outcome.result).toMatchObject({
            ok: false,
            failure: { kind: 'sandbox-unavailable', tier, remedy: expect.stringMatching(remedy) as string },
        });
    });

    test('a terminal is handed over only where nobody can type into it', async () => {
        const outcome = await run({ argv: script('test -t 0 && echo terminal'), terminal: true });
        const safe = tier === 'bwrap' || readFileSync('/proc/sys/dev/tty/legacy_tiocsti', 'utf8').trim() === '0';
        if (safe) expect(outcome).toMatchObject({ stdout: 'terminal\n', result: { ok: true } });
        else expect(outcome.result).toMatchObject({ ok: false, failure: { kind: 'sandbox-unavailable' } });
    });
});

function named(values: readonly string[]): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries(Object.keys(facts).map((name, index) => [name, values[index]]));
}

let markers = 0;

/** A number of seconds to sleep that no other process uses. */
function newMarker(): string {
    markers += 1;
    return `${100_000 + (process.pid % 100_000)}.${markers}`;
}

/** Numbers of the processes whose command line has the marker. */
function processesWith(marker: string): readonly string[] {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLineOf(name).includes(marker));
}

function commandLineOf(process: string): string {
    try {
        return readFileSync(`/proc/${process}/cmdline`, 'utf8');
    } catch {
        return '';
    }
}

async function until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + promptMs;
    while (!condition()) {
        if (performance.now() > deadline) throw new Error('waited in vain');
        await setTimeout(10);
    }
}
