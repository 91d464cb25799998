// Where the machine's own apt gets packages from. Only asked, never changed; lists that were never downloaded are not needed.
import type { Finished } from './run-program.ts';

export interface AptTarget {
    /** Base of the repository, without a slash at its end. */
    readonly uri: string;
    /** What a downloaded list says of itself; empty for the others, but for `release`, which is as it was asked for. */
    readonly origin: string;
    readonly label: string;
    readonly release: string;
}

/** Runs apt-get with these arguments. */
export type AskApt = (args: readonly string[]) => Promise<Finished>;

/** The targets of apt's sources, in apt's order, and the answer they were read from. `filters`: as `Created-By: Packages`. */
export async function aptTargets(
    ask: AskApt,
    filters: readonly string[] = [],
): Promise<{ readonly targets: readonly AptTarget[]; readonly answer: Finished }> {
    const format = ['REPO_URI', 'ORIGIN', 'LABEL', 'RELEASE'].map((name) => `$(${name})`).join('\t');
    const question = ['--format', format, ...filters];
    const known = await ask(['indextargets', ...question]);
    // Where the lists were never downloaded, only what was configured is known.
    const answer = known.stdout.length > 0 ? known : await ask(['indextargets', '--no-release-info', ...question]);
    const lines = answer.stdout.toString().split('\n');
    return { targets: lines.filter((line) => line !== '').map(parseTarget), answer };
}

function parseTarget(line: string): AptTarget {
    // What is not known stays as it was asked for.
    const words = line.split('\t').map((word) => (word.startsWith('$(') ? '' : word));
    const [uri = '', origin = '', label = '', release = ''] = words;
    return { uri: uri.replace(/\/$/, ''), origin, label, release };
}
