// `[features]` of made-up packages: features of features, `dep:`, strong and weak features of dependencies.
import type { Use } from './dependency-tables.ts';
import type { Table } from './crate-family.ts';
import type { Random } from './random.ts';

/** Writes the table; tells all names that may be turned on from outside. */
export function writeFeatures(
    random: Random,
    manifest: Table,
    names: readonly string[],
    uses: ReadonlyMap<Use, 'optional' | 'always'>,
): string[] {
    const optional = [...uses].filter(([, kind]) => kind === 'optional').map(([use]) => use);
    const required = [...uses].filter(([, kind]) => kind === 'always').map(([use]) => use);
    // A dependency that any feature names with `dep:` gets no feature of its own.
    const hidden = new Set(random.some(optional, 0.45));
    const implicit = optional.filter((use) => !hidden.has(use)).map(({ key }) => key);
    const table: Table = {};
    const values = (earlier: readonly string[]): string[] => {
        const all = [
            ...random.some(earlier, 0.3),
            ...random.some(implicit, 0.25),
            ...random.some([...hidden], 0.4).map(({ key }) => `dep:${key}`),
            ...random.some(optional, 0.3).flatMap((use) => through(random, use, ['/', '?/'])),
            ...random.some(required, 0.3).flatMap((use) => through(random, use, ['/'])),
        ];
        return random.sample(all, all.length);
    };
    const done: string[] = [];
    for (const name of names) {
        table[name] = values(done);
        done.push(name);
    }
    for (const use of hidden)
        if (random.chance(0.3) && !(use.key in table)) {
            table[use.key] = [`dep:${use.key}`, ...through(random, use, ['/', '?/'])];
            done.push(use.key);
        } else if (!JSON.stringify(table).includes(`"dep:${use.key}"`)) {
            const name = `use-${use.key}`;
            table[name] = [`dep:${use.key}`];
            done.push(name);
        }
    if (random.chance(0.5)) table['default'] = random.some([...done, ...implicit], 0.4);
    if (Object.keys(table).length > 0 || random.chance(0.1)) manifest['features'] = shuffled(random, table);
    return [...done, ...implicit];
}

function through(random: Random, { key, family: { features } }: Use, separators: readonly string[]): string[] {
    return random.sample(features, random.between(0, 2)).map((name) => `${key}${random.pick(separators)}${name}`);
}

function shuffled(random: Random, table: Table): Table {
    const entries = Object.entries(table);
    return Object.fromEntries(random.sample(entries, entries.length));
}
