// As much of Rust as the declarations of bootstrap's configuration are written in: structs with fields, in `define_config!` or
// with attributes for serde. What is behind `= "…"` in the macro is the name in the file.

export interface RustStruct {
    readonly name: string;
    /** Declared in `define_config!`. */
    readonly isConfig: boolean;
    readonly fields: readonly RustField[];
}

export interface RustField {
    /** The name in the file, where one is given; else the name in Rust. */
    readonly key: string;
    /** Whether the name in the file is given. */
    readonly isNamed: boolean;
    /** Without `Option<…>`. */
    readonly type: string;
    /** The fields of the type stand in this table itself: `#[serde(flatten)]`. */
    readonly isFlat: boolean;
}

/** All structs of a file that have named fields. Those without are left out. */
export function structsOf(text: string): readonly RustStruct[] {
    const code = withoutComments(text);
    const blocks = [...code.matchAll(/\bdefine_config!\s*\{/g)].map(({ index, 0: head }) => {
        const start = index + head.length;
        return { start, end: start + insideOf(code, start).length };
    });
    return [...code.matchAll(/\bstruct\s+(\w+)\s*(?:<[^>]*>)?\s*\{/g)].map((match) => ({
        name: match[1] ?? '',
        isConfig: blocks.some(({ start, end }) => start <= match.index && match.index < end),
        fields: splitOutside(insideOf(code, match.index + match[0].length), ',').flatMap(fieldOf),
    }));
}

/** The text up to the brace that closes the one before `start`. */
function insideOf(code: string, start: number): string {
    let depth = 1;
    for (let at = start; at < code.length; at++) {
        if (code[at] === '"') at = stringEnd(code, at) - 1;
        else if (code[at] === '{') depth += 1;
        else if (code[at] === '}' && --depth === 0) return code.slice(start, at);
    }
    return code.slice(start);
}

function fieldOf(declaration: string): readonly RustField[] {
    const attributes = [...declaration.matchAll(/#\[((?:[^\]"]|"[^"]*")*)\]/g)].map(([, inner]) => inner ?? '');
    const plain = declaration.replaceAll(/#\[(?:[^\]"]|"[^"]*")*\]/g, '').trim();
    const match = /^(?:pub(?:\([^)]*\))?\s+)?(?:r#)?(\w+)\s*:\s*([\s\S]+?)(?:\s*=\s*"([^"]+)")?$/.exec(plain);
    if (match === null) return [];
    const [, name = '', type = '', given] = match;
    const serde = attributes.filter((each) => each.startsWith('serde')).join(',');
    const renamed = /\b(?:rename|alias)\s*=\s*"([^"]+)"/.exec(serde)?.[1];
    const key = given ?? renamed;
    return [
        {
            key: key ?? name,
            isNamed: key !== undefined,
            type: innerType(type.replaceAll(/\s+/g, ' ').trim()),
            isFlat: /\bflatten\b/.test(serde),
        },
    ];
}

/** `Option<T>` → `T` */
function innerType(type: string): string {
    return /^Option<(.*)>$/.exec(type)?.[1] ?? type;
}

/** Parts between separators that are in no bracket and no string. */
function splitOutside(text: string, separator: string): readonly string[] {
    const parts: string[] = [];
    let depth = 0;
    let start = 0;
    for (let at = 0; at < text.length; at++) {
        const character = text[at] ?? '';
        if (character === '"') at = stringEnd(text, at) - 1;
        else if ('<([{'.includes(character)) depth += 1;
        else if ('>)]}'.includes(character)) depth -= 1;
        else if (character === separator && depth === 0) {
            parts.push(text.slice(start, at));
            start = at + 1;
        }
    }
    return [...parts, text.slice(start)];
}

/** Comments become one space; strings stay, with what looks like a comment in them. */
export function withoutComments(text: string): string {
    let code = '';
    let at = 0;
    while (at < text.length) {
        const end = tokenEnd(text, at);
        const isComment = text.startsWith('//', at) || text.startsWith('/*', at);
        code += isComment ? ' ' : text.slice(at, end);
        at = end;
    }
    return code;
}

/** End of the comment, string or character that begins here. */
function tokenEnd(text: string, at: number): number {
    if (text.startsWith('//', at)) return endOr(text, text.indexOf('\n', at));
    if (text.startsWith('/*', at)) return blockEnd(text, at);
    const raw = /^r(#*)"/.exec(text.slice(at, at + 8));
    if (raw !== null && !/\w/.test(text[at - 1] ?? '')) {
        const close = text.indexOf(`"${raw[1] ?? ''}`, at + raw[0].length);
        return close < 0 ? text.length : close + 1 + (raw[1] ?? '').length;
    }
    if (text[at] === '"') return stringEnd(text, at);
    const character = /^'(?:\\.|[^\\'])'/u.exec(text.slice(at, at + 4));
    return at + (character?.[0].length ?? 1);
}

/** Behind the quote that closes the string which begins at `at`. */
function stringEnd(text: string, at: number): number {
    for (let end = at + 1; end < text.length; end++) {
        if (text[end] === '\\') end += 1;
        else if (text[end] === '"') return end + 1;
    }
    return text.length;
}

/** Comments of Rust nest. */
function blockEnd(text: string, start: number): number {
    let depth = 0;
    for (let at = start; at < text.length; at++) {
        if (text.startsWith('/*', at)) depth += 1;
        else if (text.startsWith('*/', at)) depth -= 1;
        else continue;
        at += 1;
        if (depth === 0) return at + 1;
    }
    return text.length;
}

function endOr(text: string, index: number): number {
    return index < 0 ? text.length : index;
}
