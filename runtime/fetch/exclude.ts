// Patterns for what of a directory is left out. A pattern without `/` means a name at any depth; one with `/` a path from
// the root of the tree; one with `/` at its end only directories. `*` and `?` stay within a name, `**` crosses them.

/** True for a path, relative to the tree, that is left out. What lies below it is not asked for. */
export type Exclude = (path: string, isDirectory: () => boolean) => boolean;

/** Version control data is never part of a source: it differs between equal checkouts. */
const always = ['.git'];

export function excludeFrom(patterns: readonly string[]): Exclude {
    const tests = [...always, ...patterns].map(compile);
    return (path, isDirectory) => tests.some((test) => test(path, isDirectory));
}

function compile(pattern: string): Exclude {
    const directoriesOnly = pattern.endsWith('/');
    const body = directoriesOnly ? pattern.slice(0, -1) : pattern;
    const anchored = body.includes('/');
    const expression = new RegExp(`^${anchored ? '' : '(?:.*/)?'}${glob(body.replace(/^\//, ''))}$`, 'su');
    return (path, isDirectory) => expression.test(path) && (!directoriesOnly || isDirectory());
}

function glob(pattern: string): string {
    return pattern.replaceAll(/\*\*\/|\*+|[?]|[\\^$.|+()[\]{}/-]/g, (token) => {
        if (token === '**/') return '(?:.*/)?';
        if (token === '**') return '.*';
        if (token.startsWith('*')) return '[^/]*';
        if (token === '?') return '[^/]';
        return token === '-' ? token : `\\${token}`;
    });
}
