// Which packages a list of names stands for in a suite today: with everything they depend on, and what every Debian
// system has. apt decides; nothing of the machine's own packages has a say.
import type { DebianPackage } from '../../compiler/plan/plan.ts';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import type { Failure } from '../failure.ts';
import type { FetchContext } from '../fetch/context.ts';
import type { Finished } from '../host/run-program.ts';
import type { Result } from '../result.ts';
import { refuse } from '../store/guard.ts';
import { complaints, type PrivateApt, type SuiteChoice, withApt } from './private-apt.ts';
import { repositoryUris } from './repository-uris.ts';

/** The packages in the order of their names. */
export async function resolvePackages(
    choice: SuiteChoice,
    names: readonly string[],
    context: FetchContext,
): Promise<Result<readonly DebianPackage[], Failure>> {
    return await withApt(choice, context, async (apt) => {
        const updated = await apt.run('apt-get', ['-q', '-o', 'APT::Update::Error-Mode=any', 'update']);
        if (updated.exitCode !== 0) refuse(updateFailure(updated, choice));
        const repositories = await repositoryUris(apt);
        const essential = await uris(apt, [], choice);
        const first = new Set(essential.map(({ hash }) => hash));
        const found = await uris(apt, names, choice);
        const packages = found.map((one) => asPackage(one, repositories, first.has(one.hash)));
        for (const name of names) {
            if (!packages.some((one) => one.name === bareName(name))) refuse(unknownPackage(name, choice));
        }
        return packages.toSorted((a, b) => compareBytes(a.name, b.name));
    });
}

/** `name=version` and `name:architecture` name a package too. */
function bareName(name: string): string {
    return name.replace(/[:=].*$/, '');
}

interface FoundFile {
    readonly uri: string;
    readonly name: string;
    readonly size: number;
    readonly hash: string;
}

async function uris(apt: PrivateApt, names: readonly string[], choice: SuiteChoice): Promise<readonly FoundFile[]> {
    const options = ['-qq', '-y', '--print-uris', '-o', 'Acquire::ForceHash=SHA256'];
    const answer = await apt.run('apt-get', [...options, 'install', '?essential', ...names]);
    if (answer.exitCode !== 0) refuse(installFailure(answer, choice));
    return answer.stdout
        .toString()
        .split('\n')
        .flatMap((line) => {
            const [, uri, name, size, hash] = /^'([^']+)' (\S+) (\d+) SHA256:([0-9a-f]{64})$/.exec(line) ?? [];
            if (uri === undefined || name === undefined || hash === undefined) return [];
            return [{ uri, name, size: Number(size), hash: `sha256:${hash}` }];
        });
}

/** apt calls files `NAME_VERSION_ARCHITECTURE.deb`, with the colon of an epoch as `%3a`. */
function asPackage(
    { uri, name, size, hash }: FoundFile,
    repositories: readonly string[],
    essential: boolean,
): DebianPackage {
    const [packageName = '', version = '', architecture = ''] = name.replace(/\.deb$/, '').split('_');
    const repository = repositories.find((start) => uri.startsWith(start)) ?? '';
    return {
        name: packageName,
        version: decodeURIComponent(version),
        architecture,
        size,
        hash,
        path: uri.slice(repository.length),
        ...(essential ? { essential } : {}),
    };
}

function suiteName({ suite, pockets }: SuiteChoice): string {
    return [suite, ...pockets.map((pocket) => `${suite}-${pocket}`)].join(', ');
}

/** A suite that no mirror has is told apart from a mirror that cannot be reached. */
function updateFailure(answer: Finished, choice: SuiteChoice): Failure {
    const said = complaints(answer);
    const missing = said.find((line) => /does not have a Release file|404 +Not Found|File not found/.test(line));
    const [, suite] = /repository '\S+ (\S+) Release'/.exec(missing ?? '') ?? [];
    if (missing !== undefined) {
        return { kind: 'packages', problem: 'unknown-suite', what: suite ?? suiteName(choice), detail: missing };
    }
    return { kind: 'unreachable', what: `the packages of ${suiteName(choice)}`, cause: said.join('; ') };
}

function installFailure(answer: Finished, choice: SuiteChoice): Failure {
    const said = complaints(answer);
    for (const line of said) {
        const [, name] =
            /^Unable to locate package (\S+)$/.exec(line) ??
            /^Couldn't find any package by \S+ '([^']+)'$/.exec(line) ??
            /^Package '([^']+)' has no installation candidate$/.exec(line) ??
            /^Version '[^']+' for '([^']+)' was not found$/.exec(line) ??
            [];
        if (name !== undefined) return unknownPackage(name, choice, line);
    }
    const lines = answer.stdout.toString().split('\n');
    const reasons = lines
        .filter((line) => / (?:Depends|PreDepends|Conflicts|Breaks): /.test(line))
        .map((line) => line.trim());
    const detail = [...said, ...reasons].join('; ');
    return { kind: 'packages', problem: 'unsatisfied', what: suiteName(choice), detail };
}

function unknownPackage(name: string, choice: SuiteChoice, detail = ''): Failure {
    return {
        kind: 'packages',
        problem: 'unknown-package',
        what: name,
        detail: detail || `not in ${suiteName(choice)}`,
    };
}
