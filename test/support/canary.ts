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
    for (const name of ['', ...namesBelow(folder)]) {
        const path = `${folder}/${name}`;
        const status = fs.lstatSync(path);
        hash.update(`${name}\0${status.mode}\0${status.size}\0${status.mtimeMs}\0${status.ctimeMs}\0${status.nlink}\0`);
        if (status.isFile()) hash.update(fs.readFileSync(path));
    }
    return hash.digest('hex');
}

/** Relative paths of all that is below a folder, sorted. Node's own recursive listing follows links. */
export function namesBelow(folder: string): string[] {
    const paths = fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const inside = entry.isDirectory() ? namesBelow(`${folder}/${entry.name}`) : [];
        return [entry.name, ...inside.map((path) => `${entry.name}/${path}`)];
    });
    return paths.sort();
}
