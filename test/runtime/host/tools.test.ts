// Identities of real tools of this machine, and of toolchains made here as scripts and folders.
import {
    chmodSync,
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    realpathSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostTool } from '../../../compiler/plan/plan.ts';
import type { Failure } from '../../../runtime/failure.ts';
import { openHost } from '../../../runtime/host/session.ts';
import { identifyTools } from '../../../runtime/host/tools.ts';
import { removeTree } from '../../../runtime/store/remove-tree.ts';
import { openStore, type Store } from '../../../runtime/store/store.ts';

let folder: string;
let store: Store;

beforeAll(async () => {
    folder = realpathSync(await mkdtemp(join(tmpdir(), 'rpkg-tools-')));
    const opened = await openStore(join(folder, 'store'));
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    store = opened.value;
});
afterAll(async () => {
    await store.close();
    await removeTree(folder);
});

async function identify(names: readonly string[], environment: NodeJS.ProcessEnv): Promise<Record<string, HostTool>> {
    const result = await identifyTools(names, openHost({ store, environment }));
    if (!result.ok) throw new Error(JSON.stringify(result.failure));
    return result.value;
}

async function only(name: string, environment: NodeJS.ProcessEnv): Promise<HostTool> {
    const tool = (await identify([name], environment))[name];
    if (tool === undefined) throw new Error(name);
    return tool;
}

async function refused(names: readonly string[], environment: NodeJS.ProcessEnv): Promise<Failure> {
    const result = await identifyTools(names, openHost({ store, environment }));
    if (result.ok) throw new Error(JSON.stringify(result.value));
    return result.failure;
}

/** Page faults of children that ended: one that is started and awaited always adds some. */
function childFaults(): string | undefined {
    const status = readFileSync('/proc/self/stat', 'latin1');
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[8];
}

/** After this a signature is believed. */
const settle = (): Promise<void> => sleep(2300);

interface Toolchain {
    readonly sysroot: string;
    readonly environment: NodeJS.ProcessEnv;
    /** How often the compiler was asked something. */
    readonly asked: () => number;
}

function program(path: string, script: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A sysroot whose programs are scripts; PATH leads straight into it. */
function newToolchain(changes: Readonly<Record<string, string>> = {}): Toolchain {
    const sysroot = mkdtempSync(join(folder, 'sysroot-'));
    const log = `${sysroot}-log`;
    const answer = (name: string): string =>
        `echo x >> "$(dirname "$0")/../../$(basename "$(dirname "$(dirname "$0")")")-log"; case $1 in --print) cd "$(dirname "$0")/.." && pwd;; *) echo '${name} 1.0.0';; esac`;
    program(join(sysroot, 'bin', 'rustc'), answer('rustc'));
    program(join(sysroot, 'bin', 'rustdoc'), answer('rustdoc'));
    program(join(sysroot, 'bin', 'cargo'), answer('cargo'));
    const files = {
        'lib/libstd.so': 'std',
        'lib/rustlib/x/lib/libcore.rlib': 'core',
        'share/doc/x': 'doc',
        ...changes,
    };
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(sysroot, path)), { recursive: true });
        writeFileSync(join(sysroot, path), text);
    }
    symlinkSync('libstd.so', join(sysroot, 'lib', 'libstd.so.1'));
    const asked = (): number => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0);
    return { sysroot, environment: { PATH: `${join(sysroot, 'bin')}:/usr/bin:/bin`, HOME: folder }, asked };
}

describe('the tools of this machine', () => {
    test('are what they are, and what owns them', async () => {
        const { sh, make, cc, 'c++': cxx } = await identify(['sh', 'make', 'cc', 'c++'], process.env);
        expect(sh).toMatchObject({ path: expect.stringMatching(/^(?:\/usr)?\/bin\/sh$/) as string });
        expect(make?.version).toMatch(/^GNU Make \d/);
        expect(cc?.version).toMatch(/^\d+(?:\.\d+)+ \w+-linux-\w+$/);
        for (const tool of [sh, make, cc])
            expect(tool).toMatchObject({ digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string });
        expect(cxx?.digest).not.toBe(cc?.digest);
        if (!existsSync('/var/lib/dpkg/status')) return;
        expect(make?.packages).toEqual({ make: expect.stringMatching(/^\d/) as string });
        expect(Object.keys(cc?.packages ?? {})).toEqual(expect.arrayContaining(['libc6', 'libc6-dev']));
        expect(Object.keys(cxx?.packages ?? {}).join()).toMatch(/libstdc\+\+-\d+-dev/);
    });

    test('are found where the sandbox has them, whatever PATH says', async () => {
        const own = join(folder, 'own');
        program(join(own, 'make'), 'echo mine');
        const tool = await only('make', { ...process.env, PATH: `${own}:${process.env['PATH'] ?? ''}` });
        expect(tool.path).toMatch(/^\/(?:usr\/)?bin\/make$/);
    });

    test('cost no process the second time, and little time', async () => {
        const names = ['sh', 'make', 'cc', 'rustc', 'cargo'];
        const first = await identify(names, process.env);
        await identify(names, process.env);
        const faults = childFaults();
        const started = performance.now();
        expect(await identify(names, process.env)).toEqual(first);
        const took = performance.now() - started;
        expect(childFaults()).toBe(faults);
        expect(took).toBeLessThan(100);
    });

    test('the compiler and cargo of one toolchain share their root and digest', async () => {
        const { rustc, cargo } = await identify(['rustc', 'cargo'], process.env);
        if (rustc?.mount === undefined || cargo?.mount !== rustc.mount) return;
        expect(rustc).toMatchObject({
            mount: '/rpkg/tools/rust',
            version: expect.stringMatching(/^rustc \d/) as string,
        });
        expect(cargo).toMatchObject({ root: rustc.root, digest: rustc.digest });
        expect(existsSync(join(rustc.root ?? '', 'bin', 'rustc'))).toBe(true);
    });
});

