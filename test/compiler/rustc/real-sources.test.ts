// The tables against real sources of rustc: `RPKG_RUSTC_SOURCES=FOLDER`, where FOLDER holds unpacked source releases, each in a
// folder of its own. Without it nothing here is tested, which is said on standard error.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRustcSources } from '../../../cli/rustc-sources.ts';
import { mergedTable } from '../../../compiler/rustc/merge-schema.ts';
import { documentedKeys, readSchema } from '../../../compiler/rustc/read-schema.ts';
import { releaseOf } from '../../../compiler/rustc/release.ts';
import { sampleOf } from '../../../compiler/rustc/schema.ts';
import { factDifferences, schemaDifferences, sourceFacts } from '../../../compiler/rustc/source-facts.ts';
import { llvmWindow } from '../../../compiler/rustc/llvm.ts';

const given = process.env['RPKG_RUSTC_SOURCES'];
const folders =
    given === undefined
        ? []
        : fs
              .readdirSync(given)
              .map((name) => path.join(given, name))
              .filter((folder) => fs.existsSync(path.join(folder, 'src/version')));
const why = 'the tables of rustc are not compared with real sources: RPKG_RUSTC_SOURCES names no folder of them';
if (folders.length === 0) {
    process.stderr.write(`\nSKIPPED: ${why}\n`);
    test.skip(why);
}

describe.each(folders)('%s', (folder) => {
    const sources = readRustcSources(folder);
    if ('code' in sources) throw new Error(sources.message);
    const release = releaseOf(sources.version) ?? expect.fail(`no release ${sources.version}`);
    const schema = readSchema(sources.bootstrap) ?? expect.fail('no settings');
    const facts = sourceFacts(sources.bootstrap, sources.pinFile, sources.cargoManifest);

    test('has the settings of the table', () => {
        expect(schema.unknown).toEqual([]);
        expect(schema.keys.size).toBeGreaterThan(130);
        expect(schemaDifferences(release, schema)).toEqual([]);
    });

    test('documents little that it does not read', () => {
        const documented = documentedKeys(sources.example ?? '');
        expect(documented.size).toBeGreaterThan(130);
        expect([...documented].filter((key) => !schema.keys.has(key)).length).toBeLessThan(5);
    });

    test('pins a compiler, wants an LLVM and has a cargo as the tables say', () => {
        expect(facts.pin?.downloads.length).toBeGreaterThan(200);
        expect(facts.oldestLlvm).toBeGreaterThan(11);
        expect(factDifferences(release, facts)).toEqual([]);
    });

    test('brings the LLVM of the table, where it brings one', () => {
        const file = ['llvm/CMakeLists.txt', 'cmake/Modules/LLVMVersion.cmake']
            .map((name) => path.join(folder, 'src/llvm-project', name))
            .find((name) => fs.existsSync(name) && fs.readFileSync(name, 'utf8').includes('LLVM_VERSION_MAJOR '));
        if (file === undefined) return;
        const major = /LLVM_VERSION_MAJOR (\d+)/.exec(fs.readFileSync(file, 'utf8'))?.[1];
        expect(Number(major)).toBe(llvmWindow(release).bundled);
    });

    test.runIf(sampleOf(release.version) !== undefined)('gives the table again', () => {
        const { source = '', ...sample } = sampleOf(release.version) ?? {};
        const text = mergedTable({ release: release.version, keys: schema.keys, source, ...sample });
        const table = path.join(import.meta.dirname, '../../../compiler/rustc/schema-table.json');
        expect(text).toBe(fs.readFileSync(table, 'utf8'));
    });
});
