// Tokens for the threads of compilers: who has how many, and that commands in the sandbox can take them.
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KeptAction } from '../../../runtime/run-action.ts';
import { Jobserver, jobserverFlags, type Lease } from '../../../runtime/jobserver.ts';
import { planOf, run } from '../../support/plans.ts';
import { openWorkshop, outputOf } from '../../support/workshop.ts';

/** What lies in a pipe, left as it is. */
function tokensOf({ folder }: Lease): number {
    const pipe = openPipe(folder);
    const count = drain(pipe);
    fs.writeSync(pipe, '+'.repeat(count));
    fs.closeSync(pipe);
    return count;
}

function openPipe(folder: string | undefined): number {
    return fs.openSync(`${folder ?? ''}/tokens`, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
}

function drain(pipe: number, most = 64): number {
    try {
        return fs.readSync(pipe, Buffer.alloc(most), 0, most, null);
    } catch {
        return 0;
    }
}

const asks = { CARGO_MAKEFLAGS: '$(jobserver)' };

describe('the jobserver of a build', () => {
    it('shares what running actions leave, and takes it back', async () => {
        const { store } = await openWorkshop('bwrap');
        const server = new Jobserver(5, store);
        const one = await server.begin(1, true);
        expect(tokensOf(one)).toBe(4);
        const two = await server.begin(1, true);
        expect([one, two].map(tokensOf)).toEqual([2, 1]);
        const other = await server.begin(1, false);
        expect(other.folder).toBeUndefined();
        expect([one, two].map(tokensOf)).toEqual([1, 1]);
        const third = await server.begin(2, true);
        expect([one, two, third].map(tokensOf)).toEqual([0, 0, 1]);
        third.ended();
        other.ended();
        expect([one, two].map(tokensOf)).toEqual([2, 1]);
        two.close();
        third.close();
        expect(tokensOf(one)).toBe(4);
        // More work than jobs.
        for (const jobs of [5, 5]) await server.begin(jobs, false);
        expect(tokensOf(one)).toBe(0);
        await server.close();
    });

    it('waits for tokens that are in use, and loses none that are not given back', async () => {
        const { store } = await openWorkshop('bwrap');
        const server = new Jobserver(2, store);
        const one = await server.begin(1, true);
        const pipe = openPipe(one.folder);
        expect(drain(pipe)).toBe(1);
        const two = await server.begin(1, true);
        fs.writeSync(pipe, '+');
        await expect.poll(() => tokensOf(one)).toBe(0);
        two.ended();
        expect(drain(pipe)).toBe(1);
        // It ends with the token in its hand.
        one.close();
        const three = await server.begin(1, true);
        expect(tokensOf(three)).toBe(1);
        fs.closeSync(pipe);
        await server.close();
    });

    it('makes no pipe where nobody asks', async () => {
        const { store } = await openWorkshop('bwrap');
        const server = new Jobserver(2, store);
        (await server.begin(1, false)).close();
        await server.close();
    });
});

describe.each(['bwrap', 'unshare'] as const)('an action in %s', (tier) => {
    it('can take the tokens of jobs that nobody has', async () => {
        const workshop = await openWorkshop(tier);
        const script = `
            echo "$CARGO_MAKEFLAGS" >/rpkg/out/flags
            exec 3<>/rpkg/jobserver/tokens
            dd bs=1 count=1 <&3 >/rpkg/out/token 2>/dev/null
            cat /rpkg/out/token >&3
            ! echo x >/rpkg/jobserver/other
        `;
        const plan = planOf(
            { build: run(script, { env: { PATH: '/usr/bin:/bin', ...asks } }) },
            { outputs: { out: 'build' } },
        );
        const ran = await workshop.build(plan, { jobs: 2 });
        expect(ran.failures).toEqual([]);
        expect(outputOf(workshop, ran, 'build')).toEqual({ flags: `${jobserverFlags}\n`, token: '+' });
    });

    it('that failed is kept without it', async () => {
        const workshop = await openWorkshop(tier);
        const plan = planOf({ build: run('exit 1', { env: asks }) }, { outputs: { out: 'build' } });
        const { failures } = await workshop.build(plan, { jobs: 2 });
        const [failed] = failures;
        const kept = failed !== undefined && 'kept' in failed ? failed.kept : '';
        const { spec } = JSON.parse(fs.readFileSync(`${kept}/action.json`, 'utf8')) as KeptAction;
        expect(spec.env['CARGO_MAKEFLAGS']).toBe('');
        expect(spec.binds.filter(({ at }) => at.includes('jobserver'))).toEqual([]);
    });
});
