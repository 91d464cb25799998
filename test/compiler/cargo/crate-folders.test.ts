import { describe, expect, it } from 'vitest';
import { crateFolders } from '../../../compiler/cargo/crate-folders.ts';
import { memoryView } from '../../support/cargo-tree.ts';

const manifest = (name: string, version: string): string => `[package]\nname = "${name}"\nversion = "${version}"\n`;

const view = memoryView({
    '/v/a/Cargo.toml': manifest('a', '2.0.0'),
    '/v/a-1.0.0/Cargo.toml': manifest('a', '1.0.0'),
    '/v/b-1.2.3/Cargo.toml': manifest('b', '1.2.3+4.5'),
    '/v/odd/Cargo.toml': '[dependencies]\nname = "x"\n[package]\nauthors = [\n"n",\n]\nname = "c"\nversion = "1.0.0"\n',
    '/v/broken/Cargo.toml': '[',
    '/v/liar-1.0.0/Cargo.toml': manifest('liar', '1.0.1'),
});
const find = crateFolders(view, '/v');

describe('a folder of crates', () => {
    it.each<[string, string, string | undefined]>([
        ['a', '2.0.0', '/v/a'],
        ['a', '1.0.0', '/v/a-1.0.0'],
        ['a', '3.0.0', undefined],
        ['b', '1.2.3+4.5', '/v/b-1.2.3'],
        ['b', '1.2.3', undefined],
        ['c', '1.0.0', '/v/odd'],
        ['liar', '1.0.0', undefined],
        ['liar', '1.0.1', '/v/liar-1.0.0'],
    ])('has %s %s in %s', (name, version, folder) => {
        expect(find({ name, version, source: undefined })).toBe(folder);
    });
});
