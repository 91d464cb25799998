// `library NAME { … }` blocks: which libraries of the workspace are built and installed, under which names.
import { type Closures, closuresOf } from '../cargo/native-links.ts';
import { crateName } from '../cargo/package.ts';
import type { Unit, UnitGraph } from '../cargo/unit.ts';
import { sharedLibrary, type UnitName } from '../cargo/unit-names.ts';
import { compareBytes } from '../plan/bytes.ts';
import type { TreeRef } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { type Evaluated, type Group, labelsOf, listOf, textOf } from '../value.ts';
import { blocks, type Lowering, prefixOf } from './context.ts';
import { badFileName, unmatchedLibrary } from './errors.ts';
import { unitPlaces } from './unit-places.ts';

/** A library that is installed, and the unit that makes it. */
export interface InstalledLibrary {
    readonly label: string;
    readonly group: Group;
    readonly unit: number;
}

/** The blocks with their units; one that names no library of what is built is an error. */
export function installedLibraries(lowering: Lowering, graph: UnitGraph): readonly InstalledLibrary[] {
    return blocks(lowering, 'library').flatMap(([label, group]) => {
        const unit = graph.roots.find((root) => isNamed(graph.units[root], label));
        if (unit !== undefined) return checkedNames(lowering, group) ? [{ label, group, unit }] : [];
        const place = group.place ?? group.fields.values().next().value?.place;
        const known = graph.roots.flatMap((root) => {
            const there = graph.units[root];
            return there?.target.kind === 'lib' ? [there.target.name] : [];
        });
        if (place !== undefined) lowering.diagnostics.push(unmatchedLibrary(label, known, place));
        return [];
    });
}

/** Whether the recipe installs libraries, so that they have to be built. */
export function wantsLibraries({ root }: Evaluated): boolean {
    return labelsOf(root, 'library').size > 0;
}

function isNamed(unit: Unit | undefined, label: string): boolean {
    return unit?.target.kind === 'lib' && crateName(unit.target) === label.replaceAll('-', '_');
}

const nameFields = ['soname', 'file'] as const;

/** All of them are names of files in one folder. */
function checkedNames({ diagnostics }: Lowering, group: Group): boolean {
    const bad = [...nameFields, 'links'].flatMap((field) => {
        const place = group.fields.get(field)?.place;
        const one = textOf(group, field);
        const names = one === undefined ? listOf(group, field) : [one];
        return place === undefined ? [] : names.filter((name) => !isFileName(name)).map((name) => ({ name, place }));
    });
    diagnostics.push(...bad.map(({ name, place }) => badFileName(name, place)));
    return bad.length === 0;
}

function isFileName(name: string): boolean {
    return /^[^/\s,]+$/.test(name) && name !== '.' && name !== '..';
}

/**
 * Flags of rustc for a library that is installed: the name of a shared one. One for Rust programs must not have the standard
 * library in it, which they bring, too; Cargo does that only for what other packages of the build need.
 */
export function libraryFlags(library: InstalledLibrary, graph: UnitGraph): readonly string[] {
    const soname = textOf(library.group, 'soname');
    return [
        ...(wantedKinds(library, graph).includes('dylib') ? ['-Cprefer-dynamic'] : []),
        ...(soname === undefined ? [] : [`-Clink-arg=-Wl,-soname,${soname}`]),
    ];
}

/** Trees with the files that the commands of `libraryLines` copy. */
export function libraryTrees(
    libraries: readonly InstalledLibrary[],
    graph: UnitGraph,
    names: readonly UnitName[],
): readonly TreeRef[] {
    const closures = closuresOf(graph);
    const units = libraries.flatMap((library) => [library.unit, ...cratesBelow(closures, graph, library)]);
    return [...new Set(units)].map((unit) => `${names[unit]?.id ?? ''}#lib`);
}

/** Commands that copy the libraries. */
export function libraryLines(
    lowering: Lowering,
    libraries: readonly InstalledLibrary[],
    graph: UnitGraph,
    names: readonly UnitName[],
): readonly string[] {
    const install = lowering.evaluated.root.groups.get('install');
    const prefix = prefixOf(lowering);
    const libdir = (install === undefined ? undefined : textOf(install, 'libdir')) ?? 'lib';
    const closures = closuresOf(graph);
    return libraries.flatMap((library) => {
        const folder = `"$OUT"${shellWord(`${prefix}/${textOf(library.group, 'folder') ?? libdir}`)}`;
        const wanted = wantedKinds(library, graph);
        const own = wanted.flatMap((kind) => copyOf(library, kind, graph, names, folder));
        // Who compiles against a crate needs the crates below it.
        const below = wanted.some((kind) => kind === 'rlib' || kind === 'dylib')
            ? cratesBelow(closures, graph, library).map((unit) => names[unit]?.file ?? '')
            : [];
        return [`mkdir -p ${folder}`, ...own, ...below.sort(compareBytes).map((one) => installLine(one, folder, one))];
    });
}

type LibraryKind = 'rlib' | 'dylib' | 'cdylib' | 'staticlib';

/** What the manifest says that it is, or the part of it that is asked for. */
function wantedKinds({ group, unit }: InstalledLibrary, graph: UnitGraph): readonly LibraryKind[] {
    const types = graph.units[unit]?.target.crateTypes ?? [];
    const made = [...new Set(types.map((type) => (type === 'lib' ? 'rlib' : type)))] as LibraryKind[];
    const asked = listOf(group, 'kinds');
    return asked.length === 0 ? made : made.filter((kind) => asked.includes(kind));
}

function copyOf(
    { group, unit: index }: InstalledLibrary,
    kind: LibraryKind,
    graph: UnitGraph,
    names: readonly UnitName[],
    folder: string,
): readonly string[] {
    const unit = graph.units[index];
    const name = names[index];
    if (unit === undefined || name === undefined) return [];
    const crate = crateName(unit.target);
    const ending = { rlib: 'rlib', dylib: 'so', cdylib: 'so', staticlib: 'a' }[kind];
    const file = (stem: string): string => (ending === 'so' ? sharedLibrary(unit, stem) : `lib${stem}.${ending}`);
    const from = file(`${crate}${name.suffix}`);
    // What C sees has the plain name: the hash is for rustc.
    const plain = kind === 'rlib' || kind === 'dylib' ? from : file(crate);
    if (ending !== 'so') return [installLine(from, folder, plain)];
    const soname = textOf(group, 'soname');
    const installed = textOf(group, 'file') ?? soname ?? plain;
    const links = [...new Set([...(soname === undefined ? [] : [soname]), ...listOf(group, 'links')])];
    return [
        installLine(from, folder, installed),
        ...links
            .filter((link) => link !== installed)
            .map((link) => `ln -s ${shellWord(installed)} ${folder}/${shellWord(link)}`),
    ];
}

function installLine(from: string, folder: string, to: string): string {
    return `install -m 644 ${shellWord(`${unitPlaces.link}/${from}`)} ${folder}/${shellWord(to)}`;
}

/** All crates that are reached from a library; what proc macros are made of is in them. */
function cratesBelow(closures: Closures, graph: UnitGraph, { unit }: InstalledLibrary): readonly number[] {
    const found = new Set<number>();
    const waiting = [unit];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
        if (graph.units[index]?.target.kind === 'proc-macro') continue;
        for (const { unit: next } of closures.externs(index)) {
            if (found.has(next)) continue;
            found.add(next);
            waiting.push(next);
        }
    }
    return [...found];
}
