// rpkg is killed at random moments of a build, again and again with one store: no half object is ever seen, nothing
// that was finished is lost, and what was left is cleared away by the next run.
//
// So that work is done in every round, everything that was built is taken out of the store between rounds: objects, blobs,
// records of actions and of local sources. Identities of the host's tools stay, because finding them out takes longer
// than the whole build; every tenth round starts without them too, and so does the first.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import {
    buildOne,
    copyHello,
    expectCleanStore,
    freshPlace,
    type Place,
    processesOf,
    rpkg,
    startRpkg,
    until,
} from '../support/whole.ts';

const rounds = 100;
const seed = Number(process.env['RPKG_TEST_SEED'] ?? Date.now() % 1_000_000);

/** Uniform in [0, 1); the same sequence for the same seed. */
function randomNumbers(start: number): () => number {
    let state = start;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

async function forgetWork(place: Place, hostToo: boolean): Promise<void> {
    const parts = [
        'objects',
        'blobs',
        'builds',
        'etc',
        'records/action',
        'records/local',
        ...(hostToo ? ['records/host'] : []),
    ];
    for (const part of parts) await deleteTree(`${place.store}/${part}`);
    for (const part of ['objects', 'blobs']) fs.mkdirSync(`${place.store}/${part}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
    const started = Date.now();
    await work();
    return Date.now() - started;
}

interface Round {
    readonly place: Place;
    readonly recipe: string;
    readonly digest: string;
    readonly delayMs: number;
    readonly wholeGroup: boolean;
}

/** Kills one build, and checks everything that must hold then. */
async function killOnce({ place, recipe, digest, delayMs, wholeGroup }: Round): Promise<void> {
    const started = startRpkg(place, ['build', '-q', recipe], { group: true });
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (started.child.exitCode === null) process.kill(wholeGroup ? -started.pid : started.pid, 'SIGKILL');
    await started.ended;
    await until(() => processesOf(place).length === 0, 'no process is left');
    const verified = await rpkg(place, ['store', 'verify']);
    expect({ ...verified, out: verified.out.replaceAll(/^stale-temporary: .*\n/gm, '') }).toEqual({
        exit: 0,
        out: 'every object is what its name says\n',
        err: '',
    });
    expect(await buildOne(place, [recipe])).toMatchObject({ digest });
    // When the build had finished before it was killed, the next run has nothing to write, and clears nothing away.
    expect(fs.readdirSync(`${place.store}/tmp`).length).toBeLessThanOrEqual(1);
}

test(`killed ${rounds} times in one store (RPKG_TEST_SEED=${seed})`, { timeout: 900_000 }, async () => {
    const place = freshPlace();
    const recipe = copyHello(place);
    const random = randomNumbers(seed);
    const coldMs = await timed(() => buildOne(place, [recipe]));
    const { digest } = await buildOne(place, [recipe]);
    await forgetWork(place, false);
    const warmMs = await timed(() => buildOne(place, [recipe]));
    // The first round starts with nothing at all.
    await deleteTree(place.store);
    for (let round = 0; round < rounds; round++) {
        const cold = round % 10 === 0;
        if (round > 0) await forgetWork(place, cold);
        const delayMs = Math.floor(random() * 1.1 * (cold ? coldMs : warmMs));
        const wholeGroup = round % 2 === 1;
        await killOnce({ place, recipe, digest, delayMs, wholeGroup }).catch((error: unknown) => {
            throw new Error(`seed ${seed}, round ${round}, killed after ${delayMs} ms`, { cause: error });
        });
    }
    await forgetWork(place, true);
    expect(await buildOne(place, [recipe])).toMatchObject({ digest });
    await expectCleanStore(place);
    expect(fs.readdirSync(place.store).sort()).toEqual([
        'blobs',
        'builds',
        'etc',
        'objects',
        'records',
        'runs',
        'tmp',
        'version',
    ]);
});
