// Plan → one POSIX shell script that does the same without rpkg: one function for each action, the same sandbox, the
// same paths, the same normalised outputs. It needs coreutils, findutils, util-linux, tar, bubblewrap and the plan's tools.
import { compareBytes, sortedEntries } from '../plan/bytes.ts';
import { commandLine, withJobserver } from '../plan/command-line.ts';
import { dependenciesOf, topologicalOrder } from '../plan/graph.ts';
import { own } from '../plan/own.ts';
import type {
    Action,
    ComposeAction,
    FetchAction,
    Mount,
    Plan,
    RunAction,
    SelectAction,
    Source,
    WriteAction,
} from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { sandboxRoot, toolFolders, toolsFolder } from '../plan/sandbox.ts';
import { scriptHead, scriptTail } from './shell-frame.ts';
import { toolVariable, treeFolder } from './shell-names.ts';

/** Id of a fetch action → hex SHA-256 of the tar file that carries its tree, as the export of sources gave it. */
export type SourceArchives = ReadonlyMap<string, string>;

/** The text of `build.sh`. Throws when a fetch action has no archive. */
export function emitShell(plan: Plan, archives: SourceArchives): string {
    const { order } = topologicalOrder(plan);
    const functions = order.map((id, index) => {
        const action = own(plan.actions, id);
        if (action === undefined) throw new Error(`the order names an action that is not there: ${id}`);
        return `# ${id}\naction_${index + 1}() {\n${body(plan, id, action, archives)}}\n`;
    });
    return [scriptHead(plan), ...functions, scriptTail(plan, order)].join('\n');
}

function body(plan: Plan, id: string, action: Action, archives: SourceArchives): string {
    switch (action.kind) {
        case 'fetch':
            return fetchBody(id, action, archives);
        case 'write':
            return writeBody(action);
        case 'compose':
            return needLine(action) + composeBody(action);
        case 'select':
            return needLine(action) + selectBody(action);
        case 'run':
            return needLine(action) + runBody(plan, action);
    }
}

function lines(...all: readonly string[]): string {
    return all.map((line) => `    ${line}\n`).join('');
}

function needLine(action: Action): string {
    const needed = dependenciesOf(action);
    return needed.length === 0 ? '' : lines(`need ${needed.map(shellWord).join(' ')}`);
}

function fetchBody(id: string, { source }: FetchAction, archives: SourceArchives): string {
    const hash = archives.get(id);
    if (hash === undefined) throw new Error(`no archive was made for ${id}`);
    return lines(`unpack ${hash} ${shellWord(originOf(source))}`);
}

/** Where a reader would find the same bytes. */
function originOf(source: Source): string {
    switch (source.type) {
        case 'local':
            return `folder ${source.path}`;
        case 'git':
            return `${source.url} commit ${source.commit}`;
        case 'crate':
            return `crate ${source.name} ${source.version} ${source.hash}`;
        case 'debian':
            return `${source.packages.length} packages of Debian ${source.suite}`;
        case 'image':
            return `${source.path ?? source.urls.join(' ')} ${source.hash}`;
        case 'archive':
        case 'file':
            return `${source.urls.join(' ')} ${source.hash}`;
    }
}

function writeBody({ files }: WriteAction): string {
    const commands = sortedEntries(files).flatMap(([path, { text, executable }]) => [
        ...makeParent(path),
        `printf %s ${shellWord(text)} >"$tmp/out"/${shellWord(path)}`,
        ...(executable === true ? [`chmod 755 "$tmp/out"/${shellWord(path)}`] : []),
    ]);
    return lines(...commands, 'publish out "$tmp/out"');
}

function composeBody({ entries, union }: ComposeAction): string {
    if (union !== undefined) return lines(['unite', ...union.map((tree) => shellWord(treeFolder(tree)))].join(' '));
    const commands = sortedEntries(entries).flatMap(([path, tree]) => [
        ...makeParent(path),
        `cp -RPp "$trees"/${shellWord(treeFolder(tree))} "$tmp/out"/${shellWord(path)}`,
    ]);
    return lines(...commands, 'publish out "$tmp/out"');
}

