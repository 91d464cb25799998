// What the installed rustc says of a platform.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseCfgLines, type PlatformFacts } from '../compiler/cargo/cfg.ts';

const run = promisify(execFile);

/** Of the build machine when no triple is given. */
export async function rustcFacts(
    rustc: string,
    triple: string | undefined,
    env: NodeJS.ProcessEnv = process.env,
): Promise<PlatformFacts> {
    const [cfg, host] = await Promise.all([
        run(rustc, ['--print', 'cfg', ...(triple === undefined ? [] : ['--target', triple])], { env }),
        triple === undefined ? hostTriple(rustc, env) : triple,
    ]);
    return { triple: host, cfg: parseCfgLines(cfg.stdout) };
}

async function hostTriple(rustc: string, env: NodeJS.ProcessEnv): Promise<string> {
    const { stdout } = await run(rustc, ['-vV'], { env });
    return /^host: (.+)$/m.exec(stdout)?.[1] ?? '';
}

/** The first line of `rustc -V`. */
export async function rustcVersion(rustc: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
    return (await run(rustc, ['-V'], { env })).stdout.trim();
}
