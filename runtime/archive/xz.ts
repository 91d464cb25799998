// xz, through the system's program: Node has no decoder for it. It reads the file through an open descriptor and gives
// the bytes on a pipe; it sees no path and writes no file.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { printable } from '../store/tree-rules.ts';
import { isSystemError, refuse } from '../store/guard.ts';
import type { Fail } from './archive-problem.ts';

/** Enough for the largest preset, 65 MiB, and some; a hostile file may ask for 4 GiB. */
const memoryLimit = '--memlimit-decompress=512MiB';

export async function* unxzipped(
    file: { readonly path: string; readonly what: string },
    fail: Fail,
): AsyncGenerator<Uint8Array> {
    const input = fs.openSync(file.path, fs.constants.O_RDONLY);
    const child = spawn('xz', ['--decompress', '--stdout', '--format=xz', '--threads=1', memoryLimit], {
        stdio: [input, 'pipe', 'pipe'],
    });
    fs.closeSync(input);
    const ended = new Promise<number | undefined>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) => resolve(code ?? undefined));
    });
    ended.catch(() => undefined);
    let message = '';
    child.stderr?.on('data', (text: Buffer) => {
        if (message.length < 1000) message += text.toString();
    });
    try {
        yield* child.stdout as AsyncIterable<Buffer>;
        const code = await ended;
        if (code !== 0) fail({ rule: 'compression', detail: printable(message.trim() || 'xz failed') });
    } catch (error) {
        if (isSystemError(error) && error.code === 'ENOENT') {
            refuse({ kind: 'missing-tool', tool: 'xz', neededFor: file.what, remedy: 'install xz-utils' });
        }
        throw error;
    } finally {
        child.kill('SIGKILL');
    }
}
