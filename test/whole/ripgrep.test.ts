// A real program with fifty crates, packaged for Debian: built as root and as an ordinary user, by make and by sh, to the
// same bytes. Needs the crates: from Cargo's cache, or over the network. Each build takes a minute of two processors, so
// the tests share them.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../compiler/plan/plan.ts';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { isRoot } from '../support/ordinary-user.ts';
import { give, giveCrates, makeUser, type User } from '../support/user.ts';
import {
    answer,
    buildOne,
    expectCleanStore,
    forgetAnswers,
    installation,
    type Place,
    placeIn,
    rpkg,
    run,
    toolchain,
} from '../support/whole.ts';
import { buildEmitted, expectSameTree, importedDigest } from './emitted.ts';

const recipe = 'recipes/debian/ripgrep.rpkg';
const minutes = 60_000;

const shared = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-test-'));
const cargoHome = process.env['CARGO_HOME'] ?? path.join(os.homedir(), '.cargo');
const place = ripgrepPlace(placeIn(shared));
const problem = await fetchProblem();

function ripgrepPlace(plain: Place): Place {
    fs.cpSync(`${installation}/recipes`, `${plain.folder}/recipes`, { recursive: true });
    // How to reach the registry is the user's own business: mirrors, proxies, certificates.
    const network = Object.entries(process.env).filter(([name]) =>
        /^(?:CARGO|SSL|https?_proxy|no_proxy|all_proxy)/i.test(name),
    );
    return {
        ...plain,
        env: { ...(Object.fromEntries(network) as Record<string, string>), ...plain.env, CARGO_HOME: cargoHome },
    };
}

/** Why the crates cannot be had; empty when they are in the store now. */
async function fetchProblem(): Promise<string> {
    const { exit, err } = await rpkg(place, ['fetch', '-q', '--locked', recipe]);
    if (exit === 0) return '';
    if (exit === 4 && err.includes('fetch/unreachable')) return err;
    throw new Error(`rpkg fetch ended with ${exit}: ${err}`);
}

if (problem !== '')
    process.stderr.write(
        `\nSKIPPED: ripgrep: its crates can neither be found in Cargo's cache nor fetched\n${problem}\n`,
    );

afterAll(() => deleteTree(shared));

