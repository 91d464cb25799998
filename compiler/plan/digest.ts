// Digests as text. A content digest names a file tree as the Remote Execution API does: hash and size of the
// canonical encoding of its root Directory message.

/** `sha256:HEX/SIZE`: a file tree. */
export type TreeDigest = string & { readonly brand: 'tree' };

/** `sha256:HEX`: a run of bytes. */
export type Hash = string & { readonly brand: 'hash' };

const treePattern = /^sha256:[0-9a-f]{64}\/(?:0|[1-9]\d*)$/;
const hashPattern = /^sha256:[0-9a-f]{64}$/;

/** Undefined when the text is not a tree digest. */
export function parseTreeDigest(text: string): TreeDigest | undefined {
    return treePattern.test(text) ? (text as TreeDigest) : undefined;
}

/** Undefined when the text is not a hash. */
export function parseHash(text: string): Hash | undefined {
    return hashPattern.test(text) ? (text as Hash) : undefined;
}

/** Hex part and size in bytes. */
export function partsOf(digest: TreeDigest): { readonly hex: string; readonly size: number } {
    const slash = digest.indexOf('/');
    return { hex: digest.slice('sha256:'.length, slash), size: Number(digest.slice(slash + 1)) };
}

export function treeDigest(hex: string, size: number): TreeDigest {
    return `sha256:${hex}/${size}` as TreeDigest;
}

export function hashOf(hex: string): Hash {
    return `sha256:${hex}` as Hash;
}
