// Which transport a repository's url means, as git itself reads it.
import { resolve } from 'node:path';

/** `helper` covers all that git would hand to a program of that name, or take for something other than a url. */
type Transport = 'https' | 'http' | 'ssh' | 'git' | 'file' | 'helper';

export function transportOf(url: string): Transport {
    if (/[\0-\x1f]/.test(url)) return 'helper';
    const scheme = /^(https|http|ssh|git|file):\/\//.exec(url)?.[1];
    if (scheme !== undefined) return scheme as Transport;
    if (/^[A-Za-z0-9][A-Za-z0-9+.-]*:(?::|\/\/)/.test(url) || url.startsWith('-')) return 'helper';
    return /^[^/:]+:/.test(url) ? 'ssh' : 'file';
}

/** Local paths start in the recipe's folder. */
export function absoluteUrl(url: string, baseDir: string): string {
    return transportOf(url) === 'file' && !url.startsWith('file://') ? resolve(baseDir, url) : url;
}
