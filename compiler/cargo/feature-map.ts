// `[features]`, with the implicit feature of each optional dependency that no `dep:` hides.
import { compareBytes } from '../plan/bytes.ts';
import type { Dependency } from './package.ts';
import { badManifest, isTexts, type Reading, type Table } from './toml-table.ts';

export type FeatureValue =
    | { readonly kind: 'feature'; readonly name: string }
    /** `dep:NAME` */
    | { readonly kind: 'dependency'; readonly name: string }
    /** `NAME/FEATURE`, and `NAME?/FEATURE`, which does not turn the dependency on. */
    | {
          readonly kind: 'dependency-feature';
          readonly name: string;
          readonly feature: string;
          readonly isWeak: boolean;
      };

function parseFeatureValue(text: string): FeatureValue {
    const slash = text.indexOf('/');
    if (slash < 0) {
        return text.startsWith('dep:')
            ? { kind: 'dependency', name: text.slice('dep:'.length) }
            : { kind: 'feature', name: text };
    }
    const [before, feature] = [text.slice(0, slash), text.slice(slash + 1)];
    const isWeak = before.endsWith('?');
    return { kind: 'dependency-feature', name: isWeak ? before.slice(0, -1) : before, feature, isWeak };
}

/** In byte order of the names. */
export function readFeatures(
    reading: Reading,
    table: Table,
    dependencies: readonly Dependency[],
): ReadonlyMap<string, readonly string[]> {
    const features = new Map<string, readonly string[]>();
    for (const [name, values] of Object.entries(table)) {
        if (isTexts(values)) features.set(name, values);
        else badManifest(reading, `feature \`${name}\` is not a list of texts`);
    }
    const hidden = new Set<string>();
    for (const values of features.values()) {
        for (const value of values) {
            if (value.startsWith('dep:') && !value.includes('/')) hidden.add(value.slice('dep:'.length));
        }
    }
    const optional = new Map<string, boolean>();
    const written = new Set(features.keys());
    for (const dependency of dependencies) {
        const { name } = dependency;
        optional.set(name, dependency.optional || optional.get(name) === true);
        if (dependency.optional && !written.has(name) && !hidden.has(name)) features.set(name, [`dep:${name}`]);
    }
    checkFeatures(reading, features, optional);
    return new Map([...features].sort(([a], [b]) => compareBytes(a, b)));
}

/** What Cargo refuses; without this, a mistyped name would silently turn nothing on. */
function checkFeatures(
    reading: Reading,
    features: ReadonlyMap<string, readonly string[]>,
    optional: ReadonlyMap<string, boolean>,
): void {
    const mentioned = new Set<string>();
    for (const [feature, values] of features) {
        for (const text of values) {
            const value = parseFeatureValue(text);
            if (value.kind !== 'feature') mentioned.add(value.name);
            const wrong = mistakeOf(value, features, optional);
            if (wrong !== undefined) badManifest(reading, `feature \`${feature}\` includes \`${text}\`: ${wrong}`);
        }
    }
    for (const [name, isOptional] of optional) {
        if (isOptional && !mentioned.has(name)) {
            badManifest(
                reading,
                `no feature includes the optional dependency \`${name}\``,
                `add \`dep:${name}\` to one`,
            );
        }
    }
}

function mistakeOf(
    value: FeatureValue,
    features: ReadonlyMap<string, readonly string[]>,
    optional: ReadonlyMap<string, boolean>,
): string | undefined {
    const { name } = value;
    const isOptional = optional.get(name);
    switch (value.kind) {
        case 'feature':
            if (features.has(name)) return undefined;
            if (isOptional === undefined) return 'that is neither a feature nor a dependency';
            return isOptional ? `write \`dep:${name}\`` : 'that dependency is not optional';
        case 'dependency':
            if (isOptional === undefined) return 'that is not a dependency';
            return isOptional ? undefined : 'that dependency is not optional';
        case 'dependency-feature':
            if (name.startsWith('dep:')) return '`dep:` and `/` cannot be combined';
            if (value.feature.includes('/')) return 'more than one `/`';
            if (isOptional === undefined) return 'that is not a dependency';
            return value.isWeak && !isOptional ? '`?` needs an optional dependency' : undefined;
    }
}
