// Real applications on driver `rustc`: the same bytes as root and as an ordinary user, in different folders, with one job and
// with four, and from the Makefile and the script that rpkg wrote, which run where neither rpkg, Node nor any cargo is to be
// found. Not even the toolchain holds a cargo.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../compiler/plan/plan.ts';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { freshFolder } from '../support/fresh-folder.ts';
import { isRoot } from '../support/ordinary-user.ts';
import { rustAlone } from '../support/rust-alone.ts';
import { give, giveCrates, makeUser } from '../support/user.ts';
import {
    answer,
    buildOne,
    expectCleanStore,
    type Place,
    placeIn,
    type RunOptions,
    systemPath,
} from '../support/whole.ts';
import { buildEmitted, expectSameTree, importedDigest } from '../whole/emitted.ts';
import { cargoHome, network, withCargo, withRecipes } from './application-place.ts';

interface Application {
    readonly name: string;
    readonly program: string;
    readonly options?: readonly string[];
}

const applications: readonly Application[] = [
    { name: 'just', program: 'just' },
    { name: 'ripgrep', program: 'rg', options: ['--option', 'without-cargo=true'] },
    { name: 'cargo', program: 'cargo' },
];

const shared = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-heavy-'));
let rust: string;

beforeAll(() => {
    // Its libraries are shown to ordinary users too.
    fs.chmodSync(shared, 0o755);
    rust = rustAlone(path.join(shared, 'rust'));
});
afterAll(() => deleteTree(shared));

interface Builder {
    readonly place: Place;
    readonly options: RunOptions;
}

/** Whoever runs the tests. */
function ourselves(): Builder {
    const place = withRecipes(placeIn(freshFolder()), 'here');
    const env = { ...network, ...place.env, CARGO_HOME: cargoHome, PATH: `${rust}/bin:${systemPath}` };
    return { place: { ...place, env: env }, options: {} };
}

/** An ordinary user where root can make one; else a second home, store and folder. */
function somebodyElse(): Builder {
    if (!isRoot) {
        const { place } = ourselves();
        return { place: withRecipes(place, 'a/deeper folder'), options: {} };
    }
    const user = makeUser(freshFolder(), rust);
    const place = withRecipes(user.place, 'a/deeper folder');
    give(path.dirname(user.place.folder), user.id);
    giveCrates(user, cargoHome);
    return { place, options: { through: user.through } };
}

test.each(applications)('$name: everybody gets the same bytes', async ({ name, program, options: more = [] }) => {
    const one = ourselves();
    const recipe = [`${name}.rpkg`, ...more];
    // Only bringing crates may ask a cargo.
    await answer(one.place, ['fetch', '-q', '--locked', ...recipe], { env: withCargo(rust) });
    // Only now: an ordinary user is given the crates that have been fetched.
    const other = somebodyElse();
    const build = ({ place, options }: Builder, jobs: number): ReturnType<typeof buildOne> =>
        buildOne(place, ['--offline', '--locked', '--jobs', String(jobs), ...recipe], options);
    // All at once: for much of the time each of them has work for one processor only.
    const [built, builtByOther, ...emitted] = await Promise.all([
        build(one, 1),
        build(other, 4),
        ...(['make', 'sh'] as const).map((format) => buildEmitted(one.place, format, `${name}.rpkg`, {}, more)),
    ]);
    expect(builtByOther).toMatchObject({ digest: built.digest, execution: built.execution });
    for (const result of emitted) {
        await expectSameTree(one.place, result, built.path);
        expect(await importedDigest(one.place, result)).toBe(built.digest);
    }
    await expectCleanStore(one.place);
    await expectCleanStore(other.place, other.options);
    const { actions } = JSON.parse(await answer(one.place, ['plan', '--locked', ...recipe])) as Plan;
    const units = Object.keys(actions).filter((id) => id.startsWith('unit.')).length;
    console.log(`${name}: ${units} units, ${built.digest}`);
    console.log(`${name}: ${program} sha256:${fileHash(`${built.path}/usr/bin/${program}`)}`);
});

function fileHash(file: string): string {
    return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}
