// Zstandard (RFC 8878) with exactly one frame. Node's decoder drops what follows the first frame, or not, depending on
// how the bytes are cut; so the frame's own lengths are followed here and nothing may come after them.
import * as fs from 'node:fs';
import { pipeline } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Fail } from './archive-problem.ts';

export async function* unzstandarded(file: { readonly path: string }, fail: Fail): AsyncGenerator<Uint8Array> {
    const frame = new OneFrame(fail);
    const decoder = zlib.createZstdDecompress({
        chunkSize: 256 * 1024,
        // 128 MiB: what the reference tool accepts without being told otherwise.
        params: { [zlib.constants.ZSTD_d_windowLogMax]: 27 },
    });
    const source = fs.createReadStream(file.path);
    // Errors of all stages come out of the iteration.
    pipeline(
        source,
        (chunks: AsyncIterable<Buffer>) => frame.check(chunks),
        decoder,
        () => undefined,
    );
    yield* decoder as AsyncIterable<Buffer>;
}

type Part = 'header' | 'block' | 'content' | 'checksum' | 'after';

const maxBlockHeaders = 50_000_000;

/** Follows magic, header, blocks and checksum of a frame, skipping over their contents. */
class OneFrame {
    readonly #fail: Fail;
    #part: Part = 'header';
    #held = Buffer.alloc(0);
    #skip = 0;
    #lastBlock = false;
    #checksumBytes = 0;
    #blocks = 0;

    constructor(fail: Fail) {
        this.#fail = fail;
    }

    async *check(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const chunk of chunks) {
            this.#follow(chunk);
            yield chunk;
        }
        if (this.#part !== 'after') this.#fail({ rule: 'compression', detail: 'it ends in the middle' });
    }

    #follow(chunk: Buffer): void {
        let rest = chunk;
        while (rest.length > 0) {
            if (this.#skip > 0) {
                const skipped = Math.min(this.#skip, rest.length);
                this.#skip -= skipped;
                rest = rest.subarray(skipped);
                if (this.#skip === 0) this.#contentEnded();
            } else {
                rest = this.#take(rest);
            }
        }
    }

    /** Collects the few bytes of a header that may lie in two chunks. */
    #take(bytes: Buffer): Buffer {
        if (this.#part === 'after') this.#fail({ rule: 'compression', detail: 'data after the zstd frame' });
        const wanted = this.#part === 'header' ? 5 : 3;
        const missing = wanted - this.#held.length;
        this.#held = Buffer.concat([this.#held, bytes.subarray(0, missing)]);
        if (this.#held.length === wanted) {
            if (this.#part === 'header') this.#frameHeader(this.#held[4] ?? 0);
            else this.#blockHeader(this.#held.readUIntLE(0, 3));
            this.#held = Buffer.alloc(0);
        }
        return bytes.subarray(missing);
    }

    #frameHeader(descriptor: number): void {
        const singleSegment = (descriptor & 0x20) !== 0;
        const sizeFlag = descriptor >> 6;
        const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 2 ** sizeFlag;
        const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
        this.#checksumBytes = (descriptor & 4) === 0 ? 0 : 4;
        this.#skipTo('block', (singleSegment ? 0 : 1) + dictionaryBytes + sizeBytes);
    }

    #blockHeader(header: number): void {
        this.#blocks += 1;
        if (this.#blocks > maxBlockHeaders) this.#fail({ rule: 'limit', detail: 'too many zstd blocks' });
        this.#lastBlock = (header & 1) !== 0;
        const runLength = ((header >> 1) & 3) === 1;
        this.#skipTo('content', runLength ? 1 : header >> 3);
    }

    #skipTo(part: Part, bytes: number): void {
        this.#part = part;
        this.#skip = bytes;
        if (bytes === 0) this.#contentEnded();
    }

    #contentEnded(): void {
        if (this.#part === 'content') {
            if (!this.#lastBlock) this.#part = 'block';
            else if (this.#checksumBytes === 0) this.#part = 'after';
            else this.#skipTo('checksum', this.#checksumBytes);
        } else if (this.#part === 'checksum') {
            this.#part = 'after';
        }
    }
}
