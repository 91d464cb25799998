// Unpacks every hostile archive below the folder given as argument and prints what came of it, as JSON.
import * as fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { importArchive } from '../../../runtime/archive/read-archive.ts';
import { openStore, type Store } from '../../../runtime/store/store.ts';
import { fingerprint, makeCanary, namesBelow } from '../../support/canary.ts';
import { canaryPath, type HostileArchive, hostileArchives } from './hostile-archives.ts';

interface UnpackOutcome {
    readonly name: string;
    /** The paths of an accepted archive, or the rule that refused it. */
    readonly outcome: readonly string[] | string;
}

/** Outcomes of all, and what must be nothing: changes outside, problems of the store, leftovers. */
export interface UnpackReport {
    readonly outcomes: readonly UnpackOutcome[];
    readonly damage: readonly string[];
}

export async function unpackAll(folder: string): Promise<UnpackReport> {
    // As long as the placeholder, so that sizes and checksums of members stay right.
    const canary = `${folder}/`.padEnd(canaryPath.length, 'c');
    makeCanary(canary);
    const before = fingerprint(canary);
    const opened = await openStore(`${folder}/store`);
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    const store = opened.value;
    const outcomes = [];
    const damage = [];
    const openBefore = fs.readdirSync('/proc/self/fd').length;
    for (const hostile of hostileArchives) {
        outcomes.push({ name: hostile.name, outcome: await unpackOne(store, hostile, canary) });
        if (fingerprint(canary) !== before) damage.push(`${hostile.name} changed the canary`);
        const left = fs
            .readdirSync(`${folder}/store/tmp`)
            .flatMap((own) => fs.readdirSync(`${folder}/store/tmp/${own}`));
        if (left.length > 0) damage.push(`${hostile.name} left ${left.join()}`);
    }
    // Streams that were given up close their files a moment later.
    await setTimeout(100);
    const openAfter = fs.readdirSync('/proc/self/fd').length;
    if (openAfter > openBefore) damage.push(`${openAfter - openBefore} files are still open`);
    await store.close();
    for await (const problem of store.verify()) damage.push(JSON.stringify(problem));
    const names = fs.readdirSync(folder).filter((name) => name !== 'store' && !canary.endsWith(`/${name}`));
    if (names.length > 0) damage.push(`new beside the store: ${names.join()}`);
    return { outcomes, damage };
}

async function unpackOne(store: Store, hostile: HostileArchive, canary: string): Promise<readonly string[] | string> {
    const bytes = withCanary(hostile.bytes(), canary);
    const result = await importArchive(store, bytes, { what: hostile.name, strip: 0, ...hostile.rules });
    if (!result.ok) return result.failure.kind === 'bad-tree' ? result.failure.rule : JSON.stringify(result.failure);
    return namesBelow(store.objectPath(result.value));
}

/** Puts the real canary's path in, with the checksums that its headers then have. */
function withCanary(bytes: Buffer, canary: string): Buffer {
    for (let at = bytes.indexOf(canaryPath); at >= 0; at = bytes.indexOf(canaryPath)) {
        bytes.write(canary, at);
        const block = bytes.subarray(at - (at % 512), at - (at % 512) + 512);
        block.write('        ', 148);
        const sum = block.reduce((total, byte) => total + byte, 0);
        block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    }
    return bytes;
}

const [, program, folder] = process.argv;
if (program === import.meta.filename && folder !== undefined) {
    process.stdout.write(JSON.stringify(await unpackAll(folder)));
}
