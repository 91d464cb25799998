// The program's entry: makes a context from the process, runs one command, sets the exit code. The only place that
// touches `process` streams and catches what no one foresaw.
import manifest from '../package.json' with { type: 'json' };
import { closeInherited } from '../runtime/descriptors.ts';
import type { Context, Output } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) process.stdout.write(`${manifest.version}\n`);
else void main();

async function main(): Promise<void> {
    closeInherited();
    const stop = stopSignal();
    process.exitCode = await runGuarded(stop);
    stop.release();
}

async function runGuarded({ signal }: Stop): Promise<ExitCode> {
    const context: Context = {
        cwd: process.cwd(),
        env: process.env,
        out: output(process.stdout),
        err: output(process.stderr),
        signal,
        now: Date.now,
    };
    try {
        const { runProgram } = await import('./program.ts');
        return await runProgram(context, argv, manifest.version);
    } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.stderr.write(`this is a bug in rpkg ${manifest.version}; please report it with what you did:\n${text}\n`);
        return exitCodes.bug;
    }
}

interface Stop {
    readonly signal: AbortSignal;
    release(): void;
}

/** The first interruption asks the command to stop and clean up; a second one ends the process at once. */
function stopSignal(): Stop {
    const controller = new AbortController();
    const onSignal = (name: NodeJS.Signals): void => {
        if (controller.signal.aborted) process.exit(name === 'SIGTERM' ? 143 : exitCodes.interrupted);
        controller.abort(name);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    return {
        signal: controller.signal,
        release: () => {
            process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
        },
    };
}

function output(stream: NodeJS.WriteStream): Output {
    // A reader that went away, as in `rpkg plan … | head`, is no error.
    stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EPIPE') process.exit(exitCodes.ok);
        throw error;
    });
    return {
        write: (text) => {
            stream.write(text);
        },
        isTerminal: stream.isTTY,
        color: stream.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb',
        columns: stream.columns,
    };
}
