// How the emitted script behaves towards the one who runs it.
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { emitJson } from '../../../compiler/emit/json.ts';
import { emitMakefile } from '../../../compiler/emit/makefile.ts';
import { emitShell } from '../../../compiler/emit/shell.ts';
import { workFolder } from '../../../compiler/emit/shell-names.ts';
import { decodePlan } from '../../../compiler/plan/decode.ts';
import type { Plan, RunAction } from '../../../compiler/plan/plan.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import {
    compose,
    fetchLocal,
    fullPlan,
    hexOf,
    hostEnvironment,
    mounts,
    planOf,
    run,
    rust,
    shell,
    write,
} from '../../support/plans.ts';
import { entriesOf, fillFolder, openWorkshop } from '../../support/workshop.ts';
import { call, writeEmitted } from './emitted.ts';

/** A plan's emitted files in a fresh folder. */
async function emitted(plan: Plan): Promise<string> {
    const workshop = await openWorkshop();
    const folder = freshFolder();
    await writeEmitted(plan, workshop, folder);
    return folder;
}

/** One source, one command, one result. */
async function sample(
    script = 'cp /rpkg/src/a /rpkg/out/b',
): Promise<{ readonly folder: string; readonly plan: Plan }> {
    const workshop = await openWorkshop();
    fillFolder(`${workshop.folder}/src`, { a: 'text\n' });
    const tree = await workshop.treeOf(`${workshop.folder}/src`);
    const plan = planOf(
        { 'fetch.main': fetchLocal('src', tree), build: run(script, { mounts: mounts({ src: 'fetch.main' }) }) },
        { outputs: { out: 'build' } },
    );
    const folder = freshFolder();
    await writeEmitted(plan, workshop, folder);
    return { folder, plan };
}

/** A folder with links to the named programs: a search path with nothing else in it. */
function pathWith(...programs: readonly string[]): string {
    const folder = freshFolder();
    for (const program of programs) {
        const found = ['/usr/bin', '/bin'].map((at) => `${at}/${program}`).find((path) => fs.existsSync(path));
        if (found !== undefined) fs.symlinkSync(found, `${folder}/${program}`);
    }
    return folder;
}

const needed =
    'cat chmod cp dirname env find getconf head ln mkdir mv readlink rm setpriv sh sha256sum tar timeout touch tr'.split(
        ' ',
    );

