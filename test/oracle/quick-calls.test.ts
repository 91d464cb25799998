// Calls of a small workspace; `npm run test:oracle` compares those of real applications.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/fresh-folder.ts';
import { freshPlace, write } from '../support/whole.ts';
import { callsWorkspace } from './calls-workspace.ts';
import { checkCalls } from './check-calls.ts';

test.each(['dev', 'release'])('calls are those of cargo build -vv, profile %s', async (profile) => {
    const place = freshPlace();
    write(place, callsWorkspace(profile));
    const workspace = `${fs.realpathSync(place.folder)}/app`;
    const checks = await checkCalls(place, {
        recipe: ['app.rpkg'],
        profile,
        sources: () => Promise.resolve({ workspace, crates: '/nowhere' }),
        below: freshFolder(),
    });
    for (const { title, calls, equal, differences } of checks) {
        expect(differences.join('\n'), title).toBe('');
        expect({ calls, equal }, title).toEqual({ calls: 15, equal: 15 });
    }
});
