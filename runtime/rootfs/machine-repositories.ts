// Where the machine's own apt gets Debian's packages: the recipe names suites, never mirrors.
import { readFileSync } from 'node:fs';
import type { Failure } from '../failure.ts';
import type { Finished } from '../host/run-program.ts';
import { failure, type Result, success } from '../result.ts';

export interface Repositories {
    readonly main: string;
    readonly security: string | undefined;
}

interface Target {
    readonly uri: string;
    readonly origin: string;
    readonly label: string;
    readonly release: string;
}

/** `ask` runs apt-get as the machine has it configured. */
export async function machineRepositories(
    ask: (args: readonly string[]) => Promise<Finished>,
): Promise<Result<Repositories, Failure>> {
    const format = ['REPO_URI', 'ORIGIN', 'LABEL', 'RELEASE'].map((name) => `$(${name})`).join('\t');
    const question = ['--format', format, 'Created-By: Packages'];
    const known = await ask(['indextargets', ...question]);
    // Where the lists were never downloaded, only what was configured is known.
    const answer = known.stdout.length > 0 ? known : await ask(['indextargets', '--no-release-info', ...question]);
    const targets = answer.stdout
        .toString()
        .split('\n')
        .filter((line) => line !== '')
        .map(parseTarget);
    const codename = machineCodename();
    const main = targets.find(
        ({ origin, label, release }) => (origin === 'Debian' && label === 'Debian') || release === codename,
    );
    if (main === undefined) return failure({ kind: 'packages', problem: 'no-mirror', what: '', detail: '' });
    const security = targets.find(
        ({ label, release }) => label === 'Debian-Security' || release === `${codename ?? ''}-security`,
    );
    return success({ main: main.uri, security: security?.uri });
}

/** What a list says that was never downloaded stays as it was asked for. */
function parseTarget(line: string): Target {
    const [uri = '', origin = '', label = '', release = ''] = line
        .split('\t')
        .map((word) => (word.startsWith('$(') ? '' : word));
    return { uri, origin, label, release };
}

/** Of a Debian machine whose lists were never downloaded: the sources of its own release are Debian's. */
function machineCodename(): string | undefined {
    try {
        const text = readFileSync('/etc/os-release', 'utf8');
        if (!/^ID=debian$/m.test(text)) return undefined;
        return /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1];
    } catch {
        return undefined;
    }
}