describe('a Rust toolchain', () => {
    test('is a root with a digest, at a fixed place for the sandbox', async () => {
        const { sysroot, environment } = newToolchain();
        const { rustc, cargo, rustdoc } = await identify(['rustc', 'cargo', 'rustdoc'], environment);
        expect(rustc).toMatchObject({
            path: join(sysroot, 'bin/rustc'),
            mount: '/rpkg/tools/rust',
            root: sysroot,
            version: 'rustc 1.0.0',
            packages: {},
        });
        expect(cargo).toEqual({ ...rustc, path: join(sysroot, 'bin/cargo'), version: 'cargo 1.0.0' });
        expect(rustdoc).toEqual({ ...rustc, path: join(sysroot, 'bin/rustdoc'), version: 'rustdoc 1.0.0' });
    });

    test('is the same at another place, and with other documents', async () => {
        const [one, two] = [newToolchain(), newToolchain({ 'share/doc/x': 'other', 'etc/x': 'other' })];
        expect((await only('rustc', one.environment)).digest).toBe((await only('rustc', two.environment)).digest);
    });

    test.each([
        ['a library', (sysroot: string) => writeFileSync(join(sysroot, 'lib/rustlib/x/lib/libcore.rlib'), 'CORE')],
        ['one file more', (sysroot: string) => writeFileSync(join(sysroot, 'lib/more'), '')],
        ['one file less', (sysroot: string) => rmSync(join(sysroot, 'lib/rustlib/x/lib/libcore.rlib'))],
        ['a mode', (sysroot: string) => chmodSync(join(sysroot, 'lib/libstd.so'), 0o755)],
        [
            'a link',
            (sysroot: string) => {
                rmSync(join(sysroot, 'lib/libstd.so.1'));
                symlinkSync('./libstd.so', join(sysroot, 'lib/libstd.so.1'));
            },
        ],
        ['a helper', (sysroot: string) => program(join(sysroot, 'libexec/helper'), 'true')],
    ])('is another one when %s changes', async (_title, change) => {
        const { sysroot, environment } = newToolchain();
        const before = await only('rustc', environment);
        change(sysroot);
        expect((await only('rustc', environment)).digest).not.toBe(before.digest);
    });

    test('is remembered, until it changes', async () => {
        const { sysroot, environment, asked } = newToolchain();
        await settle();
        const before = await identify(['rustc', 'cargo'], environment);
        const questions = asked();
        expect(questions).toBeGreaterThan(0);
        expect(await identify(['rustc', 'cargo'], environment)).toEqual(before);
        expect(asked()).toBe(questions);
        writeFileSync(join(sysroot, 'lib/libstd.so'), 'STD');
        expect((await only('cargo', environment)).digest).not.toBe(before['cargo']?.digest);
        expect(asked()).toBeGreaterThan(questions);
    });

    test('that changed a moment ago is looked at again', async () => {
        const { environment, asked } = newToolchain();
        await only('rustc', environment);
        const questions = asked();
        await only('rustc', environment);
        expect(asked()).toBeGreaterThan(questions);
    });
});

