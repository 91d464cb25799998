import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { onTestFinished } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';

/** An empty folder that goes away, whatever is in it, when the running test is over. */
export function freshFolder(): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-test-'));
    onTestFinished(() => deleteTree(folder));
    return folder;
}
