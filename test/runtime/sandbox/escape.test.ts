// Hostile commands. Each attempt has the outcome that it must have in each tier; where the tiers differ, the second one
// is what spec/sandbox.md admits of the tier without a system call filter.
import { createServer, type Server } from 'node:net';
import { createSocket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type World, endWorld, hashFolder, makeWorld, rounds, runIn, secrets } from './world.ts';

type Outcomes = Readonly<Record<string, string>>;

const program = readFileSync(join(import.meta.dirname, 'escape.py'), 'utf8');
const abstract = `rpkg-test-${process.pid}`;

/** The same in both tiers, or [bwrap, unshare]. */
type Row = readonly [attempt: string, both: RegExp] | readonly [attempt: string, bwrap: RegExp, unshare: RegExp];

const refused = /^(?:EPERM|EACCES|EROFS|ENOSYS)$/;
const readOnly = /^EROFS$/;
const absent = /^ENOENT$/;
const unreachable = /^(?:ECONNREFUSED|ENETUNREACH)$/;
const notFiltered = /^ok/;

const groups: Readonly<Record<string, readonly Row[]>> = {
    'B01 network': [
        ['tcp 127.0.0.1', /^ECONNREFUSED$/],
        ['tcp ::1', /^ECONNREFUSED$/],
        ['tcp elsewhere', /^ENETUNREACH$/],
        ['tcp6 elsewhere', /^ENETUNREACH$/],
        ['udp 127.0.0.1', unreachable],
        ['udp elsewhere', unreachable],
        ['raw socket', /^EPERM$/],
        ['packet socket', /^EAFNOSUPPORT$/, /^EPERM$/],
        // The kernel has no namespace for these: only the filter holds them.
        ['vsock', /^EAFNOSUPPORT$/, /^(?:ok|EAFNOSUPPORT)$/],
        ['crypto socket', /^EAFNOSUPPORT$/, /^(?:ok|EAFNOSUPPORT)$/],
        ['interfaces', /^lo$/],
    ],
    'B02 sockets of the host': [
        ['abstract socket', /^ECONNREFUSED$/],
        ['socket in a host directory', absent],
        ['host places', /^$/],
    ],
    'B04 writing': [
        ['create /new', readOnly],
        ['create /usr/new', readOnly],
        ['create /etc/new', readOnly],
        ['create /rpkg/new', readOnly],
        ['create /rpkg/in/new', readOnly],
        ['create /bin/new', readOnly],
        ['create /proc/new', /^(?:ENOENT|EROFS)$/],
        ['open /proc/sys/kernel/core_pattern', /^(?:EROFS|EACCES)$/],
        ['open /proc/sys/kernel/hostname', /^(?:EROFS|EACCES)$/],
        ['open /proc/sys/kernel/printk', /^(?:EROFS|EACCES)$/],
        ['open /proc/sys/vm/overcommit_memory', /^(?:EROFS|EACCES)$/],
        ['open /proc/sys/user/max_user_namespaces', /^(?:EROFS|EACCES)$/],
        ['open /proc/sys/net/ipv4/ip_forward', /^(?:EROFS|EACCES)$/],
        ['sysrq', /^(?:EROFS|EACCES|ENOENT)$/],
        ['memory of the machine', /^(?:EPERM|EACCES|ENOENT)$/],
        ['kernel log', /^EPERM$/],
        ['remove a program', readOnly],
        ['rename a program', readOnly],
    ],
    'B05 inputs': [
        ['input chmod', readOnly],
        ['input rewrite', readOnly],
        ['input truncate', readOnly],
        ['input rename', /^(?:EXDEV|EROFS)$/],
        ['input hard link', /^EXDEV$/],
        ['input times', readOnly],
        ['input through /proc/self/root', readOnly],
        ['input through /proc/self/fd', readOnly],
        ['input through memory', /^EACCES$/],
        ['input mode by descriptor', readOnly],
    ],
    'B06 secrets, B07 descriptors': [
        ['secrets found', /^$/],
        ['environment of 1', /^(?:ok|EACCES|EPERM)$/],
        ['descriptors', /^0 1 2$/],
        ['directories that process 1 holds', /^(?:ok|EACCES|EPERM)$/],
        ['/proc/1/root leads outside', /^(?:ENOENT|EACCES|EPERM)$/],
        ['/proc/1/cwd leads outside', /^(?:ENOENT|EACCES|EPERM)$/],
        ['/proc/1/exe leads outside', /^(?:ENOTDIR|ENOENT|EACCES|EPERM)$/],
        ['/proc/1/fd/1 leads outside', /^(?:ENOTDIR|ENOENT|EACCES|EPERM)$/],
    ],
    'B08 other processes': [
        ['trace process 1', /^EPERM$/],
        ['memory of process 1', /^(?:EPERM|ESRCH)$/],
        ['change memory of process 1', refused],
        ['trace a sibling', /^EPERM$/, notFiltered],
        // The kernel keeps these signals away from the first process of a namespace.
        ['stop process 1', /^(?:ok|EPERM)$/],
        ['kill process 1', /^(?:ok|EPERM)$/],
        ['process 1 state', /^S$/],
        ['processes', /^1(?: \d)*$/, /^1(?: \d+)*$/],
        ['capabilities', /^0+$/],
        ['no new privileges', /^1$/],
        ['filter mode', /^2$/, /^0$/],
    ],
    'B09 namespaces': [
        ['new user namespace', /^EPERM$/, /^ENOSPC$/],
        ['new user and mount namespace', /^EPERM$/, /^ENOSPC$/],
        ['new mount namespace', /^EPERM$/],
        ['new net namespace', /^EPERM$/],
        ['new pid namespace', /^EPERM$/],
        ['new time namespace', /^EPERM$/],
        ['clone with a user namespace', /^EPERM$/, /^ENOSPC$/],
        ['clone3', /^ENOSYS$/, /^EINVAL$/],
        ['mount', /^EPERM$/],
        ['remount /usr', /^EPERM$/],
        ['unmount /usr', /^EPERM$/],
        ['pivot_root', /^EPERM$/],
        ['fsopen', /^EPERM$/],
        ['open_tree', /^EPERM$/],
        ['chroot', /^EPERM$/],
        ['join the namespace of process 1', refused],
        ['nested bwrap', /^refused$/],
        ['nested unshare', /^refused$/],
    ],
    'B10 privileges': [
        ['set-user-ID', /^EPERM$/, notFiltered],
        ['set-group-ID', /^EPERM$/, notFiltered],
        ['set-user-ID by descriptor', /^EPERM$/, notFiltered],
        ['set-user-ID by fchmodat2', /^(?:EPERM|ENOSYS)$/, /^(?:ok|ENOSYS)$/],
        ['ordinary mode', /^ok$/],
        ['attribute', /^ENOTSUP|EOPNOTSUPP$/, /^ok|ENOTSUP|EOPNOTSUPP$/],
        ['file capability', /^ENOTSUP|EOPNOTSUPP$/, /^EPERM$/],
        ['give away', /^(?:EPERM|EINVAL)$/],
        ['device', /^EPERM$/],
        ['become root', /^(?:EPERM|EINVAL)$/],
    ],
    'B11 the kernel': [
        ['session keyring', /^ENOSYS$/, notFiltered],
        ['add a key', /^ENOSYS$/, /^ok|EDQUOT$/],
        ['io_uring', /^ENOSYS$/, /^(?:ok|EPERM|ENOSYS|EINVAL)$/],
        ['bpf', /^ENOSYS$/, /^(?:EPERM|EINVAL|ENOSYS)$/],
        ['perf_event_open', /^ENOSYS$/, /^(?:ok|EACCES|EPERM|ENOSYS|EINVAL|E2BIG)$/],
        ['userfaultfd', /^ENOSYS$/, /^(?:ok|EPERM|ENOSYS)$/],
        ['load a module', refused],
        ['kexec', refused],
        ['reboot', /^(?:EPERM|EINVAL)$/],
        ['fixed addresses', /^EPERM$/, notFiltered],
        ['type into a terminal', /^EPERM$/, /^(?:ok|EIO)$/],
        ...(process.arch === 'x64'
            ? ([
                  ['32-bit call', /^(?:ENOSYS|ended by signal 11)$/, /^(?:ok|ENOSYS|ended by signal 11)$/],
                  ['x32 call', /^ENOSYS$/],
              ] satisfies readonly Row[])
            : []),
    ],
    'B16 facts': [
        ['hostname', /^rpkg$/],
        ['ids', /^1000 1000 1000 1000$/],
        ['name', /^rpkg$/],
        ['zone', /^UTC UTC$/],
        ['root', /^bin dev etc lib (?:\S+ )*proc rpkg sbin tmp usr$/],
    ],
};