function selectBody({ tree, without }: SelectAction): string {
    return lines(
        `cp -RPp "$trees"/${shellWord(treeFolder(tree))}/. "$tmp/out"`,
        ...without.map((path) => `take_out ${shellWord(path)}`),
        'publish out "$tmp/out"',
    );
}

function makeParent(path: string): readonly string[] {
    return path.includes('/') ? [`mkdir -p "$tmp/out"/${shellWord(path.slice(0, path.lastIndexOf('/')))}`] : [];
}

function runBody(plan: Plan, action: RunAction): string {
    const mounts = sortedEntries(action.mounts);
    const outputs = sortedEntries(action.outputs);
    const copies = mounts.flatMap(([at, { tree, writable }]) =>
        writable ? [`copy ${shellWord(treeFolder(tree))} ${nameOf(at)}`] : [],
    );
    const fresh = [action.scratch, ...outputs.map(([, at]) => at)].filter((at) => own(action.mounts, at) === undefined);
    const memory = action.limits.memoryBytes;
    const call = [
        `sandbox ${action.limits.timeoutSeconds} ${memory === undefined ? 'unlimited' : Math.floor(memory / 1024)}`,
        ...parentOptions([...mounts.map(([at]) => at), ...fresh]),
        ...mounts.map(([at, mount]) => mountOption(at, mount)),
        ...fresh.map(ownFolderOption),
        ...toolBinds(plan, action),
        ...sortedEntries(action.env).map(([name, value]) => `--setenv ${name} ${grantedWord(value)}`),
        `$world --chdir ${shellWord(action.cwd)}`,
        `-- ${commandLine(action).map(shellWord).join(' ')}`,
    ];
    return (
        lines(
            `grant ${action.limits.weight}`,
            ...copies,
            `fresh ${fresh.map(nameOf).join(' ')}`,
            action.root === undefined ? "root=''" : `root=$trees/${shellWord(treeFolder(action.root))}`,
        ) +
        `    ${call.join(' \\\n        ')}\n` +
        lines(...outputs.map(([name, at]) => `publish ${shellWord(name)} "$tmp"/rpkg/${nameOf(at)} ${shellWord(at)}`))
    );
}

function mountOption(at: string, { tree, writable }: Mount): string {
    return writable ? ownFolderOption(at) : `--ro-bind "$trees"/${shellWord(treeFolder(tree))} ${shellWord(at)}`;
}

/** A folder of the action's own, which it may write to. */
function ownFolderOption(at: string): string {
    return `--bind "$tmp"/rpkg/${nameOf(at)} ${shellWord(at)}`;
}

/** Folders between the sandbox root and places that lie two names below it: those that bubblewrap makes by itself are closed to others. */
function parentOptions(places: readonly string[]): readonly string[] {
    const parents = places.map((at) => at.slice(0, at.lastIndexOf('/'))).filter((parent) => parent !== sandboxRoot);
    return [...new Set(parents)].sort(compareBytes).map((parent) => `--perms 0755 --dir ${shellWord(parent)}`);
}

/** Where a place is below `$tmp/rpkg`. */
function nameOf(at: string): string {
    return shellWord(at.slice(sandboxRoot.length + 1));
}

/** `$(jobs)` becomes what `grant` gave, and there is no jobserver; everything else stays literal. */
function grantedWord(given: string): string {
    const value = withJobserver(given, '');
    if (!value.includes('$(jobs)')) return shellWord(value);
    const parts = value.split('$(jobs)').map((part) => (part === '' ? '' : shellWord(part)));
    return parts.join('"$granted"');
}

/** Each mounted tool once; several tools may share a mount. */
function toolBinds(plan: Plan, action: RunAction): readonly string[] {
    const tools = Object.values(own(plan.environments, action.environment)?.tools ?? {});
    const mounts = [...new Set(tools.flatMap(({ mount }) => (mount === undefined ? [] : [mount])))].sort(compareBytes);
    if (mounts.length === 0) return [];
    // Folders that bubblewrap makes by itself are closed to others.
    const folders = [toolsFolder, ...mounts].map((at) => `--perms 0755 --dir ${shellWord(at)}`);
    const binds = mounts.flatMap((mount) =>
        toolFolders.map((name) => `--ro-bind-try "$${toolVariable(mount)}"/${name} ${shellWord(`${mount}/${name}`)}`),
    );
    return [...folders, ...binds];
}
