// What the recipe says → settings of the build system, and the file that holds them. Which settings a release has, and what
// they may be, `compiler/rustc` knows.
import type { Place } from '../../lang/source.ts';
import { checkConfig } from '../rustc/check-config.ts';
import type { RustcProblem } from '../rustc/problem.ts';
import type { Release } from '../rustc/release.ts';
import { schemaOf } from '../rustc/schema.ts';
import { isRecord } from '../rustc/setting-types.ts';
import type { Settings } from '../rustc/settings.ts';
import { configFileName, quietChanges, writeConfig } from '../rustc/write-config.ts';
import { type Evaluated, type Field, boolOf, labelsOf, listOf, numberOf, textOf } from '../value.ts';
import type { Lowering } from './context.ts';
import { configProblem, doubleSetting } from './rustc-errors.ts';
import { extensionsOf } from './rustc-extensions.ts';
import { testSuites } from './rustc-tests.ts';
import { type Checked, block, fieldOf, llvmConfig, rustcPlaces, triplesFor } from './rustc-fields.ts';

/** One setting: where it goes, what it is, and the fields of the recipe that it comes from. */
interface Wish {
    /** `['rust', 'lld']`, `['target', 'x86_64-unknown-linux-gnu', 'cc']` */
    readonly path: readonly string[];
    readonly value: string | number | boolean | readonly string[] | undefined;
    readonly fields: readonly string[];
    /** Set only where the release has such a setting: what it protects from does not exist elsewhere. */
    readonly ifKnown?: true;
    /** Gives way to what the recipe says of the setting itself: the release then has its say. */
    readonly yields?: true;
}

/** Adds `config`. Gives the path of the file in the sandbox. */
export function addConfig(lowering: Lowering, release: Release): string {
    const { settings, fields } = checkedSettings(lowering, release);
    const name = configFileName(release);
    lowering.actions.set('config', { kind: 'write', files: { [name]: { text: writeConfig(release, settings) } } });
    lowering.trace.note(['actions', 'config', 'files', name, 'text'], fields);
    return `${rustcPlaces.config}/${name}`;
}

/** All settings, and the fields that they come from; what the release would not read is reported. */
export function checkedSettings(
    checked: Checked,
    release: Release,
): { readonly settings: Settings; readonly fields: readonly string[] } {
    const wishes = wishesOf(checked, release);
    const decided = { ...quietChanges(release), ...nested(wishes) };
    const own = ownSettings(checked, decided);
    const settings = merged(decided, own.settings);
    report(checked, wishes, own.fields, checkConfig(release, settings, extensionsOf(checked.evaluated)));
    const fields = [...wishes.flatMap((wish) => wish.fields), ...[...own.fields.values()].map(({ key }) => key)];
    return { settings, fields: [...new Set(['version', ...fields])] };
}

function wishesOf(lowering: Checked, release: Release): readonly Wish[] {
    const schema = schemaOf(release);
    // A key that only one of two neighbours has is left away: a release that does not know it would stop.
    const isKnown = ({ path }: Wish): boolean => {
        const state = schema.get(path.length === 3 ? `${path[0] ?? ''}.*.${path[2] ?? ''}` : path.join('.'));
        return state?.kind === 'known' || (state?.before !== undefined && state.after !== undefined);
    };
    const { evaluated } = lowering;
    return [
        ...generalWishes(evaluated),
        ...firstStageWishes(),
        ...offlineWishes(),
        ...llvmWishes(lowering),
        ...installWishes(evaluated),
        ...targetWishes(evaluated),
        ...descriptionWish(evaluated, schema.has('build.description')),
        ...testWishes(evaluated),
    ].filter(
        (wish) =>
            wish.value !== undefined &&
            (wish.ifKnown !== true || isKnown(wish)) &&
            (wish.yields !== true || !isSaid(evaluated, wish.path)),
    );
}

