// What is left when a process is killed in the middle, or when the system refuses a call: never a half object, and
// nothing that hinders the next process. A tracer counts the calls and strikes at a chosen one.
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../../runtime/failure.ts';
import type { Result } from '../../../runtime/result.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { demand } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { isRoot } from '../../support/ordinary-user.ts';
import { problemsOf } from './store-problems.ts';

type Outcome = Result<readonly string[], Failure>;

const keepThings = `${import.meta.dirname}/keep-things.ts`;
const storeProblems = `${import.meta.dirname}/store-problems.ts`;
const hasTracer = spawnSync('strace', ['-V']).status === 0;

function makeInput(folder: string, bytes = 10): string {
    const input = `${folder}/in`;
    fs.mkdirSync(`${input}/sub`, { recursive: true });
    fs.writeFileSync(`${input}/sub/a`, Buffer.alloc(bytes, 'a'));
    fs.writeFileSync(`${input}/b`, 'there', { mode: 0o755 });
    fs.symlinkSync('b', `${input}/l`);
    return input;
}

interface Traced {
    readonly status: number | null;
    readonly stdout: string;
}

function traced(options: readonly string[], store: string, input: string): Traced {
    const tracer = ['-f', '--seccomp-bpf', '-qq', ...options, process.execPath];
    return spawnSync('strace', [...tracer, keepThings, store, input], { encoding: 'utf8' });
}

async function keptBy(store: string, input: string): Promise<readonly string[]> {
    const { stdout } = await promisify(execFile)(process.execPath, [keepThings, store, input]);
    return demand(JSON.parse(stdout) as Outcome);
}

async function problemKinds(root: string): Promise<string[]> {
    const store = demand(await openStore(root));
    return (await problemsOf(store)).map((problem) => problem.kind);
}

/** Another process can work with the store as if nothing had been, and leaves it clean. */
async function expectUsable(root: string, input: string, digests: readonly string[]): Promise<void> {
    expect(await keptBy(root, input)).toEqual(digests);
    expect(await problemKinds(root)).toEqual([]);
    expect(fs.readdirSync(`${root}/tmp`)).toEqual([]);
}

/** Calls that change the store, and every how many of them is struck. */
const calls: readonly { readonly call: string; readonly every: number }[] = [
    { call: 'rename', every: 1 },
    { call: 'link', every: 1 },
    { call: 'symlink', every: 1 },
    { call: 'fchmod', every: 1 },
    { call: 'mkdir', every: 3 },
    { call: 'fsync', every: 3 },
    { call: 'chmod', every: 3 },
    { call: 'utimensat', every: 4 },
];

const counts = new Map<string, number>();
let digests: readonly string[] = [];

