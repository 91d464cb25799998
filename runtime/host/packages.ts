// Which packages of the distribution own a file. One row per package manager; the first whose database is there is asked.
import { existsSync } from 'node:fs';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { findProgram, sandboxFolders } from './programs.ts';
import { runProgram } from './run-program.ts';

type Packages = Readonly<Record<string, string>>;

interface Manager {
    readonly name: string;
    /** A change of this file or folder means that packages came, went or changed. */
    readonly database: string;
    readonly ask: (paths: readonly string[]) => Promise<[name: string, version: string][]>;
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
    const found = await manager.ask([...new Set(paths.flatMap(spellings))].sort(compareBytes));
    return Object.fromEntries(found.sort(([a], [b]) => compareBytes(a, b)));
}

/** Where /bin is a link to /usr/bin, databases still hold either spelling. */
function spellings(path: string): string[] {
    return /^\/usr\/(?:bin|sbin|lib\w*)\//.test(path) ? [path, path.slice('/usr'.length)] : [path];
}

async function askDpkg(paths: readonly string[]): Promise<[string, string][]> {
    const owners = await ask('dpkg-query', ['--search', ...paths.map((path) => path.replaceAll(/[*?[\]\\]/g, '\\$&'))]);
    const names = owners
        .filter((line) => !line.startsWith('diversion by '))
        .flatMap((line) => line.slice(0, line.lastIndexOf(': ')).split(', '));
    if (names.length === 0) return [];
    const rows = await ask('dpkg-query', ['--show', '--showformat', '${Package} ${Version}\\n', ...new Set(names)]);
    return rows.flatMap((row) => pair(/^(\S+) (\S+)$/.exec(row)));
}

async function askApk(paths: readonly string[]): Promise<[string, string][]> {
    const rows = await ask('apk', ['info', '--who-owns', ...paths]);
    return rows.flatMap((row) => pair(/ is owned by (\S+?)-(\d[^\s-]*-r\d+)$/.exec(row)));
}

async function askPacman(paths: readonly string[]): Promise<[string, string][]> {
    const rows = await ask('pacman', ['--query', '--owns', ...paths]);
    return rows.flatMap((row) => pair(/ is owned by (\S+) (\S+)$/.exec(row)));
}

async function askRpm(paths: readonly string[]): Promise<[string, string][]> {
    const rows = await ask('rpm', ['--query', '--queryformat', '%{NAME} %{EVR}\\n', '--file', ...paths]);
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
