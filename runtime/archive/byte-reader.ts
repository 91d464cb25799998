// Exact numbers of bytes out of a stream that comes in pieces of any size.

const nothing = Buffer.alloc(0);

export class ByteReader {
    readonly #pieces: AsyncIterator<Uint8Array>;
    #piece: Buffer = nothing;

    constructor(source: AsyncIterable<Uint8Array>) {
        this.#pieces = source[Symbol.asyncIterator]();
    }

    /** The next `length` bytes; fewer only at the end of the stream. */
    async exactly(length: number): Promise<Buffer> {
        if (this.#piece.length >= length) return this.#split(length);
        const parts: Buffer[] = [];
        let missing = length;
        while (missing > 0) {
            const part = await this.atMost(missing);
            if (part.length === 0) break;
            parts.push(part);
            missing -= part.length;
        }
        return Buffer.concat(parts);
    }

    /** What is at hand, up to `length` bytes; empty only at the end of the stream. */
    async atMost(length: number): Promise<Buffer> {
        while (this.#piece.length === 0) {
            const next = await this.#pieces.next();
            if (next.done === true) return nothing;
            this.#piece = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
        }
        return this.#split(Math.min(length, this.#piece.length));
    }

    #split(length: number): Buffer {
        const taken = this.#piece.subarray(0, length);
        this.#piece = this.#piece.subarray(length);
        return taken;
    }

    /** Ends the stream early, releasing what is behind it. */
    async stop(): Promise<void> {
        await this.#pieces.return?.();
    }
}
