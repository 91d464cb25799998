// A tree that is hard to remove. As a program: makes one at the first argument, with links to the second, and removes it.
import * as fs from 'node:fs';
import { removeTree } from '../../../runtime/store/remove-tree.ts';

export function makeStubborn(tree: string, outside: string): void {
    fs.mkdirSync(`${tree}/locked/inner`, { recursive: true });
    fs.writeFileSync(`${tree}/locked/inner/f`, '', { mode: 0 });
    fs.symlinkSync(outside, `${tree}/locked/out`);
    fs.symlinkSync('locked', `${tree}/in`);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.of(0xff, 0xfe)]), '');
    fs.mkdirSync(`${tree}/many`);
    for (let i = 0; i < 300; i += 1) fs.writeFileSync(`${tree}/many/${i}`, '');
    fs.chmodSync(`${tree}/many`, 0o555);
    fs.chmodSync(`${tree}/locked/inner`, 0);
    fs.chmodSync(`${tree}/locked`, 0);
}

const [, program, tree, outside] = process.argv;
if (program === import.meta.filename && tree !== undefined && outside !== undefined) {
    makeStubborn(tree, outside);
    process.stdout.write(JSON.stringify(await removeTree(tree)));
}
