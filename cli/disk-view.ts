// What planning may see of the disk. It looks at many small files, most of them once: asking one by one is fast enough.
import * as fs from 'node:fs';
import type { FolderView } from '../compiler/cargo/folder-view.ts';
import { compareBytes } from '../compiler/plan/bytes.ts';

export function diskView(): FolderView {
    const texts = new Map<string, string | undefined>();
    return {
        read: (path) => {
            if (!texts.has(path)) texts.set(path, fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined);
            return texts.get(path);
        },
        isFile: (path) => fs.statSync(path, { throwIfNoEntry: false })?.isFile() === true,
        isFolder: (path) => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
        list: (folder) =>
            fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
                ? fs.readdirSync(folder).sort(compareBytes)
                : [],
    };
}
