// `node bench/run.ts [NAME…]`: measures rpkg beside programs that do comparable work (bench/README.md).
import { existsSync, mkdtempSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { removeTree } from '../runtime/store/remove-tree.ts';
import { actions } from './actions.ts';
import { leafEdits } from './leaf.ts';
import { memory } from './memory.ts';
import { noOp } from './no-op.ts';
import { planning } from './planning.ts';
import { startUp } from './start-up.ts';
import type { Benchmark } from './support/benchmark.ts';
import { describeMachine, loadAverage, type Machine } from './support/machine.ts';
import { renderTable } from './support/render.ts';
import { buildRipgrep } from './support/ripgrep.ts';
import { isGood, type Row } from './support/row.ts';
import type { Ripgrep, Workbench } from './support/workbench.ts';
import { units } from './units.ts';
import { xPy } from './x-py.ts';

const root = join(import.meta.dirname, '..');

const benchmarks: readonly Benchmark[] = [startUp, actions, noOp, memory, planning, leafEdits, units, xPy];

const usage = `Usage: node bench/run.ts [options] [name…]

Names: ${benchmarks.map(({ name }) => name).join(', ')} (all without a name)

  --json          print all samples as JSON
  --quick         a third of the rounds, and no build of Cargo itself
  --rpkg <file>   measure this program instead of bin/rpkg
  --help
`;

interface Outcome {
    readonly name: string;
    readonly title: string;
    readonly rows: readonly Row[];
    /** What ended the benchmark early. */
    readonly problem?: string;
    readonly load: { readonly before: number; readonly after: number };
}

process.exitCode = await main();

async function main(): Promise<number> {
    const chosen = choose();
    if ('problem' in chosen) {
        process.stderr.write(`${chosen.problem}\n\n${usage}`);
        return 2;
    }
    if (chosen.help) {
        process.stdout.write(usage);
        return 0;
    }
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(name));
    const bench = openWorkbench(chosen, stop.signal);
    try {
        const outcomes = await measureAll(chosen, bench);
        if (stop.signal.aborted) return 130;
        return outcomes.every(({ rows, problem }) => problem === undefined && rows.every(isGood)) ? 0 : 1;
    } finally {
        await removeTree(bench.folder);
    }
}

async function measureAll({ benchmarks: chosen, json }: Choice, bench: Workbench): Promise<readonly Outcome[]> {
    const machine = describeMachine(bench);
    if (!json) process.stdout.write(machineText(machine));
    const outcomes: Outcome[] = [];
    for (const benchmark of chosen) {
        const outcome = await measure(benchmark, bench);
        if (bench.signal.aborted) break;
        outcomes.push(outcome);
        if (!json) process.stdout.write(outcomeText(outcome));
    }
    if (json) process.stdout.write(`${JSON.stringify({ machine, benchmarks: outcomes }, undefined, 2)}\n`);
    return outcomes;
}

interface Choice {
    readonly benchmarks: readonly Benchmark[];
    readonly json: boolean;
    readonly quick: boolean;
    readonly help: boolean;
    readonly rpkg: string;
}

/** What to measure, or what is wrong with the words. */
function choose(): Choice | { readonly problem: string } {
    const flag = { type: 'boolean', default: false } as const;
    const program = { type: 'string', default: join(root, 'bin/rpkg') } as const;
    try {
        const options = { json: flag, quick: flag, help: flag, rpkg: program };
        const { values, positionals } = parseArgs({ options, allowPositionals: true });
        const unknown = positionals.filter((word) => !benchmarks.some(({ name }) => name === word));
        if (unknown.length > 0) return { problem: `no benchmark is called ${unknown.join(', ')}` };
        const wanted = benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
        return { ...values, benchmarks: wanted, rpkg: resolve(values.rpkg) };
    } catch (error) {
        return { problem: error instanceof Error ? error.message : String(error) };
    }
}

function openWorkbench({ quick, rpkg }: Choice, signal: AbortSignal): Workbench {
    const installed = join(root, 'node_modules/node/bin/node');
    let ripgrep: Promise<Ripgrep> | undefined;
    const bench: Workbench = {
        root,
        rpkg,
        node: existsSync(installed) ? installed : process.execPath,
        folder: mkdtempSync(join(tmpdir(), 'rpkg-bench-')),
        env: programEnvironment(),
        jobs: availableParallelism(),
        programFolders: (process.env['PATH'] ?? '').split(':').filter(isAbsolute),
        quick,
        rounds: (usual) => (quick ? Math.ceil(usual / 3) : usual),
        ripgrep: () => (ripgrep ??= buildRipgrep(bench)),
        signal,
        note: (text) => process.stderr.write(`${text}\n`),
    };
    return bench;
}

/** Nothing that `npx` or the user's shell set for other purposes. */
function programEnvironment(): Readonly<Record<string, string>> {
    const names = [
        'PATH',
        'HOME',
        'CARGO_HOME',
        'RUSTUP_HOME',
        'RUSTUP_TOOLCHAIN',
        'SSL_CERT_FILE',
        'HTTPS_PROXY',
        'https_proxy',
    ];
    return Object.fromEntries(
        names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    );
}

async function measure(benchmark: Benchmark, bench: Workbench): Promise<Outcome> {
    const { name, title } = benchmark;
    const before = loadAverage();
    bench.note(`measuring ${name}`);
    try {
        const rows = await benchmark.measure(bench);
        return { name, title, rows, load: { before, after: loadAverage() } };
    } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return { name, title, rows: [], problem, load: { before, after: loadAverage() } };
    }
}

function machineText({ processor, cores, memoryGB, kernel, programs }: Machine): string {
    const versions = Object.entries(programs).map(([name, version]) => `${name} ${version}`);
    return `${processor}, ${cores} cores, ${memoryGB} GB, Linux ${kernel}\n${versions.join(' · ')}\nMedian (quartiles) of interleaved runs; a ratio is rpkg to peer within a round.\n\n`;
}

function outcomeText({ name, title, rows, problem, load }: Outcome): string {
    const heading = `${name}: ${title} (load ${load.before.toFixed(1)} → ${load.after.toFixed(1)})`;
    const end = problem === undefined ? '' : `  NOT MEASURED: ${problem}\n`;
    return `${renderTable(heading, rows)}${end}\n`;
}
