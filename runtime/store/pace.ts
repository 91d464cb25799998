// Long runs of synchronous file calls are the fastest way to handle many small files, but the same thread also starts
// processes and draws progress. A pace says when it is time to let others run.

const sliceMs = 8;

export class Pace {
    #since = performance.now();

    /** True when the thread has been held long enough; then `rest` should be awaited. */
    due(): boolean {
        return performance.now() - this.#since > sliceMs;
    }

    /** Lets everything else that is ready run. */
    async rest(): Promise<void> {
        await new Promise((resolve) => setImmediate(resolve));
        this.#since = performance.now();
    }
}
