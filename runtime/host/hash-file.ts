import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type Hash, hashOf } from '../../compiler/plan/digest.ts';

const chunkBytes = 1 << 20;

/** SHA-256 of a file. Reads the next chunk while the last one is hashed, which a stream does not. */
export async function hashFile(path: string): Promise<Hash> {
    const hash = createHash('sha256');
    const file = await open(path);
    try {
        let current = Buffer.allocUnsafe(chunkBytes);
        let spare = Buffer.allocUnsafe(chunkBytes);
        let { bytesRead } = await file.read(current, 0, chunkBytes, null);
        while (bytesRead > 0) {
            const next = file.read(spare, 0, chunkBytes, null);
            hash.update(current.subarray(0, bytesRead));
            ({ bytesRead } = await next);
            [current, spare] = [spare, current];
        }
    } finally {
        await file.close();
    }
    return hashOf(hash.digest('hex'));
}
