// The starters of one sandbox: as many as there are commands at a time, made when they are first needed and used again.
import { fstatSync, statSync } from 'node:fs';
import { Starter, starterFiles, type StarterJob, type StarterTools } from './starter.ts';

/** Longer command lines go to the system directly, which says best what it does not take. */
const longestCommand = 64 * 1024;

export class Starters {
    readonly #tools: StarterTools;
    readonly #idle: Starter[] = [];
    #usable = isOpenToOwnProcesses();

    constructor(tools: StarterTools) {
        this.#tools = tools;
    }

    /** Whether this job can be given to one; the others have to be started directly. */
    fits({ words, files, stdout, stderr }: StarterJob): boolean {
        return (
            this.#usable &&
            files.length <= starterFiles &&
            words.reduce((sum, word) => sum + word.length, 0) <= longestCommand &&
            [stdout, stderr].every((descriptor) => fstatSync(descriptor).isFile())
        );
    }

    /** One that waits for a job. Throws the system's errors. */
    take(): Starter {
        for (let starter = this.#idle.pop(); starter !== undefined; starter = this.#idle.pop()) {
            if (starter.idle) return starter;
            starter.close();
        }
        return new Starter(this.#tools);
    }

    /** After its job, when its report was read. */
    giveBack(starter: Starter): void {
        if (starter.idle) this.#idle.push(starter);
        else starter.close();
    }

    /** On this machine a starter does not start. */
    giveUp(): void {
        this.#usable = false;
    }
}

/** A starter opens files by this process' descriptors, which the system forbids when it holds this process for a secret. */
function isOpenToOwnProcesses(): boolean {
    return statSync('/proc/self').uid === process.geteuid?.();
}
