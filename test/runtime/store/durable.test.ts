// Rounds of syncs that publishers share.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { FileSyncs, SyncRounds } from '../../../runtime/store/durable.ts';
import { freshFolder } from '../../support/fresh-folder.ts';

function fileIn(folder: string, name: string): FileSyncs {
    const path = `${folder}/${name}`;
    const syncs = new FileSyncs();
    syncs.add({ descriptor: fs.openSync(path, 'wx'), path });
    return syncs;
}

test('a problem is told to the publisher whose it is, and the others go on', async () => {
    const folder = freshFolder();
    const rounds = new SyncRounds();
    const names = Array.from({ length: 60 }, (_, at) => at);
    const results = await Promise.allSettled(
        names.map((at) =>
            rounds.publishing(async () => {
                const directory = at % 7 === 3 ? `${folder}/missing` : folder;
                await rounds.sync([directory], fileIn(folder, `${at}`));
                await rounds.sync([folder]);
            }),
        ),
    );
    for (const [at, result] of results.entries()) {
        if (at % 7 === 3) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ENOENT' } });
        else expect(result.status).toBe('fulfilled');
    }
    // Every file was closed, also of those that failed.
    const open = fs.readdirSync('/proc/self/fd').map((name) => linkOf(`/proc/self/fd/${name}`));
    expect(open.filter((path) => path.startsWith(folder))).toEqual([]);
});

test('who waits for others that never sync is served all the same', async () => {
    const folder = freshFolder();
    const rounds = new SyncRounds();
    let release = (): void => undefined;
    const idle = rounds.publishing(
        () =>
            new Promise<void>((resolve) => {
                release = resolve;
            }),
    );
    await rounds.publishing(async () => {
        for (let round = 0; round < 3; round++) await rounds.sync([folder]);
    });
    release();
    await idle;
});

function linkOf(path: string): string {
    try {
        return fs.readlinkSync(path);
    } catch {
        return '';
    }
}
