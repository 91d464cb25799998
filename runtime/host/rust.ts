// Rust's compiler and Cargo. They come as a sysroot of rustup's or of the user's, which the sandbox shows at a place of
// its own, or from the distribution, where they live among everything else in /usr.
import { chmod, copyFile, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Hash } from '../../compiler/plan/digest.ts';
import type { HostTool } from '../../compiler/plan/plan.ts';
import { toolFolders } from '../../compiler/plan/sandbox.ts';
import type { Failure } from '../failure.ts';
import { failure, type Result, success } from '../result.ts';
import { removeTree } from '../store/remove-tree.ts';
import { demand } from './demand.ts';
import { missingTool } from './missing-tool.ts';
import { packagesOf } from './packages.ts';
import { findProgram, userFolders } from './programs.ts';
import { type Answer, remembered, type Watch } from './remembered.ts';
import { askTool, firstLine, type HostSession, type Identify } from './session.ts';
import { digestOfParts, filePart, partsBelow } from './tool-parts.ts';

const rustMount = '/rpkg/tools/rust';
const cargoMount = '/rpkg/tools/cargo';

/** Prefixes that hold more than Rust, and that the sandbox shows anyway. */
const sharedPrefixes = ['/usr', '/usr/local'];

/** `rustc` itself and what comes with it, such as `rustdoc`. */
export const identifyRustc: Identify = async (name, session, watch) => {
    const rustc = findProgram('rustc', userFolders(session.environment), watch.path);
    if (rustc === undefined) return failure(missingTool('rustc', 'compiling Rust'));
    const sysroot = await sysrootOf(rustc, session, watch);
    if (!sysroot.ok) return sysroot;
    if (sharedPrefixes.includes(sysroot.value)) return await inSharedPrefix(name, sysroot.value, watch);
    return await inSysroot(name, sysroot.value, session, watch);
};

export const identifyCargo: Identify = async (name, session, watch) => {
    const folders = userFolders(session.environment);
    const program = findProgram(name, folders, watch.path);
    if (program === undefined) return failure(missingTool(name, 'building with Cargo'));
    const rustc = findProgram('rustc', folders, watch.path);
    if (rustc !== undefined) {
        const sysroot = await sysrootOf(rustc, session, watch);
        if (!sysroot.ok) return sysroot;
        const own = join(sysroot.value, 'bin', name);
        // rustup's proxies lie beside each other, outside any sysroot.
        const isProxy = dirname(rustc) === dirname(program) && dirname(rustc) !== join(sysroot.value, 'bin');
        if (
            !sharedPrefixes.includes(sysroot.value) &&
            (isProxy || (await realpath(program)) === (await settled(own)))
        ) {
            return await inSysroot(name, sysroot.value, session, watch);
        }
    }
    return await aloneStanding(name, program, session, watch);
};

async function inSysroot(
    name: string,
    sysroot: string,
    session: HostSession,
    watch: Watch,
): Promise<Result<HostTool, Failure>> {
    const path = join(sysroot, 'bin', name);
    watch.path(path);
    if ((await settled(path)) === undefined) {
        return failure({
            kind: 'missing-tool',
            tool: name,
            neededFor: `the Rust toolchain in ${sysroot}`,
            remedy: `rustup component add ${name}`,
        });
    }
    const digest = await sysrootDigest(sysroot, session);
    if (!digest.ok) return digest;
    watch.all(digest.value.watched);
    const version = firstLine(await askTool(path, ['--version']));
    return success({ path, mount: rustMount, root: sysroot, digest: digest.value.value, version, packages: {} });
}

/** Hashing a sysroot is the one slow answer, so it is remembered apart and both tools wait for the same run. */
function sysrootDigest(sysroot: string, session: HostSession): Promise<Result<Answer<Hash>, Failure>> {
    const { store, sysroots } = session;
    const running = sysroots.get(sysroot);
    if (running !== undefined) return running;
    const fresh = remembered(store, { kind: 'sysroot', path: sysroot }, async (watch) =>
        success(digestOfParts(await partsBelow(sysroot, toolFolders, watch))),
    );
    sysroots.set(sysroot, fresh);
    return fresh;
}

