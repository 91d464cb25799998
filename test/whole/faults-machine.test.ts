// A machine on which things are missing, full, read-only or slow.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findProgram } from '../../runtime/host/programs.ts';
import { usualFolders } from '../../runtime/sandbox/sandbox.ts';
import { isRoot } from '../support/ordinary-user.ts';
import {
    answer,
    buildOne,
    copyHello,
    expectCleanStore,
    freshPlace,
    type Place,
    processesWith,
    rpkg,
    rpkgProgram,
    run,
    systemPath,
    write,
} from '../support/whole.ts';
import { expectFault, type Fault, provoke } from './fault.ts';
import { tiny } from './tiny.ts';

const hi = { 'tiny.rpkg': tiny('echo hi >"$OUT/hi"') };

describe('actions', () => {
    const cases: readonly (Fault & { readonly name: string; readonly script: string; readonly shows: string })[] = [
        {
            name: 'a command that fails',
            script: 'echo to-out\necho to-err >&2\nexit 7',
            shows: '  | to-err\n',
            exit: 5,
            code: 'build/action-failed',
            says: 'action `step.go` failed: exit status 7',
            help: /`rpkg shell`.*log: .*stderr$/,
        },
        {
            name: 'a command that fails without a word',
            script: 'exit 7',
            shows: '',
            exit: 5,
            code: 'build/action-failed',
            says: 'exit status 7',
            help: 'rpkg shell',
        },
        {
            name: 'a command that only writes to standard output',
            script: 'printf "\\033[31mred\\n"\nfalse',
            shows: '  | \\u{1b}[31mred\n',
            exit: 5,
            code: 'build/action-failed',
            says: 'exit status 1',
            help: 'rpkg shell',
        },
        {
            name: 'a command that is killed',
            script: 'kill -9 $$',
            shows: '',
            exit: 5,
            code: 'build/action-failed',
            says: 'ended by SIGKILL',
            help: 'rpkg shell',
        },
        {
            name: 'a command that is not there',
            script: 'nosuchprogram --version',
            shows: '  | /bin/sh: 1: nosuchprogram: not found\n',
            exit: 5,
            code: 'build/action-failed',
            says: 'exit status 127',
            help: 'rpkg shell',
        },
    ];

    test.each(cases)('$name', async ({ script, shows, ...fault }) => {
        const place = freshPlace();
        write(place, { 'tiny.rpkg': tiny(script) });
        const { err } = await rpkg(place, ['build', '-q', 'tiny.rpkg']);
        expect(err.slice(0, err.indexOf('error['))).toBe(shows);
        await provoke(place, ['build', '-q', 'tiny.rpkg'], fault);
    });

    test('one that takes too long, whatever it left running', async () => {
        const place = freshPlace();
        const sleep = uniqueSleep();
        const script = `trap '' TERM INT HUP\nsetsid ${sleep} &\nsetsid sh -c "${sleep} & ${sleep}" &\n${sleep}`;
        write(place, { 'tiny.rpkg': tiny(script, ['limits.timeout = 1s']) });
        await provoke(place, ['build', '-q', 'tiny.rpkg'], {
            exit: 6,
            code: 'build/timeout',
            says: 'action `step.go` did not end within 1 s',
            help: /`limits\.timeout`.*log: /,
        });
        expect(processesWith(sleep)).toEqual([]);
    });

    test('one that gives something else each time is found by verify', async () => {
        const place = freshPlace();
        write(place, { 'tiny.rpkg': tiny('date +%s.%N >"$OUT/now"\necho same >"$OUT/same"') });
        await answer(place, ['build', '-q', 'tiny.rpkg']);
        await provoke(place, ['verify', '-q', 'tiny.rpkg'], {
            exit: 8,
            code: 'build/not-reproducible',
            says: 'action `step.go`',
            help: /these differ: now$/,
        });
    });

    test('--keep-going runs what does not need the failure, and the exit code is that of the failure', async () => {
        const place = freshPlace();
        const second = '\n    step other {\n        run = ["true"]\n    }\n\n    output out {';
        write(place, { 'tiny.rpkg': tiny('exit 1').replace('\n    output out {', second) });
        const { exit, err } = await rpkg(place, ['build', '-k', 'tiny.rpkg']);
        expect(exit).toBe(5);
        expect(err).toMatch(/^done {4}step\.other /m);
        expect(err).toMatch(/^1 run, 0 from the store, 1 failed/m);
    });
});

