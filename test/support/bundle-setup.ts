// Global set-up of vitest: installs rpkg in a temporary folder, as users have it: launcher, bundle, Node, examples and
// recipes, and nothing of the sources. Tests of the whole program are not disturbed by a bundle that is made meanwhile.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TestProject } from 'vitest/node';
import { deleteTree } from '../../runtime/store/remove-tree.ts';

declare module 'vitest' {
    interface ProvidedContext {
        /** Folder of the installed rpkg, readable for everybody. */
        readonly installation: string;
        /** Why rpkg cannot be installed; empty when it was. Only tests of the whole program fail then. */
        readonly installationProblem: string;
    }
}

const checkout = path.join(import.meta.dirname, '../..');
const sources = ['cli', 'compiler', 'lang', 'runtime', 'spec'];
const node = 'node_modules/node/bin/node';
const installed = ['bin', 'examples', 'recipes', 'package.json'];

/** Called by vitest before the first test; what it gives is called after the last. */
export default function setUp(project: TestProject): () => Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-installed-'));
    project.provide('installation', folder);
    project.provide('installationProblem', install(folder));
    return () => deleteTree(folder);
}

function install(folder: string): string {
    try {
        for (const name of [...sources, ...installed]) copy(name, folder);
        const modules = path.join(folder, 'node_modules');
        fs.symlinkSync(path.join(checkout, 'node_modules'), modules);
        run(path.join(checkout, node), ['cli/bundle.ts'], folder);
        for (const name of sources) fs.rmSync(path.join(folder, name), { recursive: true });
        fs.unlinkSync(modules);
        fs.mkdirSync(path.dirname(path.join(folder, node)), { recursive: true });
        linkOrCopy(path.join(checkout, node), path.join(folder, node));
        // Whoever has a strict umask tests the same installation as everybody.
        run('chmod', ['-R', 'a+rX', '.'], folder);
        return '';
    } catch (error) {
        return String(error);
    }
}

function run(program: string, args: readonly string[], cwd: string): void {
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
