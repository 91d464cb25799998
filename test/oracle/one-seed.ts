// `node test/oracle/one-seed.ts SEED FOLDER`: writes the workspace of a seed, keeps it, and shows what differs.
import * as path from 'node:path';
import { check, newTally, summary } from './check.ts';
import { generateWorkspace } from './generate.ts';

const [seed = '', folder = ''] = process.argv.slice(2);
const made = await generateWorkspace(Number(seed), path.resolve(folder));
if (made === undefined) throw new Error(`Cargo refuses it: ${path.join(folder, 'refused.txt')}`);
const tally = newTally();
for (const request of made.requests) await check({ label: `seed ${seed}`, ...made }, request, tally);
for (const difference of tally.differences) console.log(`${difference}\n`);
for (const taken of tally.taken) console.log(`only Cargo refuses ${taken}\n`);
console.log(summary(`seed ${seed}`, tally));