function generalWishes(evaluated: Evaluated): readonly Wish[] {
    const { root } = evaluated;
    const { build, host, targets } = triplesFor(evaluated);
    const tools = textOf(root, 'goal') === 'library' ? [] : listOf(root, 'tools');
    return [
        { path: ['build', 'build'], value: build, fields: [] },
        { path: ['build', 'host'], value: [host], fields: [] },
        { path: ['build', 'target'], value: targets, fields: ['targets'] },
        { path: ['build', 'build-dir'], value: rustcPlaces.bootstrap, fields: [] },
        { path: ['build', 'docs'], value: boolOf(root, 'docs') ?? false, fields: ['docs'] },
        { path: ['build', 'extended'], value: tools.length > 0, fields: ['tools'] },
        ...(tools.length === 0 ? [] : [{ path: ['build', 'tools'], value: tools, fields: ['tools'] }]),
        { path: ['rust', 'channel'], value: textOf(root, 'channel') ?? 'stable', fields: ['channel'] },
        // Otherwise the compiler at hand counts as the release before, which the library is not for.
        ...(textOf(root, 'goal') === 'library'
            ? [{ path: ['build', 'local-rebuild'], value: true, fields: ['goal'] }]
            : []),
    ];
}

function firstStageWishes(): readonly Wish[] {
    return [
        { path: ['build', 'rustc'], value: `${rustcPlaces.stage0}/bin/rustc`, fields: ['bootstrap.from'] },
        { path: ['build', 'cargo'], value: `${rustcPlaces.stage0}/bin/cargo`, fields: ['bootstrap.from'] },
    ];
}

/** The sources are all there is: nothing is fetched, nothing is asked of git. */
function offlineWishes(): readonly Wish[] {
    const never: readonly (readonly [string, string])[] = [
        ['build', 'submodules'],
        ['gcc', 'download-ci-gcc'],
        ['llvm', 'download-ci-llvm'],
        ['rust', 'download-rustc'],
    ];
    return [
        { path: ['build', 'vendor'], value: true, fields: [] },
        { path: ['build', 'locked-deps'], value: true, fields: ['vendor.lock-policy'] },
        ...never.map((path): Wish => ({ path, value: false, fields: [], ifKnown: true })),
        { path: ['rust', 'omit-git-hash'], value: true, fields: [], ifKnown: true },
        { path: ['rust', 'ignore-git'], value: true, fields: [], ifKnown: true },
    ];
}

/** A system's LLVM brings no sources: what would be built of them is left out. */
function llvmWishes({ evaluated, environment }: Checked): readonly Wish[] {
    const llvm = block(evaluated, 'llvm');
    const config = llvmConfig(evaluated);
    const fields = ['llvm.link', 'llvm.config'];
    if (config === undefined) {
        const targets = listOf(llvm, 'targets');
        return targets.length === 0
            ? []
            : [{ path: ['llvm', 'targets'], value: targets.join(';'), fields: ['llvm.targets'] }];
    }
    const { build, host, targets } = triplesFor(evaluated);
    const program = environment.tools[config]?.path ?? config;
    return [
        ...[...new Set([build, host, ...targets])].map(
            (triple): Wish => ({
                path: ['target', triple, 'llvm-config'],
                value: program,
                fields,
            }),
        ),
        { path: ['llvm', 'link-shared'], value: textOf(llvm, 'link') === 'system-dynamic', fields: ['llvm.link'] },
        { path: ['rust', 'lld'], value: false, fields: ['llvm.link'], ifKnown: true, yields: true },
        {
            path: ['build', 'optimized-compiler-builtins'],
            value: false,
            fields: ['llvm.link'],
            ifKnown: true,
            yields: true,
        },
    ];
}

function installWishes(evaluated: Evaluated): readonly Wish[] {
    const install = block(evaluated, 'install');
    const folders = ['prefix', 'bindir', 'libdir', 'datadir', 'mandir', 'docdir', 'sysconfdir'].map(
        (name): Wish => ({
            path: ['install', name],
            value: textOf(install, name),
            fields: [`install.${name}`],
        }),
    );
    return [
        ...folders,
        { path: ['rust', 'rpath'], value: boolOf(install, 'rpath') ?? true, fields: ['install.rpath'] },
    ];
}

