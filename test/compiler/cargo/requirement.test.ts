import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches, parseRequirement } from '../../../compiler/cargo/requirement.ts';
import { compareVersions, parseVersion } from '../../../compiler/cargo/version.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { anyRequirement, anyVersion } from './any-version.ts';

function isMatch(requirement: string, version: string): boolean | undefined {
    const [wanted, parsed] = [parseRequirement(requirement), parseVersion(version)];
    return wanted === undefined || parsed === undefined ? undefined : matches(wanted, parsed);
}

describe('a version requirement', () => {
    it.each<[requirement: string, yes: string, no: string]>([
        ['1.2.3', '1.2.3 1.2.4 1.9.0 1.2.3+x', '1.2.2 2.0.0 1.3.0-a'],
        ['^1.2', '1.2.0 1.3.0', '1.1.9 2.0.0'],
        ['1', '1.0.0 1.9.9', '0.9.9 2.0.0 1.0.0-a'],
        ['0.3', '0.3.0 0.3.9', '0.4.0 0.2.9'],
        ['0.3.1', '0.3.1 0.3.9', '0.3.0 0.4.0'],
        ['0.0.3', '0.0.3', '0.0.4 0.0.2'],
        ['0.0', '0.0.0 0.0.9', '0.1.0'],
        ['0', '0.0.0 0.9.0', '1.0.0'],
        ['~1.2.3', '1.2.3 1.2.9', '1.3.0 1.2.2'],
        ['~1.2', '1.2.0 1.2.9', '1.3.0'],
        ['~1', '1.0.0 1.9.0', '2.0.0'],
        ['=1.2.3', '1.2.3 1.2.3+build', '1.2.4 1.2.3-a'],
        ['=1.2', '1.2.0 1.2.9', '1.3.0'],
        ['=1', '1.0.0 1.9.0', '2.0.0'],
        ['>1.2.3', '1.2.4 2.0.0', '1.2.3 1.2.4-a'],
        ['>1.2', '1.3.0', '1.2.9'],
        ['>1', '2.0.0', '1.9.9'],
        ['>=1.2', '1.2.0 9.0.0', '1.1.9'],
        ['<1.2', '1.1.9', '1.2.0'],
        ['<=1.2', '1.2.9', '1.3.0'],
        ['<=1.2.3', '1.2.3', '1.2.4'],
        ['*', '0.0.0 9.9.9', '1.0.0-a'],
        ['1.*', '1.0.0 1.9.0', '2.0.0'],
        ['1.2.*', '1.2.9', '1.3.0'],
        ['1.x.X', '1.5.0', '2.0.0'],
        ['>=1.2, <1.5', '1.2.0 1.4.9', '1.5.0 1.1.0'],
        ['>=1.0.0-a.1', '1.0.0-a.1 1.0.0-a.2 1.0.0-b 1.0.0 1.0.1', '1.0.0-a.0 1.0.1-a'],
        ['1.0.0-a', '1.0.0-b 1.2.0', '1.2.0-b 2.0.0'],
        ['=1.0.0-a', '1.0.0-a', '1.0.0'],
        ['=0.18.3', '0.18.3+1.9.2', '0.18.4+1.9.2'],
    ])('%s', (requirement, yes, no) => {
        for (const version of yes.split(' ')) expect(isMatch(requirement, version), version).toBe(true);
        for (const version of no.split(' ')) expect(isMatch(requirement, version), version).toBe(false);
    });

    it.each(['', ' ', 'a', '1.2.3.4', '1.*.3', '*, 1', '1,', '>*', '1.02', '^^1', '1 2', '1-a', 'latest'])(
        '%s is none',
        (text) => expect(parseRequirement(text)).toBeUndefined(),
    );

    it('with `=` holds for the version itself, with `>=` for all that come later, but for other pre-releases', () => {
        fc.assert(
            fc.property(anyVersion, anyVersion, (a, b) => {
                const [bare] = a.split('+');
                expect(isMatch(`=${bare}`, a)).toBe(true);
                const [x, y] = [parseVersion(bare ?? ''), parseVersion(b.split('+')[0] ?? '')];
                if (x === undefined || y === undefined || y.pre !== '') return;
                expect(isMatch(`>=${bare}`, b)).toBe(compareVersions(y, x) >= 0);
            }),
        );
    });

    const oracle = semverSource();

    it.skipIf(oracle === undefined)('says what the crate that Cargo uses says', { timeout: 60_000 }, () => {
        const rows = fc.sample(fc.tuple(anyRequirement, anyVersion, anyVersion), { numRuns: 4000, seed: 1 });
        const answers = askSemver(oracle ?? '', rows);
        for (const [index, [requirement, a, b]] of rows.entries()) {
            const [x, y] = [parseVersion(a), parseVersion(b)];
            if (x === undefined || y === undefined) throw new Error(`${a} or ${b} is no version`);
            const match = isMatch(requirement, a);
            const mine = `${match === undefined ? '-' : Number(match)} ${compareVersions(x, y)}`;
            expect(mine, `${requirement} | ${a} | ${b}`).toBe(answers[index]);
        }
    });
});

/** Sources of the crate `semver`, where this machine has them and a compiler. */
function semverSource(): string | undefined {
    if (spawnSync('rustc', ['--version']).status !== 0) return undefined;
    const registry = path.join(os.homedir(), '.cargo/registry/src');
    const found = fs.existsSync(registry)
        ? fs.readdirSync(registry).flatMap((index) => fs.globSync(path.join(registry, index, 'semver-1.0.2[78]')))
        : [];
    return found.sort().at(-1);
}

const program = `
use semver::{Version, VersionReq};
use std::io::Read;
fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    for line in text.lines() {
        let mut parts = line.split('\\t');
        let req = VersionReq::parse(parts.next().unwrap());
        let a = Version::parse(parts.next().unwrap()).unwrap();
        let b = Version::parse(parts.next().unwrap()).unwrap();
        let answer = match req { Ok(req) => (req.matches(&a) as u8).to_string(), Err(_) => "-".to_string() };
        println!("{} {}", answer, a.cmp(&b) as i8);
    }
}
`;

function askSemver(source: string, rows: readonly (readonly string[])[]): readonly string[] {
    const folder = freshFolder();
    fs.writeFileSync(path.join(folder, 'ask.rs'), program);
    const compile = (...args: readonly string[]): Buffer =>
        execFileSync('rustc', ['--edition=2021', ...args], { cwd: folder });
    compile(
        '--crate-type=rlib',
        '--crate-name=semver',
        '--cfg=feature="std"',
        '--cap-lints=allow',
        `${source}/src/lib.rs`,
    );
    compile('ask.rs', '--extern=semver=libsemver.rlib');
    const input = rows.map((row) => `${row.join('\t')}\n`).join('');
    return execFileSync('./ask', { cwd: folder, input, encoding: 'utf8' }).trimEnd().split('\n');
}
