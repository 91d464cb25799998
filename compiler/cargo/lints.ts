// `[lints]` → rustc arguments. (Cargo 1.95, `util/toml/mod.rs`, `lints_to_rustflags`.)
import { compareBytes } from '../plan/bytes.ts';
import { isTable, type Table, textAt, textsAt } from './toml-table.ts';

/** Arguments by priority, then against the order of names, so that a group comes before the lints in it. */
export function lintArguments(lints: Table): readonly string[] {
    const rows = Object.entries(lints).flatMap(([tool, table]) => {
        if (tool === 'cargo' || !isTable(table)) return [];
        return Object.entries(table).flatMap(([name, config]) => {
            const level = typeof config === 'string' ? config : isTable(config) ? textAt(config, 'level') : undefined;
            if (level === undefined) return [];
            const priority = isTable(config) && typeof config['priority'] === 'number' ? config['priority'] : 0;
            return [{ priority, name, argument: `--${level}=${tool === 'rust' ? name : `${tool}::${name}`}` }];
        });
    });
    rows.sort(
        (a, b) => a.priority - b.priority || compareBytes(b.name, a.name) || compareBytes(a.argument, b.argument),
    );
    return rows.map(({ argument }) => argument);
}

/** What `unexpected_cfgs` is told to expect. */
export function lintCheckCfg(lints: Table): readonly string[] {
    const rust = lints['rust'];
    const config = isTable(rust) ? rust['unexpected_cfgs'] : undefined;
    return isTable(config) ? (textsAt(config, 'check-cfg') ?? []) : [];
}