const programs = ['cc', 'cxx', 'ar', 'ranlib', 'linker'];

function targetWishes({ root }: Evaluated): readonly Wish[] {
    return [...labelsOf(root, 'target')].flatMap(([triple, group]) =>
        programs.map(
            (name): Wish => ({
                path: ['target', triple, name],
                value: textOf(group, name),
                fields: [`target.${triple}.${name}`],
            }),
        ),
    );
}

/** Tests are told by name, so that one that passes although it may fail is seen. */
function testWishes(evaluated: Evaluated): readonly Wish[] {
    const value = testSuites(evaluated).length > 0 ? true : undefined;
    return [{ path: ['rust', 'verbose-tests'], value, fields: ['tests.suites'], yields: true }];
}

/** What the compiler says of itself goes into names of files and symbols of whatever it compiles, so the salt is in it. */
function descriptionWish({ root }: Evaluated, inBuild: boolean): readonly Wish[] {
    const words = [textOf(root, 'description'), textOf(root, 'salt')].filter((word) => word !== undefined);
    const value = words.length === 0 ? undefined : words.join(' ');
    return [{ path: [inBuild ? 'build' : 'rust', 'description'], value, fields: ['description', 'salt'] }];
}

/** How often the compiler is built. */
export function stageOf(evaluated: Evaluated): number {
    return numberOf(block(evaluated, 'bootstrap'), 'stage') ?? 2;
}

function nested(wishes: readonly Wish[]): Settings {
    return wishes.reduce<Settings>((all, { path, value }) => withSetting(all, path, value), {});
}

function withSetting(table: Settings, [name = '', ...rest]: readonly string[], value: unknown): Settings {
    if (rest.length === 0) return { ...table, [name]: value };
    const below = table[name];
    return { ...table, [name]: withSetting(isRecord(below) ? below : {}, rest, value) };
}

/** Settings that the recipe names itself; those that a field of the recipe decides are refused. */
function ownSettings(
    { evaluated, diagnostics }: Checked,
    decided: Settings,
): { readonly settings: readonly Wish[]; readonly fields: ReadonlyMap<string, Field> } {
    const fields = new Map<string, Field>();
    const settings: Wish[] = [];
    for (const [section, group] of labelsOf(evaluated.root, 'config')) {
        for (const [name, field] of group.fields) {
            const path = [...sectionPath(section), name];
            fields.set(path.join('.'), field);
            if (path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), decided) !== undefined)
                diagnostics.push(doubleSetting(path.join('.'), field.place));
            settings.push({ path, value: field.value, fields: [field.key] });
        }
    }
    return { settings, fields };
}

function isSaid({ root }: Evaluated, path: readonly string[]): boolean {
    const name = path.at(-1) ?? '';
    return labelsOf(root, 'config').get(path.slice(0, -1).join('.'))?.fields.has(name) === true;
}

/** `target.TRIPLE` is a table in a table; triples may have dots. */
function sectionPath(section: string): readonly string[] {
    return section.startsWith('target.') ? ['target', section.slice('target.'.length)] : section.split('.');
}

function merged(settings: Settings, own: readonly Wish[]): Settings {
    return own.reduce((all, { path, value }) => withSetting(all, path, value), settings);
}

function report(
    { evaluated, diagnostics }: Checked,
    wishes: readonly Wish[],
    own: ReadonlyMap<string, Field>,
    problems: readonly RustcProblem[],
): void {
    for (const problem of problems) {
        const wish = wishes.find(({ path }) => path.join('.') === problem.key);
        const place: Place | undefined =
            own.get(problem.key ?? '')?.place ??
            wish?.fields.flatMap((key) => evaluated.fields.get(key)?.place ?? [])[0] ??
            fieldOf(evaluated, 'bootstrap', 'from')?.place ??
            evaluated.root.place;
        diagnostics.push(configProblem(problem, place));
    }
}
