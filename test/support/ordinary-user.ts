// Running a script as a user without rights, for tests that are started by root.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';

const nobody = 65534;

export const isRoot = process.getuid?.() === 0;

/** Gives the folder itself, not what is in it, to the ordinary user. */
export function giveToOrdinaryUser(folder: string): void {
    fs.chownSync(folder, nobody, nobody);
}

/** Runs a TypeScript program as the ordinary user; gives what it printed. */
export function runAsOrdinaryUser(script: string, args: readonly string[]): string {
    const drop = ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups', '--inh-caps=-all'];
    const result = spawnSync('setpriv', [...drop, process.execPath, script, ...args], {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
    });
    if (result.status !== 0)
        throw new Error(`${script} ended with ${result.status ?? result.signal}: ${result.stderr}`);
    return result.stdout;
}
