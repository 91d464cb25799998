// Facts about sets of packages: the compiler that they need, and native libraries that two of them claim.
import { describe, expect, it } from 'vitest';
import { duplicateLinks } from '../../../compiler/cargo/duplicate-links.ts';
import type { Package } from '../../../compiler/cargo/package.ts';
import { requiredRustc } from '../../../compiler/cargo/required-rustc.ts';

function fake(name: string, version: string, more: Partial<Package>): Package {
    return {
        id: { name, version, source: undefined },
        root: `/${name}-${version}`,
        origin: 'registry',
        edition: '2021',
        links: undefined,
        rustVersion: undefined,
        dependencies: [],
        features: new Map(),
        targets: [],
        about: { authors: [], description: '', homepage: '', repository: '', license: '', licenseFile: '', readme: '' },
        lints: [],
        checkCfg: [],
        ...more,
    };
}

describe('the compiler that packages need', () => {
    it('is the newest of those that they name', () => {
        const packages = ['1.70', undefined, '1.9', '1.70.0', '1.71.1', '1'].map((rustVersion, index) =>
            fake(`p${index}`, '1.0.0', { rustVersion }),
        );
        expect(requiredRustc(packages)).toEqual({ version: '1.71.1', package: packages[4] });
        expect(requiredRustc(packages.slice(0, 4))).toEqual({ version: '1.70', package: packages[0] });
        expect(requiredRustc([fake('a', '1.0.0', {})])).toBeUndefined();
    });
});

describe('packages of one native library', () => {
    it('are a problem only when they are two', () => {
        const [first, second] = [fake('z-sys', '1.0.0', { links: 'z' }), fake('z-sys', '2.0.0', { links: 'z' })];
        const rest = [fake('y-sys', '1.0.0', { links: 'y' }), fake('a', '1.0.0', {}), fake('b', '1.0.0', {})];
        expect(duplicateLinks([first, first, ...rest])).toEqual([]);
        expect(duplicateLinks([second, ...rest, first])).toEqual([
            {
                code: 'cargo/duplicate-links',
                message: '`z-sys 1.0.0` and `z-sys 2.0.0` both link to `z`',
                package: 'z-sys 2.0.0',
                file: '/z-sys-2.0.0/Cargo.toml',
                help: 'lock one version for all that depend on it',
            },
        ]);
    });
});