describe.runIf(hasTracer)('a store under attack', { timeout: 240_000 }, () => {
    beforeAll(async () => {
        const folder = fs.mkdtempSync('/tmp/rpkg-test-');
        const input = makeInput(folder);
        traced(['-o', `${folder}/log`, '-e', `trace=${calls.map(({ call }) => call).join(',')}`], `${folder}/s`, input);
        const log = fs.readFileSync(`${folder}/log`, 'utf8');
        for (const { call } of calls) counts.set(call, log.match(new RegExp(`^\\d+ +${call}\\(`, 'gm'))?.length ?? 0);
        digests = await keptBy(`${folder}/s`, input);
        fs.rmSync(folder, { recursive: true });
    });

    function strikes({ call, every }: (typeof calls)[number]): number[] {
        const count = counts.get(call) ?? 0;
        expect(count).toBeGreaterThan(0);
        return Array.from({ length: Math.ceil(count / every) }, (_, at) => 1 + at * every);
    }

    it.each(calls)('survives SIGKILL at $call', async (row) => {
        let struck = 0;
        for (const at of strikes(row)) {
            const folder = freshFolder();
            const input = makeInput(folder);
            const root = `${folder}/store`;
            const { status } = traced(
                ['-o', '/dev/null', '-e', `inject=${row.call}:signal=SIGKILL:when=${at}`],
                root,
                input,
            );
            // Calls are counted for each thread, so the last ones are never reached.
            if (status === 0) break;
            struck += 1;
            const left = await problemKinds(root);
            expect(left.filter((kind) => kind !== 'stale-temporary')).toEqual([]);
            await expectUsable(root, input, digests);
        }
        expect(struck).toBeGreaterThan(0);
    });

    const errors = [
        { call: 'rename', code: 'ENOSPC' },
        { call: 'rename', code: 'EROFS' },
        { call: 'mkdir', code: 'EDQUOT' },
        { call: 'fsync', code: 'EIO' },
        { call: 'fchmod', code: 'EPERM' },
        { call: 'utimensat', code: 'EROFS' },
        { call: 'link', code: 'ENOSPC' },
        { call: 'symlink', code: 'EACCES' },
        { call: 'chmod', code: 'EIO' },
    ];

    it.each(errors)('tells $code of $call and publishes nothing by halves', async ({ call, code }) => {
        const row = calls.find((candidate) => candidate.call === call);
        let failures = 0;
        for (const at of strikes(row ?? { call, every: 1 })) {
            const folder = freshFolder();
            const input = makeInput(folder);
            const root = `${folder}/store`;
            const run = traced(['-o', '/dev/null', '-e', `inject=${call}:error=${code}:when=${at}`], root, input);
            expect(run.status).toBe(0);
            const result = JSON.parse(run.stdout) as Outcome;
            if (!result.ok) {
                failures += 1;
                expect(result.failure).toMatchObject({ kind: 'system', code });
                expect(result.failure).toHaveProperty('path', expect.stringContaining(folder));
            }
            const left = await problemKinds(root);
            expect(left.filter((kind) => kind !== 'stale-temporary')).toEqual([]);
            await expectUsable(root, input, digests);
        }
        expect(failures).toBeGreaterThan(0);
    });

    it('puts all of an object on the disk before its name, and every name before the record that holds it', () => {
        const folder = freshFolder();
        const input = makeInput(folder);
        const log = `${folder}/log`;
        traced(['-y', '-o', log, '-e', 'trace=fsync,rename,openat'], `${folder}/store`, input);
        const lines = fs.readFileSync(log, 'utf8').split('\n');
        const synced = new Set<string>();
        const shown: string[] = [];
        let records = 0;
        for (const line of lines) {
            const [, file] = /fsync\(\d+<([^>]+)>/.exec(line) ?? [];
            if (file !== undefined) synced.add(file);
            const [, from, to] = /rename\("([^"]+)", "([^"]+)"/.exec(line) ?? [];
            if (from === undefined || to === undefined) continue;
            if (to.includes('/records/')) {
                // All objects were shown before: nothing but records and their parts come after the first.
                records += 1;
                continue;
            }
            expect(records).toBe(0);
            const made = lines.filter((other) => other.includes('O_CREAT') && other.includes(`"${from}`));
            for (const creation of made) expect(synced).toContain(/"([^"]+)"/.exec(creation)?.[1]);
            if (to.includes('/objects/')) expect(synced).toContain(from);
            shown.push(to);
        }
        expect(shown.length).toBeGreaterThan(3);
        expect(records).toBeGreaterThan(0);
    });
});

describe('a store on a full disk', () => {
    it('says so, keeps what was finished and goes on when there is room', () => {
        const folder = freshFolder();
        const input = makeInput(folder, 3_000_000);
        fs.mkdirSync(`${folder}/disk`);
        const script = `
            mount -t tmpfs -o size=1m none "$1/disk"
            "$2" "$3" "$1/disk/store" "$1/in"; echo
            "$2" "$4" "$1/disk/store"; echo
            mount -o remount,size=64m "$1/disk"
            "$2" "$3" "$1/disk/store" "$1/in"; echo
            "$2" "$4" "$1/disk/store"; echo`;
        const namespace = isRoot ? ['-m'] : ['-Urm'];
        const args = [...namespace, 'sh', '-euc', script, 'sh', folder, process.execPath, keepThings, storeProblems];
        const lines = execFileSync('unshare', args, { encoding: 'utf8' }).trim().split('\n');
        const [full, afterFull, roomy, afterRoomy] = lines.map((line) => JSON.parse(line) as unknown);
        expect(full).toMatchObject({ ok: false, failure: { kind: 'system', code: 'ENOSPC', operation: 'write' } });
        expect(afterFull).toEqual([]);
        expect(roomy).toMatchObject({ ok: true });
        expect(afterRoomy).toEqual([]);
        expect(fs.existsSync(`${input}/b`)).toBe(true);
    });
});

describe('a read-only store', () => {
    it('is read, and what would be written is told', async () => {
        const folder = freshFolder();
        const input = makeInput(folder);
        const root = `${folder}/store`;
        fs.mkdirSync(root);
        await keptBy(root, input);
        const script = `
            mount --bind "$1/store" "$1/store"
            mount -o remount,ro,bind "$1/store"
            "$2" "$3" "$1/store" "$1/in"; echo
            "$2" "$4" "$1/store"; echo`;
        const namespace = isRoot ? ['-m'] : ['-Urm'];
        const args = [...namespace, 'sh', '-euc', script, 'sh', folder, process.execPath, keepThings, storeProblems];
        const lines = execFileSync('unshare', args, { encoding: 'utf8' }).trim().split('\n');
        const [kept, problems] = lines.map((line) => JSON.parse(line) as unknown);
        expect(kept).toMatchObject({
            ok: false,
            failure: { kind: 'system', code: 'EROFS', path: expect.stringContaining(root) as string },
        });
        expect(problems).toEqual([]);
    });
});

describe('few open files', () => {
    it('are told as such and leave nothing behind', () => {
        const folder = freshFolder();
        makeInput(folder);
        const many = `${import.meta.dirname}/import-many.ts`;
        const script = `ulimit -n 40; exec "$1" "$2" "$3/store" "$3/in"`;
        const printed = execFileSync('sh', ['-c', script, 'sh', process.execPath, many, folder], { encoding: 'utf8' });
        const { kinds, problems } = JSON.parse(printed) as { kinds: string[]; problems: unknown[] };
        expect(kinds).toContain('EMFILE');
        expect(kinds.filter((kind) => kind !== 'EMFILE' && kind !== 'ok')).toEqual([]);
        expect(problems).toEqual([]);
    });
});

describe('processes that share a store', () => {
    it('give the same result, also when some are killed', { timeout: 240_000 }, async () => {
        const folder = freshFolder();
        const input = makeInput(folder);
        const root = `${folder}/store`;
        const alone = await keptBy(`${folder}/alone`, input);
        for (let round = 0; round < 6; round += 1) {
            const workers = Array.from({ length: 4 }, () => keptBy(root, input));
            const victims = Array.from({ length: 3 }, () =>
                spawn(process.execPath, [keepThings, root, input], { stdio: 'ignore' }),
            );
            const ended = victims.map((victim) => once(victim, 'close'));
            victims.forEach((victim, at) => setTimeout(() => victim.kill('SIGKILL'), 100 + 60 * at + 35 * round));
            for (const digests of await Promise.all(workers)) expect(digests).toEqual(alone);
            await Promise.all(ended);
            const left = await problemKinds(root);
            expect(left.filter((kind) => kind !== 'stale-temporary')).toEqual([]);
            if (round % 2 === 0) fs.rmSync(root, { recursive: true, force: true });
        }
        await expectUsable(root, input, alone);
    });
});