describe.skipIf(problem !== '')('ripgrep for Debian', () => {
    let built: { readonly digest: string; readonly path: string; readonly execution: string };
    let user: User | undefined;
    let builtByUser: typeof built | undefined;

    // Two builds at a time: the end of each is the work of one processor.
    beforeAll(async () => {
        if (isRoot) user = ripgrepUser();
        [built, builtByUser] = await Promise.all([
            buildOne(place, ['--offline', '--locked', recipe]),
            user && buildOne(user.place, ['--offline', '--locked', recipe], { through: user.through }),
        ]);
    }, 30 * minutes);

    function ripgrepUser(): User {
        const made = makeUser(shared);
        fs.cpSync(`${installation}/recipes`, `${made.place.folder}/recipes`, { recursive: true });
        give(path.dirname(made.place.folder), made.id);
        giveCrates(made, cargoHome);
        return made;
    }

    test('the second build runs no action', async () => {
        expect(await rpkg(place, ['build', recipe])).toMatchObject({ exit: 0, err: 'ripgrep 15.2.0: nothing to do\n' });
        forgetAnswers(place);
        const { err } = await rpkg(place, ['build', '--offline', '--locked', recipe]);
        expect(err).toMatch(/^0 run, \d+ from the store, 0 failed/m);
        await expectCleanStore(place);
    });

    test.skipIf(!isRoot)('an ordinary user with another toolchain folder gets the same bytes', async () => {
        expect(builtByUser).toMatchObject({ digest: built.digest, execution: built.execution });
        if (user !== undefined) await expectCleanStore(user.place, { through: user.through });
    });

    test('make and sh get the same bytes without rpkg, Node and any network', { timeout: 30 * minutes }, async () => {
        const options = { through: ['unshare', '-Urn'] };
        const results = await Promise.all(
            (['make', 'sh'] as const).map((format) => buildEmitted(place, format, recipe, options)),
        );
        for (const result of results) {
            await expectSameTree(place, result, built.path);
            expect(await importedDigest(place, result)).toBe(built.digest);
        }
    });

    test('the program searches a folder', async () => {
        const files = {
            'a/one.txt': 'a needle\nhay\n',
            'b.txt': 'hay\n',
            'c.rs': 'fn needle() {}\n',
            'd.bin': 'needle\0needle',
        };
        for (const [name, text] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(`${place.folder}/search/${name}`), { recursive: true });
            fs.writeFileSync(`${place.folder}/search/${name}`, text);
        }
        const rg = `${built.path}/usr/bin/rg`;
        const cwd = `${place.folder}/search`;
        const found = await run(place, [rg, '--sort', 'path', '-n', 'needle'], { cwd });
        expect(found).toMatchObject({ exit: 0, err: '' });
        expect(found.out.split('\n').slice(0, 2)).toEqual(['a/one.txt:1:a needle', 'c.rs:1:fn needle() {}']);
        expect(await run(place, [rg, '-t', 'rust', '-l', 'needle'], { cwd })).toEqual({
            exit: 0,
            out: 'c.rs\n',
            err: '',
        });
        expect(await run(place, [rg, 'nowhere'], { cwd })).toEqual({ exit: 1, out: '', err: '' });
        expect(await run(place, [rg, '('], { cwd })).toMatchObject({ exit: 2, out: '' });
    });

    test('what Debian installs is there, and nothing of the machine it was built on', () => {
        const share = `${built.path}/usr/share`;
        const page = fs.readFileSync(`${share}/man/man1/rg.1`, 'utf8');
        expect(page).toMatch(/^\.TH RG 1/m);
        for (const file of [
            'bash-completion/completions/rg',
            'fish/vendor_completions.d/rg.fish',
            'zsh/vendor-completions/_rg',
            'doc/ripgrep/README.md',
        ]) {
            expect(fs.statSync(`${share}/${file}`).size).toBeGreaterThan(100);
        }
        const program = fs.readFileSync(`${built.path}/usr/bin/rg`, 'latin1');
        for (const trace of [shared, cargoHome, os.homedir() + '/', toolchain + '/', os.hostname() + '.']) {
            if (trace.length > 5) expect(program.includes(trace)).toBe(false);
        }
    });

    test('readelf: position independent, full RELRO', async () => {
        const read = async (flag: string): Promise<string> =>
            (await run(place, ['readelf', '-W', flag, `${built.path}/usr/bin/rg`])).out;
        expect(await read('-h')).toMatch(/Type:\s+DYN/);
        expect(await read('-l')).toMatch(/GNU_RELRO/);
        const dynamic = await read('-d');
        expect(dynamic).toMatch(/BIND_NOW|Flags:.*\bNOW\b/);
        expect(dynamic).toMatch(/Flags:.*\bPIE\b/);
        expect(dynamic).not.toMatch(/RPATH|RUNPATH/);
    });

    test('the plan uses the network only for its sources', async () => {
        const plan = JSON.parse(await answer(place, ['plan', '--locked', recipe])) as Plan;
        const kinds = Map.groupBy(Object.entries(plan.actions), ([, { kind }]) => kind);
        expect([...kinds.keys()].sort()).toEqual(['compose', 'fetch', 'run', 'write']);
        expect(kinds.get('fetch')?.length).toBeGreaterThan(50);
        const crates = (kinds.get('fetch') ?? []).map(([, action]) =>
            action.kind === 'fetch' ? action.source.type : '',
        );
        expect(new Set(crates)).toEqual(new Set(['crate']));
    });
});

describe.skipIf(problem !== '')('ripgrep for Alpine', () => {
    test('differs from Debian in what the overlays say, and in nothing else', async () => {
        const alpine = 'recipes/alpine/ripgrep.rpkg';
        const plan = JSON.parse(await answer(place, ['plan', '--locked', alpine])) as Plan;
        expect(plan.layers.map(({ name }) => name)).toEqual(['ripgrep', 'alpine']);
        const { exit, out } = await rpkg(place, ['diff', '--json', recipe, alpine]);
        expect(exit).toBe(1);
        const diff = JSON.parse(out) as Diff;
        const places = new Set(diff.causes.map(({ layer }) => layer));
        expect([...places].sort()).toEqual(['alpine', 'debian', 'ripgrep']);
        const optimisation = diff.causes.filter(({ field }) => field === 'profile-release.opt-level');
        expect(optimisation.map(({ after, because }) => `${after ?? ''}: ${because ?? ''}`)).toEqual([
            's: small packages',
            '3: searching is what this package is for',
        ]);
        expect(diff.actions.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
            'changed build',
            'changed config',
            'changed step.completions',
            'changed step.manual',
            'changed test.version',
        ]);
        const text = await rpkg(place, ['diff', recipe, alpine]);
        expect(text.out).toContain('recipes/alpine/policy.rpkg:');
        expect(text.out).toContain('5 actions have to run again');
    });
});

interface Diff {
    readonly causes: readonly {
        readonly field: string;
        readonly layer: string;
        readonly after?: string;
        readonly because?: string;
    }[];
    readonly actions: readonly { readonly id: string; readonly kind: string }[];
}
