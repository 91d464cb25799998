// rpkg as users have it: launcher, bundle, Node, examples and recipes, and nothing of the sources.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const checkout = path.join(import.meta.dirname, '../..');
const sources = ['cli', 'compiler', 'lang', 'runtime', 'spec'];
const node = 'node_modules/node/bin/node';
const installed = ['bin', 'examples', 'recipes', 'package.json'];

/** Installs into an empty folder; `through` starts a program as whoever installs, whose folder it is. Throws what goes wrong. */
export function installRpkg(folder: string, through: readonly string[] = []): void {
    for (const name of [...sources, ...installed]) copy(name, folder);
    const modules = path.join(folder, 'node_modules');
    fs.symlinkSync(path.join(checkout, 'node_modules'), modules);
    run([...through, path.join(checkout, node), 'cli/bundle.ts'], folder);
    for (const name of sources) fs.rmSync(path.join(folder, name), { recursive: true });
    fs.unlinkSync(modules);
    fs.mkdirSync(path.dirname(path.join(folder, node)), { recursive: true });
    linkOrCopy(path.join(checkout, node), path.join(folder, node));
    // Whoever has a strict umask tests the same installation as everybody.
    run(['chmod', '-R', 'a+rX', '.'], folder);
}

function run([program = '', ...args]: readonly string[], cwd: string): void {
    const { status, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

function copy(name: string, folder: string): void {
    fs.cpSync(path.join(checkout, name), path.join(folder, name), { recursive: true });
}

/** Node is large; a copy is only made when the temporary folder is on another file system. */
function linkOrCopy(from: string, to: string): void {
    try {
        fs.linkSync(from, to);
    } catch {
        fs.copyFileSync(from, to);
    }
}
