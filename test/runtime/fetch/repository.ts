// Real git repositories, made with the system's git, and a server for one.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

export interface Repository {
    readonly path: string;
    readonly git: (...args: readonly string[]) => string;
}

export const identity = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
};

/** An empty repository below `scratch`, which no settings of the user reach. */
export function newRepository(scratch: string, ...options: readonly string[]): Repository {
    const path = mkdtempSync(join(scratch, 'repository-'));
    const environment = { ...process.env, ...identity, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
    const git = (...args: readonly string[]): string =>
        execFileSync('git', args, {
            cwd: path,
            env: environment,
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'pipe'],
        }).trim();
    git('init', '--quiet', '--initial-branch=main', ...options);
    return { path, git };
}

/** Commits all that is in the folder and gives the commit. */
export function commit({ git }: Repository): string {
    git('add', '--all', '--force');
    git('commit', '--quiet', '--allow-empty', '--message=x');
    return git('rev-parse', 'HEAD');
}

export function write(repository: Repository, files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(repository.path, path, '..'), { recursive: true });
        writeFileSync(join(repository.path, path), text);
    }
}

/** What `git http-backend` needs of CGI, for one repository. */
function smartServer(repository: Repository): ReturnType<typeof createServer> {
    return createServer((request, response) => {
        const url = new URL(request.url ?? '/', 'http://x');
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
            const { stdout } = spawnSync('git', ['http-backend'], {
                input: Buffer.concat(chunks),
                maxBuffer: 1 << 28,
                env: {
                    ...process.env,
                    GIT_PROJECT_ROOT: repository.path,
                    GIT_HTTP_EXPORT_ALL: '1',
                    GIT_PROTOCOL: [request.headers['git-protocol'] ?? ''].join(),
                    PATH_INFO: url.pathname,
                    QUERY_STRING: url.search.slice(1),
                    REQUEST_METHOD: request.method ?? '',
                    CONTENT_TYPE: request.headers['content-type'] ?? '',
                    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
                },
            });
            const end = stdout.indexOf('\r\n\r\n');
            const headers = stdout
                .subarray(0, end)
                .toString()
                .split('\r\n')
                .map((line) => line.split(': ') as [string, string]);
            const status = Number.parseInt(headers.find(([name]) => name === 'Status')?.[1] ?? '200', 10);
            response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
            response.end(stdout.subarray(end + 4));
        });
    });
}

/** Serves the repository at `ORIGIN/.git` with git's own backend. */
export async function withServer<Value>(
    repository: Repository,
    use: (origin: string) => Promise<Value>,
): Promise<Value> {
    const server = smartServer(repository);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    try {
        return await use(`http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`);
    } finally {
        server.closeAllConnections();
        server.close();
    }
}
