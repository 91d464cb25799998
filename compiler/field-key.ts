// Fields are called by the names on the way to them: `source.main.url`, `install.rename."bin/bat"`.

const plain = /^[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*$/;

function quoted(text: string): string {
    const escaped = text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t').replace(/\r/g, '\\r');
    return `"${escaped}"`;
}

/** One name, quoted unless the language takes it bare. */
function nameKey(name: string): string {
    return plain.test(name) ? name : quoted(name);
}

/** Names joined with dots. */
export function fieldKey(names: readonly string[]): string {
    return names.map(nameKey).join('.');
}

/** Whether the language takes the name without quotes. */
export function isPlain(name: string): boolean {
    return plain.test(name);
}

/** The field as the recipe of a link has it: a chain has each of them once for each link. */
export function withoutLink(key: string): string {
    return key.replace(/^link\.(?:"[^"]*"|[^".]+)\./, '');
}
