// A Rust toolchain in which there is no cargo: what a build sees of it is the compiler and its libraries alone.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { toolchain } from './whole.ts';

/** Makes the folder, with `bin`, `lib` and `libexec`. */
export function rustAlone(folder: string): string {
    if (toolchain === '/usr') throw new Error('a toolchain in a folder of its own is needed, as rustup installs it');
    fs.mkdirSync(path.join(folder, 'bin'), { recursive: true });
    const parts = ['bin/rustc', 'bin/rustdoc', 'lib', 'libexec'];
    for (const part of parts.filter((name) => fs.existsSync(path.join(toolchain, name)))) {
        const { status, stderr } = spawnSync('cp', ['-a', path.join(toolchain, part), path.join(folder, part)]);
        if (status !== 0) throw new Error(`cp ${part}: ${String(stderr)}`);
    }
    return folder;
}
