// `[profile.…]` tables with overrides.
import type { Random } from './random.ts';

type Table = Record<string, unknown>;

export function profileTables(random: Random, crates: readonly { name: string; version: string }[]): Table {
    const tables: Table = {};
    // One spec for each package: Cargo refuses two that mean the same one, in inherited profiles too.
    const specs = [...new Set(crates.map(({ name }) => name))].map((name) => {
        const { version } = random.pick(crates.filter((one) => one.name === name));
        return random.pick([name, name, `${name}@${version}`, `${name}:${version}`]);
    });
    for (const name of random.some(['dev', 'release', 'test', 'bench'], 0.5)) tables[name] = profile(random, specs);
    if (random.chance(0.25)) {
        tables['fast'] = { ...profile(random, specs), inherits: random.pick(['dev', 'release', 'test']) };
        if (random.chance(0.3)) tables['faster-still'] = { ...profile(random, specs), inherits: 'fast' };
    }
    return tables;
}

function profile(random: Random, specs: readonly string[]): Table {
    const table = settings(random);
    if (random.chance(0.3)) table['lto'] = random.pick([true, false, 'off', 'thin', 'fat']);
    if (random.chance(0.25)) table['panic'] = random.pick(['abort', 'abort', 'unwind']);
    if (random.chance(0.15)) table['rpath'] = random.chance(0.5);
    if (random.chance(0.35)) table['build-override'] = settings(random);
    const packages: Table = {};
    if (random.chance(0.25)) packages['*'] = settings(random);
    for (const spec of random.some(specs, 0.12)) packages[spec] = settings(random);
    if (random.chance(0.05)) packages['not-there'] = settings(random);
    if (Object.keys(packages).length > 0) table['package'] = packages;
    return table;
}

/** What every kind of override may say. */
function settings(random: Random): Table {
    const table: Table = {};
    const maybe = (key: string, probability: number, choices: readonly unknown[]): void => {
        if (random.chance(probability)) table[key] = random.pick(choices);
    };
    maybe('opt-level', 0.35, [0, 1, 2, 3, 's', 'z']);
    maybe('debug', 0.35, debugChoices);
    maybe('strip', 0.25, [true, false, 'none', 'debuginfo', 'symbols']);
    maybe('codegen-units', 0.25, [1, 4, 16, 256]);
    maybe('debug-assertions', 0.2, [true, false]);
    maybe('overflow-checks', 0.2, [true, false]);
    maybe('incremental', 0.2, [true, false]);
    maybe('split-debuginfo', 0.1, ['off', 'packed', 'unpacked']);
    return table;
}

const debugChoices = [true, false, 0, 1, 2, 'none', 'limited', 'full', 'line-tables-only', 'line-directives-only'];