/** Follows rustup's proxy, whose answer depends on its settings. */
async function sysrootOf(rustc: string, session: HostSession, watch: Watch): Promise<Result<string, Failure>> {
    const { environment } = session;
    const rustupHome = environment['RUSTUP_HOME'] ?? join(environment['HOME'] ?? '/', '.rustup');
    for (const path of [join(rustupHome, 'settings.toml'), '/rust-toolchain', '/rust-toolchain.toml']) watch.path(path);
    const answer = await askTool(rustc, ['--print', 'sysroot'], { ...environment, RUSTUP_AUTO_INSTALL: '0' });
    const sysroot = firstLine(answer);
    if (sysroot.startsWith('/')) {
        watch.path(sysroot);
        return success(await realpath(sysroot));
    }
    return failure({
        kind: 'missing-tool',
        tool: 'rustc',
        neededFor: 'compiling Rust',
        remedy: `make \`rustc --print sysroot\` work, which said: ${[answer.stderr.trim(), answer.cause].join(' ').trim()}`,
    });
}

/** The distribution's compiler: the program, its libraries, and all of rustlib. */
async function inSharedPrefix(name: string, prefix: string, watch: Watch): Promise<Result<HostTool, Failure>> {
    const path = findProgram(name, [join(prefix, 'bin')], watch.path);
    if (path === undefined) return failure(missingTool(name, 'compiling Rust'));
    const libraries = await rustLibraries(path);
    const parts = [
        await filePart(name, path, watch),
        ...(await partsBelow(prefix, ['lib/rustlib'], watch)),
        ...(await Promise.all(libraries.map((library) => filePart(basename(library), library, watch)))),
    ];
    return success({
        path,
        digest: digestOfParts(parts),
        version: firstLine(await askTool(path, ['--version'])),
        packages: await packagesOf([await realpath(path), ...libraries], watch.path),
    });
}

/** The compiler proper is a library; LLVM mostly is one of the distribution's. */
async function rustLibraries(program: string): Promise<string[]> {
    const ldd = await askTool('/usr/bin/ldd', [program]);
    return ldd.stdout
        .toString()
        .split('\n')
        .flatMap((line) => /=> (\/\S+) \(/.exec(line)?.[1] ?? [])
        .filter((path) => /^(?:librustc_driver|libstd-|libLLVM)/.test(basename(path)));
}

/** A Cargo that belongs to no sysroot. Outside /usr its folder may hold anything, so the sandbox shows a copy. */
async function aloneStanding(
    name: string,
    program: string,
    session: HostSession,
    watch: Watch,
): Promise<Result<HostTool, Failure>> {
    const real = await realpath(program);
    const digest = digestOfParts([await filePart('program', real, watch)]);
    const version = firstLine(await askTool(program, ['--version'], session.environment));
    if (real.startsWith('/usr/')) {
        return success({ path: program, digest, version, packages: await packagesOf([real], watch.path) });
    }
    const root = await copyOf(real, name, session);
    const path = join(root, 'bin', name);
    watch.path(path);
    return success({ path, mount: cargoMount, root, digest, version, packages: {} });
}

async function copyOf(program: string, name: string, { store }: HostSession): Promise<string> {
    const folder = demand(await store.temporary('tool'));
    try {
        await mkdir(join(folder, 'bin'));
        await copyFile(program, join(folder, 'bin', name));
        await chmod(join(folder, 'bin', name), 0o755);
        return store.objectPath(demand(await store.importTree(folder, { what: program })));
    } finally {
        await removeTree(folder);
    }
}

async function settled(path: string): Promise<string | undefined> {
    return await realpath(path).catch(() => undefined);
}
