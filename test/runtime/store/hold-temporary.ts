// Makes a temporary folder in the store given as argument, prints its path and waits to be killed.
import * as fs from 'node:fs';
import { openStore } from '../../../runtime/store/store.ts';

const opened = await openStore(process.argv[2] ?? '');
const folder = opened.ok ? await opened.value.temporary('work') : opened;
if (!folder.ok) throw new Error(JSON.stringify(folder.failure));
fs.mkdirSync(`${folder.value}/closed/deep`, { recursive: true });
process.stdout.write(`${folder.value}\n`);
process.stdin.resume();
