import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCargoLock } from '../../../compiler/cargo/lock-file.ts';

const hash = '0123456789abcdef'.repeat(4);
const registry = 'registry+https://index.example/main';
const repository = 'git+https://git.example/r?branch=next#0123456789abcdef0123456789abcdef01234567';

const own = '[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = [\n "serde",\n]\n';
const serde = `[[package]]\nname = "serde"\nversion = "1.0.219"\nsource = "${registry}"\nchecksum = "${hash}"\n`;
const fromGit = `[[package]]\nname = "fork"\nversion = "0.2.0+meta.1"\nsource = "${repository}"\n`;

const packages = [
    { name: 'app', version: '0.1.0', source: undefined, checksum: undefined, dependencies: ['serde'] },
    { name: 'serde', version: '1.0.219', source: registry, checksum: hash, dependencies: [] },
    { name: 'fork', version: '0.2.0+meta.1', source: repository, checksum: undefined, dependencies: [] },
];

const formatOne = `${own}
[[package]]
name = "serde"
version = "1.0.219"
source = "${registry}"

${fromGit}
[metadata]
"checksum serde 1.0.219 (${registry})" = "${hash}"
"checksum fork 0.2.0+meta.1 (${repository})" = "<none>"
`;

describe('a Cargo.lock', () => {
    it.each<[string, string]>([
        ['1', formatOne],
        ['1, with its own package apart', formatOne.replace('[[package]]\nname = "app"', '[root]\nname = "app"')],
        ['2', `# made by cargo\n${own}\n${serde}\n${fromGit}`],
        ['3', `version = 3\n\n${own}\n${serde}\n${fromGit}`],
        ['4', `version = 4\r\n\r\n${own}\n${serde}\n${fromGit}\n[[patch.unused]]\nname = "x"\nversion = "1.0.0"\n`],
    ])('of format %s gives its packages', (_, text) => {
        expect(parseCargoLock(text)).toEqual({ ok: true, packages });
    });

    it('may have no packages, and several versions of one', () => {
        expect(parseCargoLock('')).toEqual({ ok: true, packages: [] });
        const two = parseCargoLock(`${serde}\n${serde.replace('1.0.219', '2.0.0')}`);
        expect(two.ok && two.packages.map(({ version }) => version)).toEqual(['1.0.219', '2.0.0']);
    });

    it.each<[string, string, string | RegExp]>([
        ['no TOML', 'version = 4\n\n[[package]\n', /^line 3: Invalid TOML document: /],
        ['half a file', serde.slice(0, -10), /^line 5: Invalid TOML document: /],
        ['a newer format', 'version = 5', 'lock file format 5 is not known; 1 to 4 are'],
        ['an odd format', 'version = "4"', 'lock file format "4" is not known; 1 to 4 are'],
        ['a format between two', 'version = 3.5', 'lock file format 3.5 is not known; 1 to 4 are'],
        ['a single package', '[package]\nname = "x"', '`package` is not a list'],
        ['packages that are no tables', 'package = ["serde"]', 'an entry of `package` is not a table'],
        ['no name', '[[package]]\nversion = "1"', 'a package lacks its name or version'],
        ['no version', '[[package]]\nname = "x"', 'a package lacks its name or version'],
        ['a name that is no text', '[[package]]\nname = 1\nversion = "1"', 'a package lacks its name or version'],
        ['a source that is no text', serde.replace(`"${registry}"`, '1'), 'the source of `serde` is not text'],
        ['a short checksum', serde.replace(hash, 'abc'), 'the checksum of `serde 1.0.219` is not a SHA-256'],
        [
            'a checksum in capitals',
            serde.replace(hash, hash.toUpperCase()),
            'the checksum of `serde 1.0.219` is not a SHA-256',
        ],
        [
            'a checksum that is no text',
            serde.replace(`"${hash}"`, '5'),
            'the checksum of `serde 1.0.219` is not a SHA-256',
        ],
        ['a package twice', serde + serde, '`serde 1.0.219` is there twice'],
        ['a key twice', `${serde}name = "y"`, /^line 6: Invalid TOML document: /],
    ])('is refused with %s', (_, text, message) => {
        const read = parseCargoLock(text);
        expect(read).toEqual({
            ok: false,
            message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
        });
        expect(read.ok || read.message).not.toContain('\n');
    });

    it('never throws', () => {
        const piece = fc.constantFrom(
            '[[package]]',
            'name = "x"',
            'version = "1"',
            'version = 4',
            '\n',
            '=',
            '"',
            '[',
            '[metadata]',
            '__proto__ = 1',
            '\0',
            'x',
        );
        fc.assert(
            fc.property(
                fc.oneof(
                    fc.string({ unit: 'binary' }),
                    fc.array(piece).map((pieces) => pieces.join('\n')),
                ),
                (text) => {
                    expect(typeof parseCargoLock(text).ok).toBe('boolean');
                },
            ),
        );
    });
});
