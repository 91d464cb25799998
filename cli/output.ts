// Standard output and error, written synchronously: nothing is lost when the program ends, and Node's stream machinery,
// which costs milliseconds to load, is left alone.
import { writeSync } from 'node:fs';
import type { Output } from './context.ts';
import { exitCodes } from './exit-codes.ts';

/** Loaded only when asked: it brings Node's network and stream modules. */
function isTerminal(descriptor: number): boolean {
    return process.getBuiltinModule('node:tty').isatty(descriptor);
}

/** The output behind a descriptor. `env` decides about colour: NO_COLOR and TERM=dumb turn it off. */
export function outputTo(descriptor: 1 | 2, env: Readonly<Record<string, string | undefined>>): Output {
    return {
        write: (text) => writeAll(descriptor, Buffer.from(text)),
        get isTerminal() {
            return isTerminal(descriptor);
        },
        get color() {
            return env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb' && isTerminal(descriptor);
        },
        get columns() {
            return isTerminal(descriptor) ? (descriptor === 1 ? process.stdout : process.stderr).columns : 80;
        },
    };
}

function writeAll(descriptor: 1 | 2, bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
        try {
            at += writeSync(descriptor, bytes, at);
        } catch (error) {
            if (!isTemporary(descriptor, (error as NodeJS.ErrnoException).code)) return;
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        }
    }
}

/** Whether writing may work later. Ends the program when the answer can no longer be given. */
function isTemporary(descriptor: 1 | 2, code: string | undefined): boolean {
    // Whoever shares this descriptor made it non-blocking, and the reader is slow.
    if (code === 'EAGAIN') return true;
    // Work goes on when nobody can see how it goes.
    if (descriptor === 2) return false;
    // A reader that went away, as in `rpkg plan … | head`, is no error.
    if (code === 'EPIPE') process.exit(exitCodes.ok);
    writeAll(2, Buffer.from(`error: cannot write standard output: ${code ?? 'unknown'}\n`));
    process.exit(exitCodes.store);
}
