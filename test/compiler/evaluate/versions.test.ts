import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../../compiler/versions.ts';

const ascending = [
    '0.9',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0~rc1',
    '1.0',
    '1.0.1',
    '1.2',
    '1.10.0',
    '13',
    '20250101.1',
];

const version = fc
    .tuple(
        fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '-beta', '-beta.2', '-rc.1', '+build'),
    )
    .map(([numbers, tail]) => numbers.join('.') + tail);

describe('compareVersions', () => {
    it('orders versions as their makers do', () => {
        const turned = [...ascending].reverse().sort(compareVersions);
        expect(turned).toEqual(ascending);
    });

    it.each([
        ['1.2', '1.2.0'],
        ['1.2.0+deb1', '1.2.0+deb2'],
        ['01.2', '1.2'],
    ])('%s equals %s', (a, b) => {
        expect(compareVersions(a, b)).toBe(0);
    });

    it('is a total order', () => {
        fc.assert(
            fc.property(version, version, version, (a, b, c) => {
                expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
                if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
                    expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
            }),
        );
    });
});