describe('rustup', () => {
    /** Proxies as rustup installs them: one folder, the toolchain is chosen by a setting. */
    function newRustup(...toolchains: readonly Toolchain[]): NodeJS.ProcessEnv {
        const home = mkdtempSync(join(folder, 'rustup-'));
        for (const name of ['rustc', 'cargo', 'rustdoc']) {
            program(
                join(home, 'bin', name),
                `[ -e rust-toolchain.toml ] && exit 1\nexec "$(cat "\${RUSTUP_TOOLCHAIN:-$RUSTUP_HOME/settings.toml}")/bin/${name}" "$@"`,
            );
        }
        writeFileSync(join(home, 'settings.toml'), toolchains[0]?.sysroot ?? '');
        return { PATH: `${join(home, 'bin')}:/usr/bin:/bin`, HOME: folder, RUSTUP_HOME: home };
    }

    test('is followed to the toolchain', async () => {
        const toolchain = newToolchain();
        const environment = newRustup(toolchain);
        const { rustc, cargo } = await identify(['rustc', 'cargo'], environment);
        expect(rustc).toMatchObject({ root: toolchain.sysroot, path: join(toolchain.sysroot, 'bin/rustc') });
        expect(cargo).toMatchObject({ root: toolchain.sysroot, path: join(toolchain.sysroot, 'bin/cargo') });
    });

    test('may choose another one by its settings or the environment', async () => {
        const [one, two, three] = [newToolchain(), newToolchain({ 'lib/libstd.so': '2' }), newToolchain()];
        const environment = newRustup(one);
        await settle();
        expect(await only('rustc', environment)).toMatchObject({ root: one.sysroot });
        writeFileSync(join(environment['RUSTUP_HOME'] ?? '', 'settings.toml'), two.sysroot);
        expect(await only('rustc', environment)).toMatchObject({ root: two.sysroot });
        const override = join(folder, 'override');
        writeFileSync(override, three.sysroot);
        expect(await only('rustc', { ...environment, RUSTUP_TOOLCHAIN: override })).toMatchObject({
            root: three.sysroot,
        });
    });

    test('does not read a toolchain file of the folder rpkg is started in', async () => {
        const before = process.cwd();
        const work = mkdtempSync(join(folder, 'work-'));
        writeFileSync(join(work, 'rust-toolchain.toml'), '');
        process.chdir(work);
        try {
            await only('rustc', newRustup(newToolchain()));
        } finally {
            process.chdir(before);
        }
    });

    test('without cargo says how to get it', async () => {
        const toolchain = newToolchain();
        const environment = newRustup(toolchain);
        rmSync(join(toolchain.sysroot, 'bin/cargo'));
        expect(await refused(['cargo'], environment)).toMatchObject({
            kind: 'missing-tool',
            tool: 'cargo',
            remedy: 'rustup component add cargo',
        });
    });

    test('that has no toolchain at all says what it said', async () => {
        const home = mkdtempSync(join(folder, 'rustup-'));
        program(join(home, 'rustc'), "echo 'error: no default toolchain' >&2; exit 1");
        const failure = await refused(['rustc'], { PATH: `${home}:/usr/bin` });
        expect(failure).toMatchObject({
            kind: 'missing-tool',
            remedy: expect.stringContaining('no default toolchain') as string,
        });
    });
});

describe('a cargo of its own', () => {
    test('is shown alone, not with what lies beside it', async () => {
        const { environment } = newToolchain();
        const own = mkdtempSync(join(folder, 'own-'));
        program(join(own, 'cargo'), "echo 'cargo 2.0.0'");
        writeFileSync(join(own, 'secret'), 'x');
        const path = `${own}:${environment['PATH'] ?? ''}`;
        const { rustc, cargo } = await identify(['rustc', 'cargo'], { ...environment, PATH: path });
        expect(rustc?.mount).toBe('/rpkg/tools/rust');
        expect(cargo).toMatchObject({ mount: '/rpkg/tools/cargo', version: 'cargo 2.0.0' });
        const root = cargo?.root ?? '';
        expect(cargo?.path).toBe(join(root, 'bin', 'cargo'));
        expect(readFileSync(join(root, 'bin', 'cargo'), 'utf8')).toContain('cargo 2.0.0');
        expect(root.startsWith(join(folder, 'store'))).toBe(true);
    });

    test('needs no compiler', async () => {
        const own = mkdtempSync(join(folder, 'own-'));
        program(join(own, 'cargo'), "echo 'cargo 3.0.0'");
        expect(await only('cargo', { PATH: own })).toMatchObject({ version: 'cargo 3.0.0' });
    });
});

describe('what is not there', () => {
    test.each([
        ['no-such-tool', 'apt install no-such-tool'],
        ['llvm-config', 'apt install llvm'],
        ['x86_64-none-gcc', 'apt install x86_64-none-gcc'],
    ])('%s', async (tool, remedy) => {
        if (existsSync(`/usr/bin/${tool}`)) return;
        expect(await refused([tool], process.env)).toMatchObject({ kind: 'missing-tool', tool, remedy });
    });

    test('a compiler for Rust', async () => {
        expect(await refused(['rustc'], { PATH: folder })).toMatchObject({
            kind: 'missing-tool',
            remedy: 'apt install rustc',
        });
        expect(await refused(['cargo'], { PATH: folder })).toMatchObject({
            kind: 'missing-tool',
            remedy: 'apt install cargo',
        });
    });

    test.each(['', '../sh', '/bin/sh', '-sh', 'a b', 'sh\0'])('%j, which is no name', async (name) => {
        expect(await refused([name], process.env)).toMatchObject({ kind: 'missing-tool', tool: name });
    });
});

test('a copied toolchain is the same', async () => {
    const { sysroot, environment } = newToolchain();
    const copy = join(folder, 'copied');
    cpSync(sysroot, copy, { recursive: true, verbatimSymlinks: true });
    const moved = await only('rustc', { ...environment, PATH: `${join(copy, 'bin')}:/usr/bin:/bin` });
    expect(moved.root).toBe(copy);
    expect(moved.digest).toBe((await only('rustc', environment)).digest);
});
