// Builds `dist/rpkg.mjs`, the one file that users run, and fills its compile cache: start-up is part of the product.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
await build({
    entryPoints: [join(root, 'cli/main.ts')],
    outfile: join(dist, 'rpkg.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
    // Some libraries are CommonJS and ask for Node's own modules with `require`.
    banner: { js: "import{createRequire as rpkgRequire}from'node:module';const require=rpkgRequire(import.meta.url);" },
});
// The first runs write what V8 compiled; later ones, also those of users who may not write here, read it.
for (const args of [['--version'], ['--help'], ['doctor', '--json']]) {
    spawnSync(process.execPath, [join(dist, 'rpkg.mjs'), ...args], {
        stdio: 'ignore',
        env: { ...process.env, NODE_COMPILE_CACHE: join(dist, 'cache') },
    });
}
