// Unpacks the archive given as first argument into a store in the second; prints what came of it and what it took.
import { importArchive } from '../../../runtime/archive/read-archive.ts';
import { openStore } from '../../../runtime/store/store.ts';

export interface UnpackCost {
    readonly outcome: unknown;
    readonly megabytes: number;
    readonly seconds: number;
}

const [, program, archive = '', folder = ''] = process.argv;
if (program === import.meta.filename) {
    const opened = await openStore(folder);
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    const begin = performance.now();
    const outcome = await importArchive(opened.value, archive, { what: 'archive', strip: 0 });
    await opened.value.close();
    const seconds = (performance.now() - begin) / 1000;
    const cost: UnpackCost = { outcome, megabytes: process.resourceUsage().maxRSS / 1024, seconds };
    process.stdout.write(JSON.stringify(cost));
}
