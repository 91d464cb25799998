// `[lints]` as arguments of rustc.
import { compareBytes } from '../plan/bytes.ts';
import type { Package } from './package.ts';
import { badManifest, isTable, isTexts, type Reading, type Table } from './toml-table.ts';

const levels = new Set(['allow', 'warn', 'deny', 'forbid']);

interface Lint {
    readonly priority: number;
    readonly name: string;
    readonly argument: string;
}

export function readLints(reading: Reading, table: Table): Pick<Package, 'lints' | 'checkCfg'> {
    const lints: Lint[] = [];
    for (const [tool, entries] of Object.entries(table)) {
        // Cargo's own lints are not rustc's business.
        if (tool === 'cargo' || tool === 'workspace') continue;
        if (!isTable(entries)) {
            badManifest(reading, `\`lints.${tool}\` is not a table`);
            continue;
        }
        for (const [name, config] of Object.entries(entries)) {
            const { level, priority = 0 } = isTable(config) ? config : { level: config };
            if (typeof level !== 'string' || !levels.has(level) || typeof priority !== 'number') {
                badManifest(reading, `\`lints.${tool}.${name}\` has no level of allow, warn, deny or forbid`);
                continue;
            }
            const argument = tool === 'rust' ? `--${level}=${name}` : `--${level}=${tool}::${name}`;
            lints.push({ priority, name, argument });
        }
    }
    // Names run backwards so that `all`, the most common group, comes last and is overruled visibly.
    lints.sort(
        (a, b) => a.priority - b.priority || compareBytes(b.name, a.name) || compareBytes(a.argument, b.argument),
    );
    return { lints: lints.map(({ argument }) => argument), checkCfg: readCheckCfg(reading, table) };
}

function readCheckCfg(reading: Reading, table: Table): readonly string[] {
    const { rust } = table;
    const config = isTable(rust) ? rust['unexpected_cfgs'] : undefined;
    const values = isTable(config) ? config['check-cfg'] : undefined;
    if (values === undefined || isTexts(values)) return values ?? [];
    badManifest(reading, '`lints.rust.unexpected_cfgs.check-cfg` is not a list of texts');
    return [];
}
