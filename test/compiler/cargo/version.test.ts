import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, parseVersion, type Version } from '../../../compiler/cargo/version.ts';
import { anyVersion } from './any-version.ts';

function version(text: string): Version {
    const parsed = parseVersion(text);
    if (parsed === undefined) throw new Error(`${text} is no version`);
    return parsed;
}

describe('versions', () => {
    it('are in the order of Semantic Versioning, with build metadata last', () => {
        const ascending = [
            '0.0.0',
            '0.0.1-0',
            '0.0.1-9',
            '0.0.1-10',
            '0.0.1-99999999999999999998',
            '0.0.1-99999999999999999999',
            '0.0.1--',
            '0.0.1-a',
            '0.0.1-alpha',
            '0.0.1-alpha.1',
            '0.0.1-alpha.beta',
            '0.0.1-beta.2',
            '0.0.1-beta.11',
            '0.0.1-rc.1',
            '0.0.1',
            '0.0.1+0',
            '0.0.1+00',
            '0.0.1+1',
            '0.0.1+01',
            '0.0.1+a',
            '0.0.1+a.b',
            '0.0.2',
            '0.0.10',
            '0.1.0',
            '1.0.0',
        ];
        for (const [index, lower] of ascending.entries()) {
            expect(compareVersions(version(lower), version(lower))).toBe(0);
            for (const higher of ascending.slice(index + 1)) {
                expect(compareVersions(version(lower), version(higher)), `${lower} ${higher}`).toBe(-1);
                expect(compareVersions(version(higher), version(lower)), `${higher} ${lower}`).toBe(1);
            }
        }
    });

    it.each([
        '',
        '1',
        '1.2',
        '1.2.3.4',
        '01.2.3',
        '1.2.3-',
        '1.2.3-01',
        '1.2.3-a..b',
        '1.2.3+',
        '1.2.3+a..b',
        ' 1.2.3',
        'v1.2.3',
        '1.2.x',
    ])('%s is none', (text) => expect(parseVersion(text)).toBeUndefined());

    it('have one order', () => {
        fc.assert(
            fc.property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
                const [x, y, z] = [a, b, c].map(version).sort(compareVersions) as [Version, Version, Version];
                expect(compareVersions(x, y)).toBeLessThanOrEqual(0);
                expect(compareVersions(y, z)).toBeLessThanOrEqual(0);
                expect(compareVersions(x, z)).toBeLessThanOrEqual(0);
                expect(compareVersions(z, x)).toBe(compareVersions(x, z) === 0 ? 0 : 1);
            }),
        );
    });
});
