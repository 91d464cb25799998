// Where the machine's own apt gets Debian's packages: the recipe names suites, never mirrors.
import { readFileSync } from 'node:fs';
import type { Failure } from '../failure.ts';
import { aptTargets, type AskApt } from '../host/apt-targets.ts';
import { failure, type Result, success } from '../result.ts';

export interface Repositories {
    readonly main: string;
    readonly security: string | undefined;
}

/** `ask` runs apt-get as the machine has it configured. */
export async function machineRepositories(ask: AskApt): Promise<Result<Repositories, Failure>> {
    const { targets } = await aptTargets(ask, ['Created-By: Packages']);
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
