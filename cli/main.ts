// The program's entry: makes a context from the process, runs one command, sets the exit code. The only place that
// touches `process` streams and catches what no one foresaw.
import manifest from '../package.json' with { type: 'json' };
import { closeInherited } from '../runtime/descriptors.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { outputTo } from './output.ts';
import { runProgram } from './program.ts';

const argv = process.argv.slice(2);

void main();

async function main(): Promise<void> {
    closeInherited();
    process.exitCode = await runGuarded();
    releaseSignals?.();
}

async function runGuarded(): Promise<ExitCode> {
    let signal: AbortSignal | undefined;
    const context: Context = {
        get cwd() {
            return process.cwd();
        },
        env: process.env,
        out: outputTo(1, process.env),
        err: outputTo(2, process.env),
        get signal() {
            return (signal ??= listenForSignals());
        },
        now: Date.now,
    };
    try {
        process.cwd();
    } catch {
        context.err.write('error: the current folder is gone; change to one that is there\n');
        return exitCodes.usage;
    }
    try {
        return await runProgram(context, argv, manifest.version);
    } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        context.err.write(`this is a bug in rpkg ${manifest.version}; please report it with what you did:\n${text}\n`);
        return exitCodes.bug;
    }
}

let releaseSignals: (() => void) | undefined;

/** The first interruption asks the command to stop and clean up; a second one ends the process at once. */
function listenForSignals(): AbortSignal {
    const controller = new AbortController();
    const onSignal = (name: NodeJS.Signals): void => {
        if (controller.signal.aborted) process.exit(name === 'SIGTERM' ? 143 : exitCodes.interrupted);
        controller.abort(name);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    releaseSignals = () => {
        process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    };
    return controller.signal;
}
