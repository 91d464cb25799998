// What the installed rustc says of a platform. It is asked in the root folder: a `rust-toolchain.toml` of the sources says what
// their developers use, and must not decide what a package is planned for.
import { resolve } from 'node:path';
import { parseCfgLines, type PlatformFacts } from '../compiler/cargo/cfg.ts';
import type { Failure } from '../runtime/failure.ts';
import { runProgram } from '../runtime/host/run-program.ts';
import { failure, type Result, success } from '../runtime/result.ts';

/** Of the build machine when no triple is given. */
export async function rustcFacts(
    rustc: string,
    triple: string | undefined,
    env: NodeJS.ProcessEnv = process.env,
): Promise<Result<PlatformFacts, Failure>> {
    const [cfg, version] = await Promise.all([
        ask(rustc, ['--print', 'cfg', ...(triple === undefined ? [] : ['--target', triple])], env),
        triple === undefined ? ask(rustc, ['-vV'], env) : undefined,
    ]);
    if (!cfg.ok) return cfg;
    if (version?.ok === false) return version;
    const host = /^host: (.+)$/m.exec(version?.value ?? '')?.[1] ?? '';
    return success({ triple: triple ?? host, cfg: parseCfgLines(cfg.value) });
}

/** The first line of `rustc -V`. */
export async function rustcVersion(
    rustc: string,
    env: NodeJS.ProcessEnv = process.env,
): Promise<Result<string, Failure>> {
    const said = await ask(rustc, ['-V'], env);
    return said.ok ? success(said.value.trim()) : said;
}

async function ask(
    rustc: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
): Promise<Result<string, Failure>> {
    const program = rustc.includes('/') ? resolve(rustc) : rustc;
    const { exitCode, stdout, stderr, cause } = await runProgram({ program, args, cwd: '/', environment, timeoutMs });
    if (exitCode === 0) return success(stdout.toString());
    const [first = ''] = stderr.trim().split('\n');
    const said = first === '' ? cause : first.replace(/^error: /, '');
    const remedy = `make \`${rustc} ${args.join(' ')}\` work, which said: ${said}`;
    return failure({ kind: 'missing-tool', tool: 'rustc', neededFor: 'planning', remedy });
}

/** A proxy may have to look around first. */
const timeoutMs = 60_000;
