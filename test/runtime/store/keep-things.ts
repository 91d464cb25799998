// Keeps one thing of each kind in the store given as argument and prints what came of it, as JSON: the digests, or the
// first failure. Tests run it under a tracer that kills it or makes system calls fail.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import type { Failure } from '../../../runtime/failure.ts';
import type { Result } from '../../../runtime/result.ts';
import { guarded } from '../../../runtime/store/guard.ts';
import { openStore, type Store } from '../../../runtime/store/store.ts';

const [, , root = '', input = ''] = process.argv;

async function keepThings(store: Store): Promise<Result<readonly string[], Failure>> {
    const imported = await store.importTree(input, { what: 'input' });
    if (!imported.ok) return imported;
    const written = await store.writeFiles({ 'bin/tool': { text: '#!/bin/sh\n', executable: true } }, 'files');
    if (!written.ok) return written;
    const parts: Record<string, TreeDigest> = { 'deep/in': imported.value, tools: written.value };
    const composed = await store.compose(parts, 'composed');
    if (!composed.ok) return composed;
    const own = await store.temporary('own');
    if (!own.ok) return own;
    const adopted = await adopt(store, own.value);
    if (!adopted.ok) return adopted;
    const blob = await store.putBlob(Buffer.from('a log\n'));
    if (!blob.ok) return blob;
    const trees = [imported.value, written.value, composed.value, adopted.value];
    const recorded = await store.writeRecord({ kind: 'action', name: 'all' }, { trees, blob: blob.value });
    return recorded.ok ? { ok: true, value: [...trees, blob.value] } : recorded;
}

/** A folder as an action leaves one. */
async function adopt(store: Store, folder: string): Promise<Result<TreeDigest, Failure>> {
    const made = await guarded(() => {
        mkdirSync(`${folder}/out`);
        mkdirSync(`${folder}/out/sub`);
        writeFileSync(`${folder}/out/sub/file`, 'as it was left');
        symlinkSync('/rpkg/out/sub/file', `${folder}/out/link`);
    });
    return made.ok ? await store.adoptTree(`${folder}/out`, { what: 'output', rewriteRoot: '/rpkg/out' }) : made;
}

const opened = await openStore(root);
const result = opened.ok ? await keepThings(opened.value) : opened;
if (opened.ok) await opened.value.close();
process.stdout.write(JSON.stringify(result));
