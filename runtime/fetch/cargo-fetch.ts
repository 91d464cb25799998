// The user's own cargo brings crates into its cache. Which registry, mirror, proxy and token to use is a matter of its
// configuration; rpkg never makes a url. It runs in `/`, so that no `.cargo/config` and no toolchain file of a package
// has a say, and `cargo fetch` runs no code of any package.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../failure.ts';
import { missingTool } from '../host/missing-tool.ts';
import { findProgram, userFolders } from '../host/programs.ts';
import { type Finished, runProgram } from '../host/run-program.ts';
import { failure, type Result, success } from '../result.ts';
import type { FetchContext } from './context.ts';

interface CrateName {
    readonly name: string;
    readonly version: string;
}

const what = 'crates';

/** All crates of a lock file in one call; the manifest and its lock are not changed. */
export async function fetchLocked(manifest: string, context: FetchContext): Promise<Result<void, Failure>> {
    const finished = await runCargo(['fetch', '--locked', '--manifest-path', manifest], context);
    if (!finished.ok) return finished;
    if (finished.value.exitCode === 0) return success(undefined);
    return failure(failureOf(finished.value, (detail) => ({ kind: 'lock-mismatch', what: manifest, detail })));
}

/** These crates and what they depend on, through a package that exists only for that. */
export async function fetchNamed(
    crates: readonly CrateName[],
    folder: string,
    context: FetchContext,
): Promise<Result<void, Failure>> {
    await mkdir(folder);
    await writeFile(join(folder, 'lib.rs'), '');
    await writeFile(join(folder, 'Cargo.toml'), manifestFor(crates));
    const finished = await runCargo(['fetch', '--manifest-path', join(folder, 'Cargo.toml')], context);
    if (!finished.ok) return finished;
    if (finished.value.exitCode === 0) return success(undefined);
    return failure(failureOf(finished.value, (cause) => ({ kind: 'unreachable', what: namesOf(crates), cause })));
}

/** `itoa 1.0.15, ryu 1.0.20 and 12 more`. */
export function namesOf(crates: readonly CrateName[]): string {
    const shown = crates.slice(0, 3).map(({ name, version }) => `${name} ${version}`);
    const more = crates.length - shown.length;
    return `${crates.length === 1 ? 'crate' : 'crates'} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * Crates that cargo would not have together in one package are spread over several lists: it wants one version of each
 * crate among those that count as compatible.
 */
export function fetchableTogether(crates: readonly CrateName[]): readonly (readonly CrateName[])[] {
    const groups: Map<string, CrateName>[] = [];
    for (const crate of crates) {
        const key = `${crate.name} ${compatibility(crate.version)}`;
        const group = groups.find((taken) => !taken.has(key));
        if (group === undefined) groups.push(new Map([[key, crate]]));
        else group.set(key, crate);
    }
    return groups.map((group) => [...group.values()]);
}

function compatibility(version: string): string {
    return /^(?:[1-9]\d*|0\.[1-9]\d*|0\.0\.\d+)/.exec(version)?.[0] ?? version;
}

function manifestFor(crates: readonly CrateName[]): string {
    const dependencies = crates.map(
        ({ name, version }, index) =>
            `c${index} = { package = ${JSON.stringify(name)}, version = ${JSON.stringify(`=${version}`)}, default-features = false }\n`,
    );
    return [
        '[package]\nname = "rpkg-fetch"\nversion = "0.0.0"\nedition = "2021"\npublish = false\n',
        '[lib]\npath = "lib.rs"\n',
        '[workspace]\n',
        `[dependencies]\n${dependencies.join('')}`,
    ].join('\n');
}

async function runCargo(args: readonly string[], context: FetchContext): Promise<Result<Finished, Failure>> {
    const program = findProgram('cargo', userFolders(context.environment));
    if (program === undefined) return failure(missingTool('cargo', 'fetching crates'));
    const environment = {
        ...context.environment,
        CARGO_TERM_COLOR: 'never',
        CARGO_TERM_PROGRESS_WHEN: 'never',
        LC_ALL: 'C',
    };
    const { signal } = context;
    return success(await runProgram({ program, args, cwd: '/', environment, timeoutMs: 4 * 3_600_000, signal }));
}

const networkTrouble =
    /spurious network error|failed to (?:download|fetch|get successful HTTP response|query replaced source)|could not (?:resolve|connect)|couldn't (?:resolve|connect)|connection (?:refused|reset)|timed? ?out|network (?:failure|is unreachable)|--offline was specified|SSL|certificate/i;
const lockTrouble = /lock file|--locked|checksum for/;

function failureOf(finished: Finished, other: (detail: string) => Failure): Failure {
    const detail = complaint(finished);
    if (/rustup could not choose a version|toolchain '.*' is not installed/.test(detail)) {
        return { kind: 'missing-tool', tool: 'cargo', neededFor: 'fetching crates', remedy: detail };
    }
    if (networkTrouble.test(detail) && !lockTrouble.test(detail)) return { kind: 'unreachable', what, cause: detail };
    return other(detail);
}

/** From cargo's first error on, in one line; before it stand progress and warnings. */
function complaint({ stderr, cause }: Finished): string {
    const start = stderr.search(/^error/m);
    const said = (start < 0 ? stderr : stderr.slice(start)).replace(/^error: /, '').trim();
    return said === '' ? cause : said.replaceAll(/\s*\n\s*/g, '; ');
}
