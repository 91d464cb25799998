// Cargo as it belongs to a rustc: its version, what is refused, and the check of the two, run with the toolchain of this machine.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pairCheck, pairProject } from '../../../compiler/lower/pair-script.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { planRustc, type PlanRequest } from '../../support/rustc-plan.ts';
import { toolchain } from '../../support/whole.ts';

interface PairText {
    readonly version?: string;
    readonly release?: string;
    readonly tools?: string;
    readonly lines?: readonly string[];
}

async function planOf(
    { version = 'paired', release = '1.85.1', tools = 'cargo, clippy', lines = [] }: PairText,
    more: Partial<PlanRequest> = {},
): ReturnType<typeof planRustc> {
    const rustc = `recipe toolchain is rustc {\n    version = ${release}\n    source main {\n        path = "src"\n    }\n    tools = [${tools}]\n}\n`;
    const body = [`version = ${version}`, 'rustc = toolchain', ...lines].map((line) => `    ${line}\n`).join('');
    return await planRustc({
        main: 'r.rpkg',
        recipe: 'cargo',
        texts: { 'r.rpkg': `rpkg 1\n\n${rustc}\nrecipe cargo is cargo {\n${body}}\n` },
        files: { 'main/src/tools/cargo/Cargo.toml': '[workspace]\n\n[package]\nname = "cargo"\nversion = "0.86.0"\n' },
        versions: { rustc: `rustc ${release} (x)`, cargo: `cargo ${release} (x)` },
        ...more,
    });
}

describe('a paired cargo', () => {
    test.each(['paired', '0.86.0'])(
        'of version %s has that of its sources, and is checked with its rustc',
        async (version) => {
            const { plan, diagnostics } = await planOf({ version });
            expect(diagnostics).toEqual([]);
            expect(plan?.subject).toMatchObject({ name: 'cargo', version: '0.86.0', kind: 'cargo' });
            expect(plan?.outputs).toEqual({ out: 'install' });
            const check = plan?.actions['pair'];
            expect(check?.kind === 'run' ? check.mounts['/rpkg/rust'] : undefined).toEqual({
                tree: 'install',
                writable: false,
            });
            expect(check?.kind === 'run' ? check.commands : []).toEqual([
                { argv: ['/bin/sh', '/rpkg/scripts/pair.sh', '1.85.1', '/rpkg/rust/usr/bin', '/rpkg/rust/usr/lib'] },
            ]);
            expect(plan?.provenance.values['/actions/config/files/config.toml/text']).toContain('rustc.tools');
        },
    );

    test('is built by the same actions as its rustc alone', async () => {
        const pair = await planOf({});
        const alone = await planOf({}, { recipe: 'toolchain' });
        expect(pair.plan?.actions).toMatchObject(alone.plan?.actions ?? { none: {} });
    });

    test('leaves no version to conditions that the sources decide', async () => {
        const { plan, diagnostics } = await planOf({ lines: ['when version > 0.1 {', '    revision = 1', '}'] });
        expect(diagnostics).toEqual([]);
        expect(plan?.provenance.fields).not.toHaveProperty('revision');
    });

    test.each([
        [
            'another version than the sources have',
            { version: '0.85.0' },
            'rustc/unpaired-cargo',
            /cargo 0\.85\.0 is not the one of rustc 1\.85\.1, which is 0\.86\.0/,
        ],
        [
            'sources of another cargo',
            { release: '1.87.0' },
            'rustc/unpaired-cargo',
            /cargo 0\.86\.0 is not the one of rustc 1\.87\.0, which is 0\.88/,
        ],
        ['a rustc that is built without one', { tools: 'clippy' }, 'plan/unbuilt-cargo', /`toolchain` builds no cargo/],
        ['a word for its version', { version: 'newest' }, 'type/mismatch', /version/],
    ])('refuses %s', async (_, text, code, message) => {
        const { plan, diagnostics } = await planOf(text);
        expect(diagnostics.map((each) => each.code)).toEqual([code]);
        expect(diagnostics[0]?.message).toMatch(message);
        expect(plan).toBeUndefined();
    });

    test('refuses sources without any', async () => {
        const { diagnostics } = await planOf({}, { files: {} });
        expect(diagnostics).toMatchObject([{ code: 'rustc/unpaired-cargo' }]);
        expect(diagnostics[0]?.message).toContain('the sources of rustc 1.85.1 have no cargo');
    });
});

describe('the check of the two', () => {
    const version =
        /^\w+ (\S+)/.exec(spawnSync(`${toolchain}/bin/cargo`, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? '';

    function check(release: string): {
        readonly status: number | null;
        readonly text: string;
        readonly folder: string;
    } {
        const folder = freshFolder();
        const files = { 'pair.sh': { text: pairCheck }, ...pairProject };
        for (const [name, { text }] of Object.entries(files)) {
            fs.mkdirSync(dirname(`${folder}/scripts/${name}`), { recursive: true });
            fs.writeFileSync(`${folder}/scripts/${name}`, text);
        }
        for (const name of ['build', 'out']) fs.mkdirSync(`${folder}/${name}`);
        const ran = spawnSync('sh', [`${folder}/scripts/pair.sh`, release, `${toolchain}/bin`, `${toolchain}/lib`], {
            cwd: `${folder}/build`,
            env: { PATH: '/usr/bin:/bin', HOME: folder, CARGO_HOME: `${folder}/cargo`, OUT: `${folder}/out` },
            encoding: 'utf8',
        });
        return { status: ran.status, text: ran.stdout + ran.stderr, folder };
    }

    test('builds, tests and runs a program', () => {
        const { status, text, folder } = check(version);
        expect(text).toContain('built by the pair: 6 * 7 = 42');
        expect(text).toContain('test seven_times_six ... ok');
        expect(status).toBe(0);
        expect(fs.readFileSync(`${folder}/out/pair`, 'utf8')).toMatch(/^rustc \d.*\ncargo \d.*\n$/);
    });

    test('fails for a compiler of another release', () => {
        const { status, text } = check('1.2.3');
        expect(status).toBe(1);
        expect(text).toContain('the paired rustc says that it is');
        expect(text).toContain('the plan was made for 1.2.3');
    });
});
