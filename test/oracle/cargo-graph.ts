// Asks the installed Cargo for a unit graph, offline.
import { execFileSync, spawn } from 'node:child_process';
import * as os from 'node:os';
import * as path from 'node:path';
import type { GraphJson } from './unit-json.ts';

/** What is to be built; the same words as the planner's own request. */
export interface GraphRequest {
    readonly packages: readonly string[];
    readonly profile: string;
    readonly target?: string;
    readonly allTargets: boolean;
    readonly features: readonly string[];
    readonly allFeatures: boolean;
    readonly noDefaultFeatures: boolean;
}

export const plainRequest: GraphRequest = {
    packages: [],
    profile: 'dev',
    allTargets: false,
    features: [],
    allFeatures: false,
    noDefaultFeatures: false,
};

export type CargoAnswer = { readonly graph: GraphJson } | { readonly refused: string };

/** Cargo's graph for a folder with a Cargo.lock, or what Cargo says against it. */
export async function cargoGraph(folder: string, request: GraphRequest): Promise<CargoAnswer> {
    const { status, stdout, stderr } = await runCargo(folder, [
        'build',
        ...requestArguments(request),
        '--offline',
        '--locked',
        '--unit-graph',
        '-Z',
        'unstable-options',
    ]);
    return status === 0 ? { graph: JSON.parse(stdout) as GraphJson } : { refused: stderr };
}

/** The request as options of `cargo build`. */
function requestArguments(request: GraphRequest): string[] {
    return [
        ...request.packages.flatMap((name) => ['--package', name]),
        '--profile',
        request.profile,
        ...(request.target === undefined ? [] : ['--target', request.target]),
        ...(request.allTargets ? ['--all-targets'] : []),
        ...request.features.flatMap((name) => ['--features', name]),
        ...(request.allFeatures ? ['--all-features'] : []),
        ...(request.noDefaultFeatures ? ['--no-default-features'] : []),
    ];
}

export function describeRequest(request: GraphRequest): string {
    return `cargo build ${requestArguments(request).join(' ')}`;
}

export interface CargoResult {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

export function runCargo(
    folder: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = cargoEnvironment(),
): Promise<CargoResult> {
    return new Promise((resolve, reject) => {
        const child = spawn('cargo', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
        child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
        child.on('error', reject);
        child.on('close', (status) =>
            resolve({ status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
        );
    });
}

export function cargoHome(): string {
    return process.env['CARGO_HOME'] ?? path.join(os.homedir(), '.cargo');
}

/** Without settings of the user that change what is built; how a registry is reached stays. */
export function cargoEnvironment(): NodeJS.ProcessEnv {
    const changing =
        /^(?:CARGO_(?:BUILD|PROFILE|TARGET|ENCODED|UNSTABLE|INCREMENTAL|RESOLVER|MANIFEST|PKG)|RUSTFLAGS|RUSTC|CARGO$)/;
    const kept = Object.entries(process.env).filter(([name]) => !changing.test(name));
    return {
        ...Object.fromEntries(kept),
        PATH: `${toolchain()}${path.delimiter}${process.env['PATH'] ?? ''}`,
        RUSTC_BOOTSTRAP: '1',
        CARGO_TERM_COLOR: 'never',
    };
}

let known: string | undefined;

/** Folder of the programs themselves: faster than rustup's stand-ins, and deaf to an application's rust-toolchain.toml. */
export function toolchain(): string {
    known ??= path.join(execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim(), 'bin');
    return known;
}
