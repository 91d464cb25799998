// The machine's apt, asked about another suite than the machine's. All its state is in a folder of ours; what the machine
// says of mirrors, proxies, credentials and keys counts, what it says of hooks, pins and installed packages does not.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Failure } from '../failure.ts';
import { demand } from '../host/demand.ts';
import { missingTool } from '../host/missing-tool.ts';
import { findProgram, sandboxFolders } from '../host/programs.ts';
import { type Finished, runProgram } from '../host/run-program.ts';
import { inScratch } from '../fetch/scratch.ts';
import type { FetchContext } from '../fetch/context.ts';
import type { Result } from '../result.ts';
import { guarded, refuse } from '../store/guard.ts';
import { machineRepositories, type Repositories } from './machine-repositories.ts';

export interface SuiteChoice {
    readonly suite: string;
    /** `updates`, `security`, `backports`: further suites named after the first. */
    readonly pockets: readonly string[];
    readonly components: readonly string[];
    /** As Debian names it: `amd64`. */
    readonly architecture: string;
}

export interface PrivateApt {
    readonly folder: string;
    /** Runs one of apt's programs with the private configuration. */
    run(program: 'apt-get' | 'apt-helper', args: readonly string[]): Promise<Finished>;
}

/** Names the file that says where packages are, when it is not the machine's own apt that does. */
const sourcesVariable = 'RPKG_APT_SOURCES';

/** Calls `work` with an apt for the suite; its folder is gone afterwards. */
export async function withApt<Value>(
    choice: SuiteChoice,
    context: FetchContext,
    work: (apt: PrivateApt) => Promise<Value>,
): Promise<Result<Value, Failure>> {
    return await guarded(() =>
        inScratch(context.store, 'apt', async (folder) => {
            await writeConfiguration(choice, folder, context);
            return await work({ folder, run: (program, args) => runApt(program, args, folder, context) });
        }),
    );
}

const places = ['lists/partial', 'cache/archives/partial', 'sources', 'empty'];

async function writeConfiguration(choice: SuiteChoice, folder: string, context: FetchContext): Promise<void> {
    for (const place of places) await mkdir(join(folder, place), { recursive: true });
    await writeFile(join(folder, 'status'), '');
    const given = context.environment[sourcesVariable];
    if (given === undefined) {
        const found = demand(await machineRepositories((args) => runApt('apt-get', args, undefined, context)));
        await writeFile(join(folder, 'sources/suite.sources'), sourcesText(choice, found));
    } else {
        const name = given.endsWith('.sources') ? 'suite.sources' : 'suite.list';
        await writeFile(join(folder, 'sources', name), givenSources(given));
    }
    await writeFile(join(folder, 'apt.conf'), configuration(folder, choice));
}

function givenSources(path: string): Buffer {
    if (isAbsolute(path) && existsSync(path)) return readFileSync(path);
    return refuse({ kind: 'missing-path', what: sourcesVariable, path });
}

/** Keys of all suites, where the distribution's own package puts them. Without it apt's trusted keys have to do. */
const keyrings = ['/usr/share/keyrings/debian-archive-keyring.pgp', '/usr/share/keyrings/debian-archive-keyring.gpg'];

function sourcesText({ suite, pockets, components }: SuiteChoice, { main, security }: Repositories): string {
    const keyring = keyrings.find((path) => existsSync(path));
    const entry = (uri: string, suites: readonly string[]): string =>
        [
            'Types: deb',
            `URIs: ${uri}`,
            `Suites: ${suites.join(' ')}`,
            `Components: ${components.join(' ')}`,
            'Targets: Packages',
            ...(keyring === undefined ? [] : [`Signed-By: ${keyring}`]),
            '',
        ].join('\n');
    const others = pockets.filter((pocket) => pocket !== 'security').map((pocket) => `${suite}-${pocket}`);
    return [
        entry(main, [suite, ...others]),
        ...(pockets.includes('security') ? [entry(security ?? main, [`${suite}-security`])] : []),
    ].join('\n');
}

/** Read after the machine's own files, so it has the last word. Hooks are commands, and lists of them only grow. */
function configuration(folder: string, { architecture }: SuiteChoice): string {
    const settings = {
        'Dir::State': folder,
        'Dir::State::lists': 'lists/',
        'Dir::State::status': join(folder, 'status'),
        'Dir::State::extended_states': join(folder, 'extended_states'),
        'Dir::Cache': join(folder, 'cache'),
        'Dir::Etc::sourcelist': '/dev/null',
        'Dir::Etc::sourceparts': join(folder, 'sources'),
        'Dir::Etc::preferences': '/dev/null',
        'Dir::Etc::preferencesparts': join(folder, 'empty'),
        'Dir::Log': join(folder, 'empty'),
        'APT::Architecture': architecture,
        'APT::Default-Release': '',
        'APT::Install-Recommends': 'false',
        'APT::Install-Suggests': 'false',
        // The folder is closed to the user that apt would become.
        'APT::Sandbox::User': 'root',
        'Acquire::Languages': 'none',
        'Acquire::Retries': '3',
        'Debug::NoLocking': 'true',
        // apt is no part of every system, although it takes itself for one.
        'pkgCacheGen::ForceEssential': ',',
    };
    const cleared = [
        'APT::Architectures',
        'APT::Update::Pre-Invoke',
        'APT::Update::Post-Invoke',
        'APT::Update::Post-Invoke-Success',
        'DPkg::Pre-Install-Pkgs',
        'DPkg::Pre-Invoke',
        'DPkg::Post-Invoke',
    ];
    return [
        ...cleared.map((name) => `#clear ${name};\n`),
        ...Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`),
        `APT::Architectures { "${architecture}"; };\n`,
    ].join('');
}

const helperFolder = '/usr/lib/apt';

async function runApt(
    name: 'apt-get' | 'apt-helper',
    args: readonly string[],
    folder: string | undefined,
    { environment, signal }: FetchContext,
): Promise<Finished> {
    const program = findProgram(name, [...sandboxFolders, helperFolder]);
    if (program === undefined) return refuse(missingTool('apt-get', 'packages of a Debian suite'));
    return await runProgram({
        program,
        args: [...(folder === undefined ? [] : ['-c', join(folder, 'apt.conf')]), ...args],
        cwd: '/',
        environment: { ...environment, PATH: [...sandboxFolders, environment['PATH'] ?? ''].join(':'), LC_ALL: 'C' },
        timeoutMs: 2 * 3_600_000,
        signal,
        outputBytes: 64 << 20,
    });
}

/** What apt complained of, in its own words. */
export function complaints({ stderr, stdout, cause }: Finished): readonly string[] {
    const lines = `${stderr}\n${stdout.toString()}`.split('\n').filter((line) => /^[EW]: /.test(line));
    return lines.length === 0 && cause !== '' ? [cause] : lines.map((line) => line.slice(3));
}
