import { describe, expect, it } from 'vitest';
import { differingPaths } from '../../../runtime/store/compare.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { type Entries, fillFolder } from '../../support/workshop.ts';

function differences(first: Entries, second: Entries): readonly string[] {
    const folder = freshFolder();
    fillFolder(`${folder}/a`, first);
    fillFolder(`${folder}/b`, second);
    return differingPaths(`${folder}/a`, `${folder}/b`);
}

describe('the paths in which two trees differ', () => {
    const same: Entries = { a: 'x', 'd/e/f': { program: 'y' }, 'd/l': { link: 'e' }, empty: null };
    const long = 'x'.repeat(3 * 1024 * 1024);

    it.each<[string, Entries, readonly string[]]>([
        ['nothing', {}, []],
        ['a text', { a: 'y' }, ['a']],
        ['a longer text', { a: 'xx' }, ['a']],
        ['a mode', { 'd/e/f': 'y' }, ['d/e/f']],
        ['a link', { 'd/l': { link: 'x' } }, ['d/l']],
        ['a file for a link', { 'd/l': 'e' }, ['d/l']],
        ['a file for a folder', { empty: '' }, ['empty']],
        ['something more, and something in a new folder', { 'd/new': '', 'more/x': '' }, ['d/new', 'more']],
    ])('name %s', (_, changes, expected) => {
        expect(differences(same, { ...same, ...changes })).toEqual(expected);
        expect(differences({ ...same, ...changes }, same)).toEqual(expected);
    });

    it('are found at the end of long files', () => {
        expect(differences({ a: long, b: long }, { a: long, b: `${long.slice(1)}y` })).toEqual(['b']);
    });

    it('are at most twenty, in byte order', () => {
        const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`d/${at % 10}${at}`, '']));
        const found = differences({ d: null }, many);
        expect(found).toHaveLength(20);
        expect(found).toEqual(found.toSorted());
    });
});
