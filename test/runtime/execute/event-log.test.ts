import * as fs from 'node:fs';
import { expect, it } from 'vitest';
import { readEventLog, recordedRuns, startEventLog } from '../../../runtime/event-log.ts';
import type { EventBody } from '../../../runtime/event.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { planOf, run } from '../../support/plans.ts';
import { openWorkshop } from '../../support/workshop.ts';

it('keeps the events of a run, each with its time', async () => {
    const workshop = await openWorkshop();
    const ran = await workshop.build(planOf({ a: run('echo x >/rpkg/out/x; echo "ä\n"') }));
    let time = Date.UTC(2026, 10, 23, 5, 22, 1, 123);
    const log = startEventLog(workshop.store.root, () => time++);
    expect(log.run).toBe(`20261123T052201.123-${process.pid}`);
    for (const event of ran.events) log.write(event);
    log.close();
    const events = readEventLog(workshop.store.root, log.run);
    expect(events?.map((event) => ({ ...event, at: undefined }))).toEqual(ran.events);
    expect(events?.map(({ at }) => at - (events[0]?.at ?? 0))).toEqual(ran.events.map((_, index) => index));
});

it('is readable to the last whole line', () => {
    const root = freshFolder();
    const log = startEventLog(root, () => 5);
    const skipped: EventBody = { kind: 'action-skipped', action: 'a', because: 'b' };
    log.write(skipped);
    log.write(skipped);
    log.close();
    const whole = fs.readFileSync(log.path, 'utf8');
    for (const text of [`${whole}{"at":6,"kind":"act`, `${whole}\0\0\0`, `${whole}\n`, whole.slice(0, -1)]) {
        fs.writeFileSync(log.path, text);
        expect(readEventLog(root, log.run)).toEqual([
            { at: 5, ...skipped },
            { at: 5, ...skipped },
        ]);
    }
    fs.writeFileSync(log.path, '');
    expect(readEventLog(root, log.run)).toEqual([]);
});

it('lists runs, newest first, and knows no others', () => {
    const root = freshFolder();
    expect(recordedRuns(root)).toEqual([]);
    const started = [3, 1, 2].map((second) => startEventLog(root, () => second * 1000));
    for (const log of started) log.close();
    fs.writeFileSync(`${root}/runs/notes.txt`, '');
    const runs = recordedRuns(root);
    expect(runs).toEqual([3, 2, 1].map((second) => `19700101T00000${second}.000-${process.pid}`));
    expect(readEventLog(root, 'nope')).toBeUndefined();
    expect(readEventLog(root, '../runs/nope')).toBeUndefined();
});

it('cannot be started where nothing can be written', () => {
    const root = freshFolder();
    fs.writeFileSync(`${root}/runs`, '');
    expect(() => startEventLog(root, Date.now)).toThrow(/EEXIST/);
});
