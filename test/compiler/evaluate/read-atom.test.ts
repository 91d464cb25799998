// Every type with values that fit, and with values that do not and what is offered instead.
import { describe, expect, it } from 'vitest';
import { readAtom } from '../../../compiler/read-atom.ts';
import { describeType } from '../../../compiler/schema/describe.ts';
import type { ScalarType } from '../../../compiler/schema/types.ts';
import type { Atom } from '../../../lang/ast.ts';
import { isError } from '../../../lang/diagnostic.ts';
import { parse } from '../../../lang/parse.ts';

function atom(text: string): Atom {
    const { ast, diagnostics } = parse({ path: 'a.rpkg', text: `rpkg 1\n\nprofile p {\n    x = ${text}\n}\n` });
    expect(diagnostics.filter(isError)).toEqual([]);
    const [statement] = ast.definitions[0]?.block.statements ?? [];
    if (statement?.kind !== 'assign' || statement.value.kind === 'list') throw new Error(`no atom: ${text}`);
    return statement.value;
}

const hex = 'ab792c2ad113a666f08856c88cdec0a62d732559b1f3982eedf0142571e669d6';
const bool: ScalarType = { kind: 'bool' };
const int: ScalarType = { kind: 'int', min: 1, max: 9 };
const lto: ScalarType = { kind: 'enum', words: ['off', 'thin', 'fat'] };
const either: ScalarType = { kind: 'union', of: [{ kind: 'version' }, { kind: 'string' }] };

const fitting: readonly (readonly [ScalarType, string, string | number | boolean])[] = [
    [bool, 'true', true],
    [int, '9', 9],
    [{ kind: 'string' }, '"a\\tb"', 'a\tb'],
    [{ kind: 'string' }, "'a\\tb'", 'a\\tb'],
    [{ kind: 'string' }, '"a\\(version)b"', 'ab'],
    [{ kind: 'text' }, '"a\\nb"', 'a\nb'],
    [{ kind: 'version' }, '1.2.3-beta.1', '1.2.3-beta.1'],
    [either, '1.2', '1.2'],
    [either, '"r12"', 'r12'],
    [{ kind: 'version-req' }, '">=19.1, <21"', '>=19.1, <21'],
    [{ kind: 'version-req' }, '"^1.2.*"', '^1.2.*'],
    [{ kind: 'duration' }, '90min', 5400],
    [{ kind: 'size' }, '4KiB', 4096],
    [{ kind: 'hash' }, `sha256:${hex}`, `sha256:${hex}`],
    [{ kind: 'hash' }, 'todo', 'todo'],
    [{ kind: 'url' }, '"https://example.org/a"', 'https://example.org/a'],
    [{ kind: 'path' }, '"a/b..c"', 'a/b..c'],
    [{ kind: 'commit' }, `"${hex}"`, hex],
    [{ kind: 'commit' }, `"${hex.slice(0, 40)}"`, hex.slice(0, 40)],
    [{ kind: 'triple' }, '"x86_64-unknown-linux-gnu"', 'x86_64-unknown-linux-gnu'],
    [{ kind: 'word' }, 'pkg-config', 'pkg-config'],
    [{ kind: 'name' }, '"serde/derive"', 'serde/derive'],
    [{ kind: 'name' }, 'git', 'git'],
    [lto, 'thin', 'thin'],
    [{ kind: 'label', head: 'step' }, 'build', 'build'],
    [{ kind: 'ref', to: 'environment' }, 'env.debian', 'env.debian'],
    [{ kind: 'any' }, '90min', '90min'],
    [{ kind: 'any' }, '3', 3],
];

const unfitting: readonly (readonly [ScalarType, string, string | undefined])[] = [
    [bool, 'yes', 'true'],
    [bool, '"off"', 'false'],
    [bool, '1', undefined],
    [int, '0', '1'],
    [int, '"3"', '3'],
    [int, '1.5', undefined],
    [{ kind: 'string' }, 'MIT', '"MIT"'],
    [{ kind: 'string' }, '1.2.3', '"1.2.3"'],
    [{ kind: 'string' }, '"a\\nb"', undefined],
    [{ kind: 'version' }, '"1.2.3"', '1.2.3'],
    [{ kind: 'version' }, '"1.2.3\\(env.X)"', undefined],
    [either, 'latest', '"latest"'],
    [{ kind: 'version-req' }, '"new"', undefined],
    [{ kind: 'version-req' }, '">=1.2,"', undefined],
    [{ kind: 'version-req' }, '1.2', '"1.2"'],
    [{ kind: 'duration' }, '90', '90s'],
    [{ kind: 'duration' }, '"90min"', '90min'],
    [{ kind: 'duration' }, '4GiB', undefined],
    [{ kind: 'size' }, '4', '4MiB'],
    [{ kind: 'size' }, '"4GiB"', '4GiB'],
    [{ kind: 'hash' }, `"${hex}"`, `sha256:${hex}`],
    [{ kind: 'hash' }, `"sha256:${hex}"`, `sha256:${hex}`],
    [{ kind: 'hash' }, 'later', undefined],
    [{ kind: 'url' }, '"example.org/a.tar"', '"https://example.org/a.tar"'],
    [{ kind: 'url' }, '"not a url"', undefined],
    [{ kind: 'path' }, '"/etc/passwd"', undefined],
    [{ kind: 'path' }, '"a/../../b"', undefined],
    [{ kind: 'path' }, '".."', undefined],
    [{ kind: 'path' }, '""', undefined],
    [{ kind: 'commit' }, '"abc"', undefined],
    [{ kind: 'triple' }, '"x86_64-unknown-linux-gun"', 'x86_64-unknown-linux-gnu'],
    [{ kind: 'word' }, '"cc"', 'cc'],
    [{ kind: 'word' }, 'a.b', undefined],
    [{ kind: 'name' }, '3', '"3"'],
    [lto, 'tihn', 'thin'],
    [lto, '"thin"', 'thin'],
    [lto, 'true', undefined],
    [{ kind: 'ref', to: 'environment' }, '"env.debian"', 'env.debian'],
];

describe('readAtom', () => {
    it.each(fitting)('%j takes %s', (type, text, value) => {
        expect(readAtom(atom(text), type)).toEqual({ ok: true, value });
    });

    it.each(unfitting)('%j refuses %s', (type, text, instead) => {
        expect(readAtom(atom(text), type)).toEqual({ ok: false, instead });
    });

    it.each(unfitting.filter(([, , instead]) => instead !== undefined))(
        '%j instead of %s offers what fits',
        (type, _, instead) => {
            expect(readAtom(atom(instead ?? ''), type).ok).toBe(true);
        },
    );

    it('describes every type', () => {
        const types = [...fitting, ...unfitting].map(([type]) => describeType(type));
        expect(types.every((text) => text.length > 3 && !text.includes('undefined'))).toBe(true);
    });
});
