// Which packages of the distribution own a file. One row per package manager; the first whose database is there is asked.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { findProgram, sandboxFolders } from './programs.ts';
import { runProgram } from './run-program.ts';

type Packages = Readonly<Record<string, string>>;

/** The paths that may stand for one file in a database. */
type Spellings = readonly string[];

interface Manager {
    readonly name: string;
    /** A change of this file or folder means that packages came, went or changed. */
    readonly database: string;
    /** Each file with all its spellings. */
    readonly ask: (files: readonly Spellings[]) => Promise<[name: string, version: string][]>;
}

const managers: readonly Manager[] = [
    { name: 'dpkg', database: '/var/lib/dpkg/status', ask: askDpkg },
    { name: 'apk', database: '/lib/apk/db/installed', ask: askApk },
    { name: 'pacman', database: '/var/lib/pacman/local', ask: askPacman },
    { name: 'rpm', database: '/var/lib/rpm/rpmdb.sqlite', ask: askRpm },
    { name: 'rpm', database: '/usr/lib/sysimage/rpm/rpmdb.sqlite', ask: askRpm },
];

/** Packages that own the files, and the database that said so; nothing when no manager knows them. */
export async function packagesOf(paths: readonly string[], look: (path: string) => void): Promise<Packages> {
    const manager = managers.find(({ database }) => existsSync(database));
    if (manager === undefined || paths.length === 0) return {};
    look(manager.database);
    const found = await manager.ask([...new Set(paths)].sort(compareBytes).map(spellings));
    return Object.fromEntries(found.sort(([a], [b]) => compareBytes(a, b)));
}

/** Where /bin is a link to /usr/bin, databases still hold either spelling. */
function spellings(path: string): Spellings {
    return /^\/usr\/(?:bin|sbin|lib\w*)\//.test(path) ? [path, path.slice('/usr'.length)] : [path];
}

async function askDpkg(files: readonly Spellings[]): Promise<[string, string][]> {
    const named = files.map(namesake);
    const others = files.filter((_, index) => named[index] === undefined).flat();
    const names = [...named.filter((name) => name !== undefined), ...(await searchDpkg(others))];
    if (names.length === 0) return [];
    const rows = await ask('dpkg-query', ['--show', '--showformat', '${Package} ${Version}\\n', ...new Set(names)]);
    return rows.flatMap((row) => pair(/^(\S+) (\S+)$/.exec(row)));
}

/** Reads the lists of all packages that are installed, which takes a while. */
async function searchDpkg(paths: readonly string[]): Promise<readonly string[]> {
    if (paths.length === 0) return [];
    const owners = await ask('dpkg-query', ['--search', ...paths.map((path) => path.replaceAll(/[*?[\]\\]/g, '\\$&'))]);
    return owners
        .filter((line) => !line.startsWith('diversion by '))
        .flatMap((line) => line.slice(0, line.lastIndexOf(': ')).split(', '));
}

/** The package that is called like the program, when that is the one that owns it: only its own list has to be read. */
function namesake(file: Spellings): string | undefined {
    const name = basename(file[0] ?? '');
    const list = `/var/lib/dpkg/info/${name}.list`;
    if (!existsSync(list)) return undefined;
    const lines = new Set(readFileSync(list, 'utf8').split('\n'));
    return file.some((path) => lines.has(path)) ? name : undefined;
}

async function askApk(files: readonly Spellings[]): Promise<[string, string][]> {
    const rows = await ask('apk', ['info', '--who-owns', ...files.flat()]);
    return rows.flatMap((row) => pair(/ is owned by (\S+?)-(\d[^\s-]*-r\d+)$/.exec(row)));
}

async function askPacman(files: readonly Spellings[]): Promise<[string, string][]> {
    const rows = await ask('pacman', ['--query', '--owns', ...files.flat()]);
    return rows.flatMap((row) => pair(/ is owned by (\S+) (\S+)$/.exec(row)));
}

async function askRpm(files: readonly Spellings[]): Promise<[string, string][]> {
    const rows = await ask('rpm', ['--query', '--queryformat', '%{NAME} %{EVR}\\n', '--file', ...files.flat()]);
    return rows.flatMap((row) => pair(/^(\S+) (\S+)$/.exec(row)));
}

/** Lines of its answer. Managers give a bad exit code when one of many files has no owner, so that says nothing. */
async function ask(name: string, args: readonly string[]): Promise<string[]> {
    const program = findProgram(name, sandboxFolders);
    if (program === undefined) return [];
    const environment = { PATH: sandboxFolders.join(':'), LC_ALL: 'C' };
    const { stdout } = await runProgram({ program, args, cwd: '/', environment, timeoutMs: 30_000 });
    return stdout
        .toString()
        .split('\n')
        .filter((line) => line !== '');
}

function pair(match: RegExpExecArray | null): [string, string][] {
    const [, name, version] = match ?? [];
    return name === undefined || version === undefined ? [] : [[name, version]];
}