/** A command line that no other process has. */
function uniqueSleep(): string {
    return `sleep 4${Math.floor(Math.random() * 1e9)}.${process.pid}`;
}

describe('tools', () => {
    test('no Rust on PATH', async () => {
        const place = freshPlace();
        copyHello(place);
        const names = ['sh', 'cc', 'as', 'ld'];
        fs.mkdirSync(`${place.folder}/bin`);
        for (const name of names)
            fs.symlinkSync(findProgram(name, systemPath.split(':')) ?? name, `${place.folder}/bin/${name}`);
        const fault = {
            exit: 7,
            code: 'sandbox/missing-tool',
            says: /`(rustc|cargo)` is needed/,
            help: /apt install (rustc|cargo)/,
        };
        // The launcher itself needs some of the system's programs.
        const launcher = [
            'env',
            `PATH=${place.folder}/bin`,
            `${path.dirname(rpkgProgram)}/../node_modules/node/bin/node`,
        ];
        const { exit, out, err } = await run(place, [
            ...launcher,
            `${path.dirname(rpkgProgram)}/../dist/rpkg.cjs`,
            'build',
            'hello/hello.rpkg',
        ]);
        expectFault({ exit, out, err }, fault);
        await expectCleanStore(place);
    });

    /** Starts what follows where the named programs of the system are not there. */
    function without(...programs: readonly string[]): readonly string[] {
        const hidden = programs
            .flatMap((name) => usualFolders.map((folder) => `${folder}/${name}`))
            .filter((file) => fs.existsSync(file));
        const mounts = [...new Set(hidden.map((file) => fs.realpathSync(file)))].map(
            (file) => `mount --bind /dev/null ${file}`,
        );
        return ['unshare', '-Urm', 'sh', '-c', `${mounts.join(' && ')} && exec "$@"`, 'sh'];
    }

    test('neither bubblewrap nor unshare', async () => {
        const place = freshPlace();
        write(place, hi);
        const fault = {
            exit: 7,
            code: 'sandbox/unavailable',
            says: 'bubblewrap is not installed',
            help: 'apt install bubblewrap',
        };
        const options = { through: without('bwrap', 'unshare') };
        await provoke(place, ['build', '-q', 'tiny.rpkg'], fault, options);
        await provoke(place, ['build', '-q', '--sandbox', 'unshare', 'tiny.rpkg'], fault, options);
        const doctor = await rpkg(place, ['doctor'], options);
        expect(doctor).toMatchObject({ exit: 7, err: '' });
        expect(doctor.out).toMatch(/^missing bubblewrap: not installed\n +apt install bubblewrap$/m);
    });

    test('bubblewrap asked for and not there is not replaced; unasked, the tier is said', async () => {
        const place = freshPlace();
        write(place, hi);
        const options = { through: without('bwrap') };
        const fault = { exit: 7, code: 'sandbox/unavailable', says: 'bwrap', help: 'apt install bubblewrap' };
        await provoke(place, ['build', '-q', '--sandbox', 'bwrap', 'tiny.rpkg'], fault, options);
        const { exit, err } = await rpkg(place, ['build', 'tiny.rpkg'], options);
        expect(exit).toBe(0);
        expect(err).toContain('sandbox unshare');
    });
});

