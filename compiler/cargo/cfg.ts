// `[target.…]` tables: a target triple, or `cfg(…)` that is asked of what `rustc --print cfg` says.

export type Platform =
    | { readonly kind: 'triple'; readonly triple: string }
    | { readonly kind: 'cfg'; readonly expression: CfgExpression };

export type CfgExpression =
    | { readonly kind: 'all' | 'any'; readonly of: readonly CfgExpression[] }
    | { readonly kind: 'not'; readonly of: CfgExpression }
    | { readonly kind: 'constant'; readonly value: boolean }
    /** As an entry of `CfgSet`. */
    | { readonly kind: 'is-set'; readonly entry: string };

/** `unix`, `target_os="linux"`: lines of `rustc --print cfg`. */
export type CfgSet = ReadonlySet<string>;

/** What a `[target.…]` table is compared with. */
export interface PlatformFacts {
    readonly triple: string;
    readonly cfg: CfgSet;
}

/** `proc_macro` says something of the compiler's own run, not of the target. */
export function parseCfgLines(text: string): CfgSet {
    return new Set(text.split(/\r?\n/).filter((line) => line !== '' && line !== 'proc_macro'));
}

/** Undefined for what is neither. */
export function parsePlatform(text: string): Platform | undefined {
    if (!text.startsWith('cfg(') || !text.endsWith(')')) {
        return /^[\p{L}\p{N}_.-]+$/u.test(text) ? { kind: 'triple', triple: text } : undefined;
    }
    const tokens = tokenize(text.slice('cfg('.length, -1));
    if (tokens === undefined) return undefined;
    const reader: Reader = { tokens, at: 0 };
    const expression = readExpression(reader);
    return expression === undefined || reader.at < tokens.length ? undefined : { kind: 'cfg', expression };
}

/** Names that nobody knows are not set. */
export function platformMatches(platform: Platform, { triple, cfg }: PlatformFacts): boolean {
    return platform.kind === 'triple' ? platform.triple === triple : isTrue(platform.expression, cfg);
}

function isTrue(expression: CfgExpression, cfg: CfgSet): boolean {
    switch (expression.kind) {
        case 'all':
            return expression.of.every((each) => isTrue(each, cfg));
        case 'any':
            return expression.of.some((each) => isTrue(each, cfg));
        case 'not':
            return !isTrue(expression.of, cfg);
        case 'constant':
            return expression.value;
        case 'is-set':
            return cfg.has(expression.entry);
    }
}

interface Reader {
    readonly tokens: readonly string[];
    at: number;
}

/** Words keep their `r#`, strings their quotes. Cargo knows no white space but the blank, and no escapes. */
function tokenize(text: string): readonly string[] | undefined {
    const tokens = text.match(/ +|"[^"]*"|(?:r#)?[A-Za-z_][A-Za-z0-9_]*|[(),=]|[^]/g) ?? [];
    const kept = tokens.filter((token) => !token.startsWith(' '));
    return kept.every((token) => /^(?:".*"|(?:r#)?[A-Za-z_][A-Za-z0-9_]*|[(),=])$/s.test(token)) ? kept : undefined;
}

function accept(reader: Reader, token: string): boolean {
    if (reader.tokens[reader.at] !== token) return false;
    reader.at += 1;
    return true;
}

function readExpression(reader: Reader): CfgExpression | undefined {
    const word = reader.tokens[reader.at];
    if (word === undefined || !/^[A-Za-z_]/.test(word)) return undefined;
    reader.at += 1;
    if (word === 'all' || word === 'any') {
        const of = readList(reader);
        return of === undefined ? undefined : { kind: word, of };
    }
    if (word === 'not') {
        if (!accept(reader, '(')) return undefined;
        const of = readExpression(reader);
        return of === undefined || !accept(reader, ')') ? undefined : { kind: 'not', of };
    }
    const name = word.replace(/^r#/, '');
    if (accept(reader, '=')) {
        const value = reader.tokens[reader.at];
        if (value?.startsWith('"') !== true) return undefined;
        reader.at += 1;
        return { kind: 'is-set', entry: `${name}=${value}` };
    }
    if (name === 'true' || name === 'false') return { kind: 'constant', value: name === 'true' };
    return { kind: 'is-set', entry: name };
}

/** A comma may follow the last one. */
function readList(reader: Reader): readonly CfgExpression[] | undefined {
    if (!accept(reader, '(')) return undefined;
    const list: CfgExpression[] = [];
    while (!accept(reader, ')')) {
        const each = readExpression(reader);
        if (each === undefined) return undefined;
        list.push(each);
        if (!accept(reader, ',')) return accept(reader, ')') ? list : undefined;
    }
    return list;
}
