import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../lang/suggest.ts';

describe('nearest', () => {
    it.each([
        ['lnk', ['link', 'targets'], 'link'],
        ['recpie', ['recipe', 'overlay'], 'recipe'],
        ['veriosn', ['version', 'vendor'], 'version'],
        ['x', ['y', 'z'], undefined],
        ['entirely', ['different'], undefined],
        ['', ['a'], undefined],
        ['cat', ['bat', 'hat', 'cap'], 'bat'],
        ['link', ['link'], 'link'],
    ])('%s among %j', (word, candidates, expected) => {
        expect(nearest(word, candidates)).toBe(expected);
    });

    it('does not depend on the order of the candidates', () => {
        const words = fc.array(fc.stringMatching(/^[abc]{1,5}$/), { maxLength: 8 });
        fc.assert(
            fc.property(fc.stringMatching(/^[abc]{1,5}$/), words, (word, candidates) => {
                expect(nearest(word, candidates.toReversed())).toBe(nearest(word, candidates));
            }),
        );
    });
});