describe('the store', () => {
    /** A store on a file system of its own, made for one command line; `$1` is rpkg. */
    async function onDisk(place: Place, mountOptions: string, script: string): Promise<string> {
        fs.mkdirSync(`${place.folder}/disk`);
        const setUp = `mount -t tmpfs -o ${mountOptions} none disk; export RPKG_STORE=$PWD/disk/store`;
        const { exit, out, err } = await run(place, [
            'unshare',
            '-Urm',
            'sh',
            '-c',
            `exec 2>&1\n${setUp}\n${script}`,
            'sh',
            rpkgProgram,
        ]);
        expect({ exit, err }).toEqual({ exit: 0, err: '' });
        expect(out).not.toMatch(/^ {4}at |bug in rpkg/m);
        return out;
    }

    const big = { 'tiny.rpkg': tiny('head -c 6000000 /dev/zero >"$OUT/zeros"') };

    test('full while an action writes, while its output is kept, while anything is written; then there is space', async () => {
        // Sizes at which different writes are the first that fail; below the last one, the command's own. Only without the
        // system call filter is an output copied, which needs its room once more.
        const rows = [...['16k', '100k', '200k', '4m'].map((size) => [size, 'bwrap']), ['9m', 'unshare']];
        for (const [size, tier] of rows) {
            const place = freshPlace();
            write(place, big);
            const said = await onDisk(
                place,
                `size=${size}`,
                `"$1" build -q --sandbox ${tier} tiny.rpkg; echo "exit $?"
                "$1" store verify; echo "exit $?"
                ls disk/store/tmp
                mount -t tmpfs -o remount,size=60m none disk
                "$1" build -q --sandbox ${tier} tiny.rpkg >built; echo "exit $?"
                "$1" store verify; echo "exit $?"`,
            );
            const [failed = '', ...rest] = said.split(/^exit /m);
            expect(failed.match(/^error\[/gm)).toHaveLength(1);
            expect(failed).toMatch(/^error\[(store\/enospc|build\/action-failed)\]: .*the disk is full$/m);
            expect(failed).toMatch(/^ *= help: free some space/m);
            expect(rest[0]).toMatch(/^[59]\n/);
            const clean = 'every object is what its name says';
            expect([...rest.slice(1)].join('exit ')).toBe(`0\nexit 0\n${clean}\nexit 0\n`);
            expect(rest[0]).toBe(`${rest[0]?.charAt(0) ?? ''}\n${clean}\n`);
        }
    });

    test('read-only: what is there is found, what is not cannot be made', async () => {
        const place = freshPlace();
        write(place, { ...hi, 'other.rpkg': tiny('echo other >"$OUT/hi"') });
        const said = await onDisk(
            place,
            'size=60m',
            `"$1" build -q tiny.rpkg >first; mount -t tmpfs -o remount,ro none disk
            "$1" build -q tiny.rpkg >second; echo "exit $?"; cmp first second
            "$1" plan tiny.rpkg -o plan.json; echo "exit $?"
            "$1" store verify; echo "exit $?"
            "$1" build -q other.rpkg; echo "exit $?"`,
        );
        const [nothing, fault] = said.split('every object is what its name says\nexit 0\n');
        expect(nothing).toBe('exit 0\nexit 0\n');
        expect(fault).toMatch(
            /^error\[store\/erofs\]: .*: the file system is read-only\n += help: .*RPKG_STORE.*\nexit 9\n$/,
        );
    });

    test.each([
        ['of another version', 'version', '9\n', /store is a store of version 9; this rpkg reads and writes version 1/],
        ['with a garbled version', 'version', 'x', /an unknown version/],
        ['that is another folder', 'letter.txt', 'Dear', /a folder with other files that is not a store/],
    ])('%s is refused and left alone', async (_name, file, text, says) => {
        const place = freshPlace();
        write(place, hi);
        fs.mkdirSync(place.store);
        fs.writeFileSync(`${place.store}/${file}`, text);
        const fault = { exit: 9, code: 'store/version', says, help: 'RPKG_STORE' };
        for (const command of [['build', '-q'], ['plan'], ['store', 'verify'], ['log'], ['doctor']]) {
            const words = command[0] === 'build' || command[0] === 'plan' ? [...command, 'tiny.rpkg'] : command;
            expectFault(await rpkg(place, words), fault);
        }
        expect(fs.readdirSync(place.store)).toEqual([file]);
    });

    test('a place where none can be', async () => {
        const place = freshPlace();
        write(place, { ...hi, file: '' });
        const words = ['build', '-q', 'tiny.rpkg', '--store'];
        expectFault(await rpkg(place, [...words, 'file']), { exit: 9, code: 'store/enotdir', says: 'file', help: /./ });
        expectFault(await rpkg(place, [...words, 'file/deep']), {
            exit: 9,
            code: 'store/enotdir',
            says: 'file',
            help: /./,
        });
        expectFault(await rpkg(place, [...words, '/proc/nope']), {
            exit: 9,
            code: 'store/enoent',
            says: '/proc/nope',
            help: /./,
        });
    });

    test('a home that cannot be written to, is not there, or is not set', async () => {
        const place = freshPlace();
        write(place, hi);
        const noStore = { RPKG_STORE: undefined };
        fs.chmodSync(place.folder, 0o755);
        for (const HOME of ['/proc/nope', '/sys']) {
            const ran = await rpkg(place, ['build', '-q', 'tiny.rpkg'], { env: { ...noStore, HOME } });
            expectFault(ran, {
                exit: 9,
                code: ran.err.includes('eacces')
                    ? 'store/eacces'
                    : ran.err.includes('eperm')
                      ? 'store/eperm'
                      : 'store/enoent',
                says: HOME,
                help: /./,
            });
        }
        for (const HOME of ['', undefined]) {
            const at = await answer(place, ['store', 'path'], { env: { ...noStore, HOME } });
            expect(at).toMatch(/^\/.+\/\.cache\/rpkg\n$/);
        }
        expect(await answer(place, ['store', 'path'], { env: { ...noStore, XDG_CACHE_HOME: '/x' } })).toBe('/x/rpkg\n');
    });

    test.skipIf(!isRoot)('of somebody else', async () => {
        const place = freshPlace();
        write(place, hi);
        await answer(place, ['build', '-q', 'tiny.rpkg']);
        for (const folder of [path.dirname(place.folder), place.folder]) fs.chmodSync(folder, 0o755);
        fs.chmodSync(place.store, 0o700);
        const through = ['setpriv', '--reuid=64111', '--regid=64111', '--clear-groups', '--inh-caps=-all'];
        const ran = await rpkg(place, ['build', '-q', 'tiny.rpkg'], { through, env: { PATH: systemPath } });
        expectFault(ran, { exit: 9, code: 'store/eacces', says: 'permission denied', help: 'RPKG_STORE' });
    });
});

describe('standard output and error', () => {
    test('a reader that went away is no error', async () => {
        const place = freshPlace();
        copyHello(place);
        await answer(place, ['build', 'hello/hello.rpkg']);
        for (const words of ['--help', 'plan hello/hello.rpkg', 'build hello/hello.rpkg', 'log', 'doctor']) {
            const script = `{ sleep 0.2; "$0" ${words}; echo $? >status; } | true`;
            expect(await run(place, ['sh', '-c', script, rpkgProgram])).toMatchObject({ exit: 0, out: '' });
            expect(fs.readFileSync(`${place.folder}/status`, 'utf8')).toBe('0\n');
        }
        await expectCleanStore(place);
    });

    test('closed descriptors and a full disk behind standard output', async () => {
        const place = freshPlace();
        write(place, hi);
        expect(await run(place, ['sh', '-c', '"$0" build tiny.rpkg >&- 2>&- <&-', rpkgProgram])).toEqual({
            exit: 0,
            out: '',
            err: '',
        });
        const full = await run(place, ['sh', '-c', '"$0" plan tiny.rpkg >/dev/full', rpkgProgram]);
        expect(full.exit).toBe(9);
        expect(full.err).toMatch(/^error.*standard output/);
        expect(full.err).not.toMatch(/^ {4}at |bug in rpkg/m);
        await expectCleanStore(place);
    });

    test('a build goes on when nobody reads its progress', async () => {
        const place = freshPlace();
        write(place, { 'tiny.rpkg': tiny('sleep 0.3\necho hi >"$OUT/hi"') });
        await run(place, ['sh', '-c', '{ "$0" build tiny.rpkg 2>&1 >answer; echo $? >status; } | true', rpkgProgram]);
        expect(fs.readFileSync(`${place.folder}/status`, 'utf8')).toBe('0\n');
        const { path: built } = await buildOne(place, ['tiny.rpkg']);
        expect(fs.readFileSync(`${place.folder}/answer`, 'utf8')).toContain(built);
    });
});
