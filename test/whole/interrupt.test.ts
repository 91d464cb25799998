// Stopping rpkg in the middle of an action, politely and rudely: nothing is left running, and the next build works.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import {
    answer,
    buildOne,
    expectCleanStore,
    freshPlace,
    type Place,
    processesOf,
    type Started,
    startRpkg,
    until,
    write,
} from '../support/whole.ts';
import { expectFault } from './fault.ts';
import { tiny } from './tiny.ts';

/** Two steps: one that ends, and one that leaves processes behind and never ends. */
const endless = tiny(
    'trap \'\' INT TERM HUP\nsetsid sleep 3601 &\nsleep 3602 &\ntouch "$OUT/started"\nsleep 3603',
).replace(
    '    step go {\n',
    '    step first {\n        script = "echo first >\\"$OUT/first\\""\n    }\n\n    step go {\n        after = [first]\n',
);

async function startedBuild(place: Place, tier: string): Promise<Started> {
    write(place, { 'endless.rpkg': endless, 'tiny.rpkg': tiny('echo hi >"$OUT/hi"') });
    const started = startRpkg(place, ['build', '-q', '--sandbox', tier, 'endless.rpkg'], { group: true });
    const sleeps = (): number => processesOf(place).filter((line) => / sleep 360\d $/.test(line)).length;
    await until(() => sleeps() === 3, 'the action has started');
    return started;
}

/** What must hold after rpkg has gone, however it went. */
async function expectNothingLeft(place: Place): Promise<void> {
    await until(() => processesOf(place).length === 0, 'no process is left');
    await buildOne(place, ['tiny.rpkg']);
    expect(fs.readdirSync(`${place.store}/tmp`)).toEqual([]);
    await expectCleanStore(place);
}

for (const tier of ['bwrap', 'unshare']) {
    test.each([
        ['SIGINT', 130, 'rpkg alone'],
        ['SIGTERM', 143, 'rpkg alone'],
        ['SIGINT', 130, 'the whole group, as a terminal does'],
        ['SIGTERM', 143, 'the whole group'],
    ] as const)(`${tier}: %s gives %i, to %s`, async (signal, exit, whom) => {
        const place = freshPlace();
        const started = await startedBuild(place, tier);
        process.kill(whom === 'rpkg alone' ? started.pid : -started.pid, signal);
        expectFault(await started.ended, {
            exit,
            code: 'build/interrupted',
            says: `stopped by ${signal}`,
            help: 'the next build goes on from there',
        });
        expect(processesOf(place)).toEqual([]);
        expect(fs.readdirSync(`${place.store}/tmp`)).toEqual([]);
        await expectCleanStore(place);
        await expectNothingLeft(place);
    });

    test.each([
        ['SIGKILL', 'rpkg alone'],
        ['SIGKILL', 'the whole group'],
        ['SIGHUP', 'rpkg alone'],
        ['SIGQUIT', 'rpkg alone'],
    ] as const)(`${tier}: %s to %s ends the action too`, async (signal, whom) => {
        const place = freshPlace();
        const started = await startedBuild(place, tier);
        process.kill(whom === 'rpkg alone' ? started.pid : -started.pid, signal);
        expect((await started.ended).exit).not.toBe(0);
        await expectNothingLeft(place);
    });
}

test('what was finished before the interruption is not run again', async () => {
    const place = freshPlace();
    const started = await startedBuild(place, 'bwrap');
    process.kill(started.pid, 'SIGTERM');
    await started.ended;
    fs.writeFileSync(`${place.folder}/endless.rpkg`, endless.replace('sleep 3603', 'kill %1 %2 || true'));
    await answer(place, ['build', '-q', 'endless.rpkg']);
    const events = await answer(place, ['log', '--json']);
    const kinds = events
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { kind: string; action?: string });
    expect(kinds.filter(({ kind }) => kind === 'action-cached').map(({ action }) => action)).toEqual(['step.first']);
    expect(await answer(place, ['log', '--runs'])).toMatch(/ {2}failed\n$/);
});

test('a second signal does not wait for anything', async () => {
    const place = freshPlace();
    const started = await startedBuild(place, 'bwrap');
    process.kill(started.pid, 'SIGINT');
    process.kill(started.pid, 'SIGINT');
    expect((await started.ended).exit).toBe(130);
    await expectNothingLeft(place);
});
