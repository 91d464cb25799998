// The shipped rules for crates with native libraries, as text: which profile has a rule for which crate, and what it says.
import * as fs from 'node:fs';
import * as path from 'node:path';

export interface CrateRule {
    readonly profile: string;
    readonly crate: string;
    /** The release whose build script was read, and the comment that says so. */
    readonly release: string | undefined;
    readonly forbidden: boolean;
    readonly variables: readonly string[];
    readonly modules: readonly string[];
    readonly features: readonly string[];
    /** Statements that must say why. */
    readonly silent: readonly string[];
}

export const rulesFile = path.join(import.meta.dirname, '../../recipes/crates/system.rpkg');

export function crateRules(): readonly CrateRule[] {
    const text = fs.readFileSync(rulesFile, 'utf8');
    return [...text.matchAll(/^profile (\S+) \{\n([\s\S]*?)^\}/gm)].flatMap(([, profile = '', body = '']) =>
        [...body.matchAll(/^ {4}crate (\S+) \{\n([\s\S]*?)^ {4}\}/gm)].map(([, crate = '', block = '']) => ({
            profile,
            crate,
            release: new RegExp(`^ +# ${crate} (\\d[^:\\s]*)`, 'm').exec(block)?.[1],
            forbidden: block.includes('link = forbid'),
            variables: [...block.matchAll(/env\.(\w+) =/g)].map(([, name = '']) => name),
            modules: quoted(/system-library = \[(.*)\]/.exec(block)?.[1]),
            features: (/features = \[(.*)\]/.exec(block)?.[1] ?? '').split(', ').filter((name) => name !== ''),
            silent: block
                .split('\n')
                .filter((line) => /env\.|features =|forbid/.test(line) && !line.includes('because')),
        })),
    );
}

function quoted(text: string | undefined): readonly string[] {
    return [...(text ?? '').matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
}
