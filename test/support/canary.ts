// A folder that nothing may touch: everything about it goes into one hash, taken before and after.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';

export function makeCanary(folder: string): void {
    fs.mkdirSync(`${folder}/deep`, { recursive: true });
    fs.writeFileSync(`${folder}/secret`, 'untouched');
    fs.writeFileSync(`${folder}/deep/tool`, '#!/bin/sh\n', { mode: 0o755 });
    fs.symlinkSync('secret', `${folder}/link`);
}

/** Names, kinds, modes, times of change and contents of all that is in a folder. */
export function fingerprint(folder: string): string {
    const hash = createHash('sha256');
    const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    for (const name of ['', ...names]) {
        const path = `${folder}/${name}`;
        const status = fs.lstatSync(path);
        hash.update(`${name}\0${status.mode}\0${status.size}\0${status.mtimeMs}\0${status.ctimeMs}\0${status.nlink}\0`);
        if (status.isFile()) hash.update(fs.readFileSync(path));
    }
    return hash.digest('hex');
}
