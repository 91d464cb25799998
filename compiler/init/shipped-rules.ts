// The shipped recipes as something to copy from: rules for crates, profiles of distributions. Text is taken as it stands.
import { parse } from '../../lang/parse.ts';
import type { SourceFile } from '../../lang/source.ts';

export interface CrateRule {
    /** The whole `crate NAME { … }`. */
    readonly text: string;
    /** pkg-config modules that it wants, with their conditions. */
    readonly modules: readonly string[];
}

/** Crate → the rule of the first profile that has one. A rule that only forbids is for those who decide so. */
export function crateRules(source: SourceFile): ReadonlyMap<string, CrateRule> {
    const rules = new Map<string, CrateRule>();
    for (const definition of parse(source).ast.definitions) {
        if (definition.kind !== 'profile') continue;
        for (const statement of definition.block.statements) {
            const [label] = statement.kind === 'block' && statement.head.text === 'crate' ? statement.labels : [];
            const text = source.text.slice(statement.span.start, statement.span.end);
            if (label === undefined || rules.has(label.text) || /link = forbid/.test(text)) continue;
            const [, modules = ''] = /system-library = \[(.*)\]/.exec(text) ?? [];
            rules.set(label.text, {
                text,
                modules: [...modules.matchAll(/"([^"]*)"/g)].map(([, module = '']) => module),
            });
        }
    }
    return rules;
}

/** Text of all profiles of a file, by name. */
export function profileTexts(source: SourceFile): ReadonlyMap<string, string> {
    const profiles = parse(source).ast.definitions.filter(({ kind }) => kind === 'profile');
    return new Map(profiles.map(({ name, span }) => [name.text, source.text.slice(span.start, span.end)]));
}
