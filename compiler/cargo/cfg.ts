// Platforms of `[target.…]` tables: a triple, or a `cfg(…)` expression over what rustc says of the target. (The Cargo Book,
// "Platform specific dependencies".)

/** What `rustc --print cfg` says: `unix`, and `target_os="linux"` as `target_os` and `linux`. */
export interface CfgSet {
    readonly names: ReadonlySet<string>;
    readonly pairs: ReadonlySet<string>;
}

export interface Platform {
    readonly triple: string;
    readonly cfg: CfgSet;
}

/** Lines of `rustc --print cfg`. `proc_macro` is left out, as Cargo does. */
export function parseCfgLines(lines: readonly string[]): CfgSet {
    const names = new Set<string>();
    const pairs = new Set<string>();
    for (const line of lines) {
        const [, name, value] = /^([^=]+?)(?:="(.*)")?$/.exec(line.trim()) ?? [];
        if (name === undefined || name === 'proc_macro') continue;
        if (value === undefined) names.add(name);
        else pairs.add(`${name}=${value}`);
    }
    return { names, pairs };
}

export type PlatformSpec =
    | { readonly kind: 'triple'; readonly triple: string }
    | { readonly kind: 'cfg'; readonly expression: CfgExpression };

type CfgExpression =
    | { readonly kind: 'all' | 'any'; readonly of: readonly CfgExpression[] }
    | { readonly kind: 'not'; readonly of: CfgExpression }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'pair'; readonly name: string; readonly value: string }
    | { readonly kind: 'constant'; readonly value: boolean };

const memo = new Map<string, PlatformSpec | undefined>();

/** Undefined for a `cfg(…)` that cannot be read. */
function parsePlatform(text: string): PlatformSpec | undefined {
    if (!memo.has(text)) memo.set(text, readPlatform(text));
    return memo.get(text);
}

function readPlatform(text: string): PlatformSpec | undefined {
    const trimmed = text.trim();
    if (!/^cfg\s*\(/.test(trimmed)) return { kind: 'triple', triple: trimmed };
    const tokens = trimmed.match(/"[^"]*"|r#[A-Za-z_]\w*|[A-Za-z_]\w*|[(),=]|\S/g) ?? [];
    let position = 0;
    const take = (wanted?: string): string | undefined => {
        const token = tokens[position];
        if (token === undefined || (wanted !== undefined && token !== wanted)) return undefined;
        position++;
        return token;
    };
    const list = (): readonly CfgExpression[] | undefined => {
        const of: CfgExpression[] = [];
        while (take(')') === undefined) {
            const next = expression();
            if (next === undefined) return undefined;
            of.push(next);
            if (take(',') === undefined && tokens[position] !== ')') return undefined;
        }
        return of;
    };
    const expression = (): CfgExpression | undefined => {
        const token = take();
        if (token === undefined || !/^(?:r#)?[A-Za-z_]/.test(token)) return undefined;
        const isGroup = tokens[position] === '(';
        if (isGroup && (token === 'all' || token === 'any')) {
            take();
            const of = list();
            return of === undefined ? undefined : { kind: token, of };
        }
        if (isGroup && token === 'not') {
            take();
            const of = list();
            const [only] = of ?? [];
            return of?.length === 1 && only !== undefined ? { kind: 'not', of: only } : undefined;
        }
        const name = token.replace(/^r#/, '');
        if (take('=') !== undefined) {
            const value = take();
            return value?.startsWith('"') === true ? { kind: 'pair', name, value: value.slice(1, -1) } : undefined;
        }
        if (token === 'true' || token === 'false') return { kind: 'constant', value: token === 'true' };
        return { kind: 'name', name };
    };
    take('cfg');
    take('(');
    const of = list();
    const [only] = of ?? [];
    if (of?.length !== 1 || only === undefined || position !== tokens.length) return undefined;
    return { kind: 'cfg', expression: only };
}

/** Whether a table for this platform counts. A text that cannot be read counts nowhere. */
export function platformMatches(text: string, platform: Platform): boolean {
    const spec = parsePlatform(text);
    if (spec === undefined) return false;
    return spec.kind === 'triple' ? spec.triple === platform.triple : holds(spec.expression, platform.cfg);
}

function holds(expression: CfgExpression, cfg: CfgSet): boolean {
    switch (expression.kind) {
        case 'all':
            return expression.of.every((each) => holds(each, cfg));
        case 'any':
            return expression.of.some((each) => holds(each, cfg));
        case 'not':
            return !holds(expression.of, cfg);
        case 'name':
            return cfg.names.has(expression.name);
        case 'pair':
            return cfg.pairs.has(`${expression.name}=${expression.value}`);
        case 'constant':
            return expression.value;
    }
}
