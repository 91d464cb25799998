// Imports many folders at once; prints the codes of failures and what is wrong with the store afterwards.
import * as fs from 'node:fs';
import { openStore } from '../../../runtime/store/store.ts';
import { problemsOf } from './store-problems.ts';

const [, , root = '', input = ''] = process.argv;
const folders = Array.from({ length: 60 }, (_, at) => {
    const folder = `${input}/../many-${at}`;
    fs.mkdirSync(folder);
    for (let i = 0; i < 8; i += 1) fs.writeFileSync(`${folder}/${i}`, `${at} ${i}`);
    return folder;
});
const opened = await openStore(root);
if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
const store = opened.value;
const results = await Promise.all(folders.map((folder) => store.importTree(folder, { what: folder })));
const kinds = results.map((result) => {
    if (result.ok) return 'ok';
    return result.failure.kind === 'system' ? result.failure.code : result.failure.kind;
});
const problems = await problemsOf(store);
await store.close();
process.stdout.write(JSON.stringify({ kinds: [...new Set(kinds)], problems }));
