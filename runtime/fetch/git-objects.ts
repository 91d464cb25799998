// Content of a commit by git's plumbing: `ls-tree` for names, `cat-file` for bytes. Neither looks at attributes, so no
// filter, line-ending conversion, `export-ignore` or `export-subst` can change what is read.
import { spawn } from 'node:child_process';
import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { refuse } from '../store/guard.ts';
import { complaint, type Git, gitArguments, runGit } from './git-program.ts';

export interface GitEntry {
    readonly path: string;
    readonly kind: 'file' | 'program' | 'link' | 'submodule';
    readonly object: string;
}

/** Everything in the commit's tree, in git's order. */
export async function listCommit(git: Git, commit: string, what: string): Promise<readonly GitEntry[]> {
    const listed = await runGit(git, ['ls-tree', '-r', '-z', '--full-tree', commit]);
    if (listed.exitCode !== 0) return refuse({ kind: 'unreachable', what, cause: complaint(listed) });
    if (!isUtf8(listed.stdout)) {
        return refuse({ kind: 'bad-tree', what, rule: 'name', entry: '', detail: 'a name that is not UTF-8' });
    }
    return listed.stdout
        .toString()
        .split('\0')
        .filter((line) => line !== '')
        .map((line) => parseEntry(line, what));
}

function parseEntry(line: string, what: string): GitEntry {
    const [, mode = '', object = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    const segments = path.split('/');
    // A checkout would run what such a folder configures.
    if (segments.some((segment) => segment.toLowerCase() === '.git')) {
        return refuse({ kind: 'bad-tree', what, rule: 'path', entry: path, detail: 'a repository inside the tree' });
    }
    switch (mode.slice(0, 3)) {
        case '100':
            return { path, object, kind: (Number.parseInt(mode, 8) & 0o111) === 0 ? 'file' : 'program' };
        case '120':
            return { path, object, kind: 'link' };
        case '160':
            return { path, object, kind: 'submodule' };
        default:
            return refuse({ kind: 'bad-tree', what, rule: 'type', entry: path, detail: `an entry of mode ${mode}` });
    }
}

const objectLimit = 1 << 30;

/** Bytes of each object, in the given order. */
export async function* readObjects(git: Git, objects: readonly string[], what: string): AsyncGenerator<Buffer> {
    const child = spawn(git.program, gitArguments(git, ['cat-file', '--batch']), {
        cwd: '/',
        env: git.environment,
        stdio: ['pipe', 'pipe', 'ignore'],
        signal: git.signal,
    });
    const ended = once(child, 'close').catch(() => undefined);
    // Its end is seen as the end of the output; a broken pipe adds nothing to that.
    child.stdin.on('error', () => undefined);
    Readable.from(requests(objects)).pipe(child.stdin);
    const input = bytesOf(child.stdout);
    try {
        for (const object of objects) {
            const header = await input.line();
            const size = Number(/^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1] ?? Number.NaN);
            if (Number.isNaN(size)) refuse({ kind: 'unreachable', what, cause: `git has no content for ${object}` });
            if (size > objectLimit) {
                refuse({ kind: 'bad-tree', what, rule: 'limit', entry: object, detail: `a file of ${size} bytes` });
            }
            const bytes = await input.exactly(size + 1);
            if (bytes.length <= size) refuse({ kind: 'unreachable', what, cause: 'git ended before its answer' });
            yield bytes.subarray(0, size);
        }
    } finally {
        child.kill('SIGKILL');
        await ended;
    }
}

function* requests(objects: readonly string[]): Generator<string> {
    for (let start = 0; start < objects.length; start += 1000) {
        yield objects
            .slice(start, start + 1000)
            .map((object) => `${object}\n`)
            .join('');
    }
}

interface Bytes {
    readonly line: () => Promise<string>;
    readonly exactly: (size: number) => Promise<Buffer>;
}

/** Lines and counted runs of bytes from one stream. Past its end everything is empty. */
function bytesOf(stream: Readable): Bytes {
    const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let rest: Buffer = Buffer.alloc(0);
    const more = async (): Promise<Buffer | undefined> => {
        const next = await chunks.next();
        return next.done === true ? undefined : next.value;
    };
    const exactly = async (size: number): Promise<Buffer> => {
        const parts = [rest];
        let have = rest.length;
        while (have < size) {
            const chunk = await more();
            if (chunk === undefined) break;
            parts.push(chunk);
            have += chunk.length;
        }
        const all = parts.length === 1 ? rest : Buffer.concat(parts);
        rest = all.subarray(size);
        return all.subarray(0, size);
    };
    const line = async (): Promise<string> => {
        for (;;) {
            const end = rest.indexOf(10);
            if (end >= 0) {
                const text = rest.subarray(0, end).toString('latin1');
                rest = rest.subarray(end + 1);
                return text;
            }
            const chunk = await more();
            if (chunk === undefined) return '';
            rest = Buffer.concat([rest, chunk]);
        }
    };
    return { line, exactly };
}
