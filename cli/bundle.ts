// Builds `dist/rpkg.cjs`, the one file that users run, and fills its compile cache: start-up is part of the product.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
// CommonJS starts some milliseconds sooner than a module, because Node then needs no asynchronous loader.
await build({
    entryPoints: [join(root, 'cli/main.ts')],
    outfile: join(dist, 'rpkg.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
});
// The first runs write what V8 compiled; later ones, also those of users who may not write here, read it.
for (const args of [['--version'], ['--help'], ['doctor', '--json']]) {
    spawnSync(process.execPath, [join(dist, 'rpkg.cjs'), ...args], {
        stdio: 'ignore',
        env: { ...process.env, NODE_COMPILE_CACHE: join(dist, 'cache') },
    });
}
