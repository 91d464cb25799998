import { it } from 'vitest';
import { planOf, run } from '../../support/plans.ts';
import { openWorkshop } from '../../support/workshop.ts';
import { call, writeEmitted } from './emitted.ts';
it('x', async () => {
    const w = await openWorkshop(); const plan = planOf({ a: run('true'), b: run('true'), c: run('true') });
    await writeEmitted(plan, w, '/tmp/zz');
});
