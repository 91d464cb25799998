// What building a toolchain took, as a page for `docs/`: the plan, each action with its time and its output, the store, and what is
// installed. It reads a store and builds nothing:
//
//     npx node bench/toolchain.ts STORE [RUN]
//
// RUN is one of `rpkg log --runs`; the last one unless said otherwise. Times are those of the run that did the work, which
// the store remembers.
import { lstatSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { compareBytes } from '../compiler/plan/bytes.ts';
import { readEventLog, recordedRuns } from '../runtime/event-log.ts';
import { sizeBelow } from './support/size-below.ts';

interface Step {
    readonly action: string;
    readonly seconds: number;
    readonly tree: string;
}

/** Actions that are commands, with the time that the work took. */
function stepsOf(store: string, run: string): readonly Step[] {
    return (readEventLog(store, run) ?? []).flatMap((event): Step[] => {
        if ((event.kind !== 'action-cached' && event.kind !== 'action-finished') || event.key === undefined) return [];
        const name = `${event.key.replace(/^sha256:/, '').replace('/', '-')}.json`;
        const record = JSON.parse(readFileSync(join(store, 'records', 'action', name), 'utf8')) as {
            readonly value: { readonly durationMs: number };
        };
        const tree = event.outputs['out'] ?? '';
        return [{ action: event.action, seconds: record.value.durationMs / 1000, tree }];
    });
}

function objectOf(store: string, tree: string): string {
    return join(store, 'objects', tree.replace(/^sha256:/, '').replace('/', '-'));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Programs and shared libraries, the largest first. */
function largestBelow(root: string, folder = ''): readonly (readonly [string, number])[] {
    return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return largestBelow(root, path);
        return entry.isFile() ? [[path, lstatSync(join(root, path)).size] as const] : [];
    });
}

function page(store: string, run: string): string {
    const events = readEventLog(store, run) ?? [];
    const started = events.find((event) => event.kind === 'run-started');
    const steps = stepsOf(store, run);
    const last = steps.at(-1);
    const total = sizeBelow(store);
    const rows = steps.map(({ action, seconds, tree }) => {
        const { files, bytes } = sizeBelow(objectOf(store, tree));
        return [`\`${action}\``, `${seconds.toFixed(1)} s`, String(files), mebibytes(bytes), `\`${tree}\``];
    });
    const sum = steps.reduce((all, { seconds }) => all + seconds, 0);
    const installed = last === undefined ? [] : largestBelow(objectOf(store, last.tree));
    const largest = [...installed].sort(([a, x], [b, y]) => y - x || compareBytes(a, b)).slice(0, 20);
    const { bsize, blocks } = statfsSync(store);
    return [
        `Subject \`${started?.subject ?? ''}\`, plan of ${String(started?.actions ?? 0)} actions, execution digest \`${started?.execution ?? ''}\`.`,
        table(['action', 'time', 'files of its output', 'their size', 'tree'], rows),
        `Commands took ${(sum / 60).toFixed(1)} minutes in all, with ${String(started?.jobs ?? 0)} jobs. The store takes ${mebibytes(total.diskBytes)} for ${String(total.files)} files, on a file system of ${mebibytes(bsize * blocks)}.`,
        'The largest files that are installed:',
        table(
            ['path', 'size'],
            largest.map(([path, bytes]) => [`\`${path}\``, mebibytes(bytes)]),
        ),
        '',
    ].join('\n\n');
}

const [store, wanted] = process.argv.slice(2);
const run = store === undefined ? undefined : (wanted ?? recordedRuns(store)[0]);
if (store === undefined || run === undefined) {
    process.stderr.write('usage: npx node bench/toolchain.ts STORE [RUN]\n');
    process.exit(2);
}
process.stdout.write(page(store, run));
