// How a noted path looks now. `follow PATH` asks for what the path leads to, `entry PATH` for the entry itself.
import { entrySignatureOf, type Signature, signatureOf } from './stat-signature.ts';

export function look(key: string): Signature {
    const space = key.indexOf(' ');
    const path = key.slice(space + 1);
    return key.startsWith('entry') ? entrySignatureOf(path) : signatureOf(path);
}

/** How all of these look now, one line each. */
export function looksOf(keys: readonly string[]): string {
    return keys.map((key) => look(key).text).join('\n');
}
