// What happens to the installed tree: bookkeeping of the installer goes, and what the recipe moves, links and removes.
import { listOf, textOf } from '../value.ts';
import { type Lowering, mapOf, places, prefixOf } from './context.ts';
import { foreignFolder, libdirOutside } from './rustc-errors.ts';
import { type Checked, block, fieldOf } from './rustc-fields.ts';

/** Commands after `x.py install`, in the installed prefix. Each of them fails when it would do nothing. */
export function installScript(lowering: Lowering): string {
    const { evaluated } = lowering;
    const install = block(evaluated, 'install');
    const libdir = textOf(install, 'libdir') ?? 'lib';
    const bindir = textOf(install, 'bindir') ?? 'bin';
    return [
        `cd ${quoted(places.out + prefixOf(lowering))}`,
        `rm -f ${libdir}/rustlib/components ${libdir}/rustlib/install.log ${libdir}/rustlib/rust-installer-version \\`,
        `    ${libdir}/rustlib/uninstall.sh ${libdir}/rustlib/manifest-* \\`,
        // Tools lie beside the compiler and are installed a second time; the installer keeps what it replaces.
        `    ${bindir}/*.old`,
        ...pairs(lowering, 'move').flatMap(([from, to]) => [
            // What a pattern stands for goes into a folder, be it one file or many.
            from.includes('*') ? `mkdir -p ${quoted(to)}` : `mkdir -p "$(dirname ${quoted(to)})"`,
            `mv ${patternOf(from)} ${quoted(to)}`,
        ]),
        ...pairs(lowering, 'link').flatMap(([path, to]) => [
            `mkdir -p "$(dirname ${quoted(path)})"`,
            `ln -s ${quoted(to)} ${quoted(path)}`,
        ]),
        ...listOf(install, 'remove')
            .filter((path) => isBelow(lowering, path, 'remove'))
            .map((path) => `rm -r ${patternOf(path)}`),
    ].join('\n');
}

/** Refuses folders that no release can be installed to. */
export function checkInstall(lowering: Checked): void {
    const install = block(lowering.evaluated, 'install');
    const libdir = textOf(install, 'libdir') ?? 'lib';
    const prefix = textOf(install, 'prefix') ?? '/usr';
    if (!libdir.startsWith('/') && !libdir.split('/').includes('..')) return;
    lowering.diagnostics.push(libdirOutside(libdir, prefix, fieldOf(lowering.evaluated, 'install', 'libdir')?.place));
}

function pairs(lowering: Lowering, name: 'move' | 'link'): readonly (readonly [string, string])[] {
    return Object.entries(mapOf(block(lowering.evaluated, 'install'), name)).filter(([path, to]) =>
        [path, ...(name === 'move' ? [to] : [])].every((each) => isBelow(lowering, each, name)),
    );
}

function isBelow({ evaluated, diagnostics }: Lowering, path: string, name: string): boolean {
    const isFine = !path.startsWith('/') && !path.split('/').includes('..') && !/['\n]/.test(path);
    const field = [...evaluated.fields.values()].find(({ key }) => key.startsWith(`install.${name}`));
    if (!isFine) diagnostics.push(foreignFolder(path, field?.place));
    return isFine;
}

function quoted(text: string): string {
    return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** `*` stands for any characters within a name; everything else is literal. */
function patternOf(path: string): string {
    return path
        .split('*')
        .map((part) => (part === '' ? '' : quoted(part)))
        .join('*');
}