describe('build.sh', () => {
    it('lists its actions and tools, and explains itself', async () => {
        const { folder } = await sample();
        expect(call(folder, ['sh', 'build.sh', '--list']).stdout).toBe('fetch.main\nbuild\n');
        expect(call(folder, ['sh', 'build.sh', '--tools']).stdout).toBe(
            `sh: /bin/sh, dash 0.5.12, sha256:${hexOf('5')}\n`,
        );
        const usage = call(folder, ['sh', 'build.sh', '--nope']);
        expect([usage.status, usage.stdout]).toEqual([2, '']);
        expect(usage.stderr).toMatch(/^usage: sh build\.sh \[--only ACTION/);
        expect(fs.readdirSync(folder).toSorted()).toEqual(['Makefile', 'build.sh', 'sources']);
    });

    it('performs one action, when what it needs is done', async () => {
        const { folder, plan } = await sample();
        const early = call(folder, ['sh', 'build.sh', '--only', 'build']);
        expect([early.status, early.stderr]).toEqual([
            1,
            'build\nbuild.sh: build needs fetch.main, which is not done\n',
        ]);
        const undelivered = call(folder, ['sh', 'build.sh', '--deliver']);
        expect([undelivered.status, undelivered.stderr]).toEqual([1, 'build.sh: build is not done\n']);
        expect(call(folder, ['sh', 'build.sh', '--only', 'fetch.main']).status).toBe(0);
        expect(call(folder, ['sh', 'build.sh', '--only', 'build']).status).toBe(0);
        expect(fs.existsSync(`${folder}/result`)).toBe(false);
        expect(call(folder, ['sh', 'build.sh', '--deliver']).stdout).toBe(`${folder}/result/out\n`);
        expect(entriesOf(`${folder}/result/out`)).toEqual({ b: 'text\n' });
        expect(fs.readdirSync(`${folder}/work/${workFolder(plan)}/tmp`)).toEqual([]);
    });

    it.each(['nope', '../fetch.main', '../../precious', '', '.', '*'])(
        'knows no action %j, and touches nothing for it',
        async (id) => {
            const { folder } = await sample();
            fillFolder(`${folder}/work`, { 'precious/file': 'x' });
            const ended = call(folder, ['sh', 'build.sh', '--only', id]);
            expect(ended.status).toBeGreaterThan(0);
            expect(ended.stderr).toMatch(/no action|needs the id/);
            expect(entriesOf(`${folder}/work`)).toEqual({ 'precious/file': 'x' });
        },
    );

    it('takes its folders from the environment', async () => {
        const { folder } = await sample();
        const other = freshFolder();
        fs.renameSync(`${folder}/sources`, `${other}/tars`);
        // Relative ones too: they begin where the script is started.
        const environment = { RPKG_SOURCES: `${other}/tars`, RPKG_WORK: 'w', RPKG_RESULT: 'r' };
        const ended = call(other, ['sh', `${folder}/build.sh`], { environment });
        expect([ended.status, ended.stdout]).toEqual([0, 'r/out\n']);
        expect(fs.readdirSync(other).toSorted()).toEqual(['r', 'tars', 'w']);
        expect(fs.readdirSync(folder).toSorted()).toEqual(['Makefile', 'build.sh']);
    });

    it.each([
        ['1', '1 1 1\n'],
        ['2', '1 2 2\n'],
        ['9', '1 3 9\n'],
    ])('grants jobs by weight: of %s', async (jobs, expected) => {
        const env = { PATH: '/usr/bin:/bin', JOBS: '$(jobs)' };
        const weighing = (weight: number): RunAction =>
            run('printf "$JOBS" >/rpkg/out/x', { env, limits: { timeoutSeconds: 60, weight } });
        const folder = await emitted(
            planOf(
                {
                    one: weighing(1),
                    three: weighing(3),
                    all: weighing(0),
                    out: run('echo $(cat /rpkg/1/x) $(cat /rpkg/3/x) $(cat /rpkg/0/x) >/rpkg/out/x', {
                        mounts: mounts({ 1: 'one', 3: 'three', 0: 'all' }),
                    }),
                },
                { outputs: { out: 'out' } },
            ),
        );
        const ended = call(folder, ['sh', 'build.sh'], { environment: { RPKG_JOBS: jobs } });
        expect([ended.status, fs.readFileSync(`${folder}/result/out/x`, 'utf8')]).toEqual([0, expected]);
    });

    it('needs the programs it names, and says which one is missing', async () => {
        const { folder } = await sample();
        const without = call(folder, ['/bin/sh', 'build.sh'], { path: pathWith(...needed) });
        expect([without.status, without.stderr]).toEqual([
            1,
            'fetch.main\nbuild\nbuild.sh: bwrap is not installed; it is in the package bubblewrap\n',
        ]);
        const enough = call(folder, ['/bin/sh', 'build.sh'], { path: pathWith(...needed, 'bwrap') });
        expect([enough.status, enough.stderr]).toEqual([0, 'build\n']);
    });

    it('refuses a source that is not the one of the plan', async () => {
        const { folder } = await sample();
        const tar = `${folder}/sources/fetch.main.tar`;
        const bytes = fs.readFileSync(tar);
        fs.writeFileSync(tar, Buffer.concat([bytes, Buffer.alloc(1)]));
        const changed = call(folder, ['sh', 'build.sh']);
        expect(changed.status).toBe(1);
        expect(changed.stderr).toMatch(
            /^fetch\.main\nbuild\.sh: .*fetch\.main\.tar does not have the SHA-256 [0-9a-f]{64} \(folder src\)\n$/,
        );
        fs.rmSync(tar);
        const missing = call(folder, ['sh', 'build.sh']);
        expect([missing.status, missing.stderr]).toEqual([1, `fetch.main\nbuild.sh: missing ${tar} (folder src)\n`]);
        fs.writeFileSync(tar, bytes);
        expect(call(folder, ['sh', 'build.sh']).status).toBe(0);
    });

    it('names the action that fails, keeps its folders, and goes on from there', async () => {
        const { folder } = await sample('echo to err >&2; echo half >/rpkg/out/b; test -e /rpkg/src/nope');
        for (let time = 0; time < 2; time++) {
            const ended = call(folder, ['sh', 'build.sh']);
            expect(ended.status).toBe(1);
            expect(ended.stderr).toMatch(/to err\nbuild\.sh: build failed with status 1; its folders are in (.*)\n$/);
            expect(ended.stderr.startsWith('fetch.main\n')).toBe(time === 0);
            const [, kept = ''] = /folders are in (.*)\n/.exec(ended.stderr) ?? [];
            expect(fs.readFileSync(`${kept}/rpkg/out/b`, 'utf8')).toBe('half\n');
            expect(fs.existsSync(`${folder}/result`)).toBe(false);
        }
        const made = call(folder, ['make']);
        expect([made.status, made.stderr]).toEqual([2, expect.stringContaining('build failed with status 1')]);
    });

    it.each<[string, string, RegExp]>([
        ['takes too long', 'sleep 20', /build failed with status 124/],
        ['is killed', 'kill -9 $$', /build failed with status 137/],
        ['leaves a pipe', 'mkfifo /rpkg/out/p', /build left .*\/rpkg\/out\/p: it is no file/],
        [
            'leaves a pipe in a closed folder',
            'mkdir /rpkg/out/d; mkfifo /rpkg/out/d/p; chmod 0 /rpkg/out/d',
            /build left .*\/d\/p: it is no file/,
        ],
        ['leaves a name with a line end', "touch '/rpkg/out/a\nb'", /its name has a control character/],
        [
            'leaves an absolute link',
            'ln -s /etc/passwd /rpkg/out/x',
            /build left a link to \/etc\/passwd, outside of its output/,
        ],
        [
            'leaves a link out of its output',
            'mkdir /rpkg/out/d; ln -s ../../etc /rpkg/out/d/x',
            /build left a link to \.\.\/\.\.\/etc, outside/,
        ],
        [
            'leaves an absolute link out of its output',
            'ln -s /rpkg/out/../x /rpkg/out/x',
            /build left a link to \/rpkg\/out\/\.\.\/x, outside/,
        ],
        ['writes to its input', 'echo x >>/rpkg/in/a', /build failed with status 2/],
        ['writes to the root', 'echo x >/x', /build failed with status 2/],
        ['uses too much memory', 'dd if=/dev/zero of=/dev/null bs=200M count=1', /build failed with status 1/],
    ])('ends when an action %s', async (_, script, expected) => {
        const limits = { timeoutSeconds: 2, weight: 1, memoryBytes: 128 * 2 ** 20 };
        const folder = await emitted(
            planOf({ in: write({ a: 'x' }), build: run(script, { limits, mounts: mounts({ in: 'in' }) }) }),
        );
        const ended = call(folder, ['sh', 'build.sh']);
        expect([ended.status, ended.stderr]).toEqual([1, expect.stringMatching(expected)]);
    });

    it('shows nothing of the caller to an action', async () => {
        const { folder } = await sample(
            'env >/rpkg/out/env; ls /proc/self/fd | grep -x . >/rpkg/out/fd; cat >/rpkg/out/stdin',
        );
        const script = 'exec 3</dev/zero 5</dev/zero 9</dev/zero; echo input | sh build.sh';
        expect(
            call(folder, ['sh', '-c', script], { environment: { SECRET: 'x', LC_ALL: 'C', CDPATH: '/usr' } }).status,
        ).toBe(0);
        expect(entriesOf(`${folder}/result/out`)).toEqual({
            env: 'PATH=/usr/bin:/bin\nPWD=/rpkg/build\n',
            fd: '0\n1\n2\n3\n',
            stdin: '',
        });
    });
});

describe('a script that is interrupted', () => {
    const isRunning = (word: string): boolean =>
        fs.readdirSync('/proc').some((pid) => {
            try {
                return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
            } catch {
                return false;
            }
        });
    const until = async (condition: () => boolean): Promise<void> => {
        for (const end = Date.now() + 20_000; !condition(); ) {
            if (Date.now() > end) throw new Error('it does not happen');
            await sleep(10);
        }
    };

    it.each<[string, (script: ChildProcess) => void]>([
        ['SIGKILL for the shell alone', ({ pid = 0 }) => process.kill(pid, 'SIGKILL')],
        ['SIGTERM for the shell alone', ({ pid = 0 }) => process.kill(pid, 'SIGTERM')],
        ['Ctrl-C, which everybody in the group gets', ({ pid = 0 }) => process.kill(-pid, 'SIGINT')],
    ])('by %s leaves no process, and can be started again', async (name, interrupt) => {
        const word = `1.${process.pid}${name.length}`;
        const { folder } = await sample(`cp /rpkg/src/a /rpkg/out/b; (sleep ${word}) & sleep ${word}`);
        const script = spawn('sh', ['build.sh'], {
            cwd: folder,
            detached: true,
            stdio: 'ignore',
            env: { PATH: '/usr/bin:/bin' },
        });
        await until(() => isRunning(word));
        interrupt(script);
        await until(() => !isRunning(word));
        expect(fs.existsSync(`${folder}/result`)).toBe(false);
        const again = call(folder, ['sh', 'build.sh']);
        expect([again.status, again.stderr]).toEqual([0, 'build\n']);
        expect(entriesOf(`${folder}/result/out`)).toEqual({ b: 'text\n' });
    });
});

describe('emitted texts', () => {
    const small = planOf(
        {
            'fetch.main': fetchLocal('.', `sha256:${hexOf('b')}/123`),
            config: write({ 'config.toml': "[net]\noffline = true # it's\n" }),
            in: compose({ config: 'config', src: 'fetch.main' }),
            build: run('', {
                commands: [
                    { argv: ['/rpkg/tools/rust/bin/cargo', 'build', '--config', 'a="b c"'] },
                    { script: 'cp target/hello "$OUT"\n' },
                ],
                env: { PATH: '/usr/bin:/bin', OUT: '/rpkg/out', CARGO_BUILD_JOBS: '$(jobs)' },
                cwd: '/rpkg/src',
                mounts: { '/rpkg/src': { tree: 'fetch.main', writable: true }, ...mounts({ in: 'in' }) },
                outputs: { out: '/rpkg/out', doc: '/rpkg/doc' },
                limits: { timeoutSeconds: 3600, memoryBytes: 2 ** 31, weight: 0 },
            }),
            'test.greeting': run('/rpkg/bin/hello', { mounts: mounts({ bin: 'build' }) }),
        },
        {
            subject: { name: 'hello', version: '1.0.0', kind: 'app', epoch: 1 },
            environments: {
                host: hostEnvironment({ sh: shell, rustc: rust, cargo: { ...rust, path: '/opt/rust/bin/cargo' } }),
            },
            outputs: { out: 'build', doc: 'build#doc' },
        },
    );
    const golden = (name: string): string => `${import.meta.dirname}/../../golden/emit/${name}`;

    it('are these for a small plan', async () => {
        await expect(emitShell(small, new Map([['fetch.main', hexOf('c')]]))).toMatchFileSnapshot(golden('build.sh'));
        await expect(emitMakefile(small)).toMatchFileSnapshot(golden('Makefile'));
        await expect(emitJson(small)).toMatchFileSnapshot(golden('plan.json'));
        expect(decodePlan(JSON.parse(fs.readFileSync(golden('plan.json'), 'utf8'))).ok).toBe(true);
    });

    it('can be read by other shells than the one they are for', () => {
        const plan = fullPlan();
        const archives = new Map(Object.keys(plan.actions).map((id) => [id, hexOf('c')]));
        const folder = freshFolder();
        fs.writeFileSync(`${folder}/build.sh`, emitShell(plan, archives));
        for (const words of [
            ['dash', '-n'],
            ['bash', '--posix', '-n'],
            ['busybox', 'sh', '-n'],
        ]) {
            const ended = call(folder, [...words, 'build.sh']);
            if (ended.error === undefined) expect([words, ended.status, ended.stderr]).toEqual([words, 0, '']);
        }
    });

    it('cannot be made without the archive of every source', () => {
        expect(() => emitShell(small, new Map())).toThrow('no archive was made for fetch.main');
    });

    it('are made quickly for many actions', () => {
        const actions = Object.fromEntries(
            Array.from({ length: 5000 }, (_, at) => [
                `a${at}`,
                run('true', { mounts: at === 0 ? {} : mounts({ in: `a${at - 1}` }) }),
            ]),
        );
        const plan = planOf(actions, { outputs: { out: 'a4999' } });
        const began = performance.now();
        emitShell(plan, new Map());
        emitMakefile(plan);
        expect(performance.now() - began).toBeLessThan(3000);
    });
});
