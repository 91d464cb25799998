import { createHash } from 'node:crypto';
import { hashOf } from '../../compiler/plan/digest.ts';
import { refuse } from '../store/guard.ts';

/** The same bytes, refused at their end when they are not those that were pinned: before a store shows them. */
export async function* checkedBytes(
    bytes: AsyncIterable<Buffer>,
    expected: string,
    what: string,
): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of bytes) {
        hash.update(chunk);
        yield chunk;
    }
    const actual = hashOf(hash.digest('hex'));
    if (actual !== expected) refuse({ kind: 'hash-mismatch', what, expected, actual });
}
