// An action has no network: it sees a loopback device of its own, and nothing answers.
import { createServer } from 'node:net';
import * as fs from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { Plan } from '../../compiler/plan/plan.ts';
import { answer, buildOne, freshPlace, helloRecipe, type Place, run, until, write } from '../support/whole.ts';
import { tiny } from './tiny.ts';

/** A server on the host that counts who comes. */
async function listen(): Promise<{ readonly port: number; readonly visits: () => number }> {
    let visits = 0;
    const server = createServer((socket) => {
        visits += 1;
        socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : 0, visits: () => visits };
}

/** An abstract socket of the host, which no mount namespace hides. */
async function listenAbstract(place: Place): Promise<string> {
    const name = `rpkg-test-${place.folder.length}-${process.pid}`;
    const server = createServer((socket) => socket.end('reached\n'));
    await new Promise<void>((resolve) => server.listen(`\0${name}`, resolve));
    onTestFinished(() => void server.close());
    return name;
}

test.each(['bwrap', 'unshare'])('%s: only a loopback device, no route, no name, no connection', async (tier) => {
    const place = freshPlace();
    const { port, visits } = await listen();
    const abstract = await listenAbstract(place);
    const script = [
        'cd "$OUT"',
        'cut -d: -f1 /proc/net/dev | sed 1,2d | tr -d " " >devices',
        'sed 1d /proc/net/route >routes',
        'cat /proc/net/unix >sockets',
        'getent hosts example.org >names || true',
        `for host in 127.0.0.1 localhost 192.0.2.1 example.org; do`,
        `    if timeout 5 bash -c "exec 3<>/dev/tcp/$host/${port}" 2>/dev/null; then echo "$host" >>connected; fi`,
        'done',
    ].join('\n');
    write(place, { 'tiny.rpkg': tiny(script) });
    const { path } = await buildOne(place, ['--sandbox', tier, 'tiny.rpkg']);
    const read = (name: string): string => fs.readFileSync(`${path}/${name}`, 'utf8');
    expect({ devices: read('devices'), routes: read('routes'), names: read('names') }).toEqual({
        devices: 'lo\n',
        routes: '',
        names: '',
    });
    expect(read('sockets')).not.toContain(abstract);
    expect(fs.readdirSync(path)).not.toContain('connected');
    expect(visits()).toBe(0);
    // Outside of the sandbox the server can be reached.
    await run(place, ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`]);
    await until(() => visits() === 1, 'the server counts a visitor');
});

test('only fetching may use the network: other actions have no field for it', async () => {
    const place = freshPlace();
    write(place, { 'tiny.rpkg': tiny('true') });
    for (const recipe of ['tiny.rpkg', helloRecipe]) {
        const plan = JSON.parse(await answer(place, ['plan', recipe])) as Plan;
        for (const action of Object.values(plan.actions)) {
            if (action.kind !== 'fetch') expect(JSON.stringify(Object.keys(action))).not.toMatch(/net|url|host/i);
        }
    }
});

test('a build whose sources are there needs no network at all', async () => {
    const place = freshPlace();
    const withoutNetwork = { through: ['unshare', '-Urn'] };
    const { digest } = await buildOne(place, ['--offline', helloRecipe], withoutNetwork);
    const other = freshPlace();
    expect((await buildOne(other, [helloRecipe])).digest).toBe(digest);
});