describe.each(rounds)('hostile commands in $tier, started by $person.name', ({ person, tier }) => {
    const servers: Server[] = [];
    const datagrams = createSocket('udp4');
    let world: World;
    let outcomes: Outcomes;

    beforeAll(async () => {
        world = await makeWorld(person);
        const path = join(world.folder, 'socket');
        const port = await listen(servers, { host: '127.0.0.1', port: 0 });
        await listen(servers, { host: '::1', port });
        await listen(servers, { path: `\0${abstract}` });
        await listen(servers, { path });
        await new Promise<void>((resolve) => datagrams.bind(port, '127.0.0.1', resolve));
        datagrams.on('message', (_, from) => datagrams.send('x', from.port, from.address));
        const before = hashFolder(world.canary) + hashFolder(world.input);
        const request = { port, abstract, socket: path, folder: world.folder, secrets: Object.values(secrets) };
        // Not as an argument: the command's own arguments may be seen inside.
        writeFileSync(join(world.output, 'request.json'), JSON.stringify(request));
        writeFileSync(join(world.output, 'escape.py'), program);
        const outcome = await runIn(world, tier, { argv: ['/usr/bin/python3', '-I', '/rpkg/out/escape.py'] });
        expect(outcome).toMatchObject({ stderr: '', result: { ok: true, value: { kind: 'exit', code: 0 } } });
        expect(hashFolder(world.canary) + hashFolder(world.input)).toBe(before);
        outcomes = JSON.parse(outcome.stdout) as Outcomes;
    });

    afterAll(() => {
        for (const server of servers) server.close();
        datagrams.close();
        endWorld(world);
    });

    const rows = Object.entries(groups).flatMap(([group, all]) =>
        all.map(([attempt, bwrap, unshare = bwrap]) => ({
            group,
            attempt,
            expected: tier === 'bwrap' ? bwrap : unshare,
        })),
    );

    test.each(rows)('$group: $attempt', ({ attempt, expected }) => {
        expect(outcomes[attempt]).toMatch(expected);
    });

    test('every attempt is judged', () => {
        expect(Object.keys(outcomes).sort()).toEqual(rows.map(({ attempt }) => attempt).sort());
    });
});

async function listen(servers: Server[], where: { host?: string; port?: number; path?: string }): Promise<number> {
    const server = createServer((socket) => socket.end('reached'));
    servers.push(server);
    await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(where, resolve);
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
}
