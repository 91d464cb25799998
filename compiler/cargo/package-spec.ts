// Cargo's package id specifications: `name`, `name@1.2`, `URL#name@1.2.3`. Profiles and `-p` name packages with them, and
// the unit graph identifies packages with the full form.
import type { Package, PackageId } from './package.ts';

/** What a specification is compared with. */
export type NamedPackage = Pick<Package, 'id' | 'root'>;

/** The full form, as `cargo pkgid` prints it. */
export function packageSpec({ id, root }: NamedPackage): string {
    const { url, query } = sourceOf(id, root);
    const last = lastSegment(url);
    return `${url}${query}#${last === id.name ? '' : `${id.name}@`}${id.version}`;
}

/** Whether a specification as a user writes it means this package. */
export function specMatches(spec: string, subject: NamedPackage): boolean {
    const { id, root } = subject;
    if (!spec.includes('://')) return nameMatches(spec, id);
    const hash = spec.indexOf('#');
    const [address, fragment] = hash === -1 ? [spec, ''] : [spec.slice(0, hash), spec.slice(hash + 1)];
    const { url, query } = sourceOf(id, root);
    const bare = address.split('?')[0] ?? '';
    const sameUrl = bare === url || `${url.slice(0, url.indexOf('+') + 1)}${bare}` === url;
    if (!sameUrl || (address.includes('?') && address !== `${bare}${query}`)) return false;
    if (fragment === '') return lastSegment(url) === id.name;
    if (/^\d/.test(fragment)) return lastSegment(url) === id.name && versionMatches(fragment, id.version);
    return nameMatches(fragment, id);
}

function nameMatches(spec: string, { name, version }: PackageId): boolean {
    const at = Math.max(spec.lastIndexOf('@'), spec.lastIndexOf(':'));
    if (at === -1) return spec === name;
    return spec.slice(0, at) === name && versionMatches(spec.slice(at + 1), version);
}

/** `1` and `1.2` mean all versions that start so; a whole version means itself. */
function versionMatches(partial: string, version: string): boolean {
    if (/^\d+(\.\d+)?$/.test(partial)) return version.startsWith(`${partial}.`) && !version.includes('-');
    return partial === version || (!partial.includes('+') && version.startsWith(`${partial}+`));
}

function sourceOf({ source }: PackageId, root: string): { readonly url: string; readonly query: string } {
    if (source === undefined) return { url: `path+file://${encodePath(root)}`, query: '' };
    const [address = ''] = source.split('#');
    const question = address.indexOf('?');
    if (question === -1) return { url: address, query: '' };
    return { url: address.slice(0, question), query: address.slice(question) };
}

/** As the url library does: more than `encodeURI` leaves alone has to stay. */
function encodePath(path: string): string {
    return encodeURI(path)
        .replaceAll('%5B', '[')
        .replaceAll('%5D', ']')
        .replaceAll('%5E', '^')
        .replaceAll('%7C', '|')
        .replaceAll('#', '%23')
        .replaceAll('?', '%3F');
}

function lastSegment(url: string): string {
    return url.slice(url.lastIndexOf('/') + 1);
}
