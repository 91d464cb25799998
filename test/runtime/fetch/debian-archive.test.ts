// Files of Debian's archive, from mirrors that a configuration of apt names. The mirrors are servers on the loopback address.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Source } from '../../../compiler/plan/plan.ts';
import type { FetchContext } from '../../../runtime/fetch/context.ts';
import { fetchSource } from '../../../runtime/fetch/fetch.ts';
import { body, serve } from './server.ts';
import { failureOf, filesOf, openWorkbench, valueOf, type Workbench } from './workbench.ts';

let bench: Workbench;

beforeAll(async () => {
    bench = await openWorkbench();
});
afterAll(() => bench[Symbol.asyncDispose]());

function sourceOf(text: string): Source {
    const hash = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    return { type: 'file', urls: ['debian:///pool/main/h/hello/hello_1+b.txt'], hash, name: 'x', executable: false };
}

/** A fetch whose apt knows these mirrors only. */
function contextWith(mirrors: readonly string[]): FetchContext {
    const list = join(bench.folder, 'sources.list');
    writeFileSync(list, mirrors.map((mirror) => `deb [trusted=yes] ${mirror} stable main\n`).join(''));
    const config = join(bench.folder, 'apt.conf');
    const folder = join(bench.folder, 'apt');
    writeFileSync(
        config,
        `Dir::Etc::SourceList "${list}";\nDir::Etc::SourceParts "/dev/null";\nDir::State::Lists "${folder}";\n`,
    );
    return bench.context({ environment: { ...process.env, APT_CONFIG: config } });
}

test('come from the first mirror that has them', async () => {
    await using first = await serve({});
    await using second = await serve({ '/debian/pool/main/h/hello/hello_1+b.txt': body('one') });
    const context = contextWith([`${first.origin}/debian`, `${second.origin}/debian`]);
    const tree = valueOf(await fetchSource(sourceOf('one'), context));
    expect(filesOf(bench.store, tree)).toEqual({ x: 'one' });
    expect(first.asked).toEqual(['/debian/pool/main/h/hello/hello_1+b.txt']);
});

test('with other bytes are refused', async () => {
    await using server = await serve({ '/debian/pool/main/h/hello/hello_1+b.txt': body('evil') });
    const failure = failureOf(await fetchSource(sourceOf('two'), contextWith([`${server.origin}/debian`])));
    expect(failure).toMatchObject({ kind: 'hash-mismatch' });
});

test('cannot be had without a mirror, and offline nothing is asked', async () => {
    const context = contextWith([]);
    expect(failureOf(await fetchSource(sourceOf('three'), context))).toEqual({
        kind: 'unreachable',
        what: 'the Debian archive',
        cause: 'apt-get names no mirror: it has no source',
    });
    const offline = failureOf(await fetchSource(sourceOf('three'), { ...context, offline: true }));
    expect(offline).toEqual({ kind: 'offline', what: 'debian:///pool/main/h/hello/hello_1+b.txt' });
});
