// Builds what users run and what V8 makes of it: start-up is part of the product. `dist/rpkg.cjs` holds what a call needs that
// has nothing to do, and `dist/commands.cjs` everything else, loaded through `dist/full.cjs` when it is first wanted. One file
// of that size would cost every call some ten milliseconds, CommonJS some fewer than modules.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { removeTree } from '../runtime/store/remove-tree.ts';
import { prepareWarmUp } from './warm-up.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const common = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    // `compiled-code.ts` counts on it.
    charset: 'ascii',
    // `import()` would look through the whole file for its exports before running it.
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
} as const satisfies BuildOptions;

/** Modules that the first file imports dynamically; their exports have names of their own, so one file can stand for all. */
const later = new Set<string>();
const quickModules = new Set([join(root, 'cli/commands/build.ts')]);

const splitOff: Plugin = {
    name: 'split-off',
    setup: (plugin) => {
        plugin.onResolve({ filter: /\.ts$/ }, ({ kind, path, importer }) => {
            const module = resolve(dirname(importer), path);
            if (kind !== 'dynamic-import' || quickModules.has(module)) return undefined;
            later.add(module);
            return { path: './full.cjs', external: true };
        });
    },
};

rmSync(dist, { recursive: true, force: true });
await build({
    ...common,
    entryPoints: [join(root, 'cli/main.ts')],
    outfile: join(dist, 'rpkg.cjs'),
    plugins: [splitOff],
});
const contents = [...later].map((module) => `export * from ${JSON.stringify(module)};\n`).join('');
await bundleText(contents, 'commands.cjs');
if (!readFileSync(join(dist, 'commands.cjs')).every((byte) => byte < 0x80)) {
    throw new Error('the bundle is not ASCII: a String.raw cannot be escaped');
}
await bundleText(
    `module.exports = require('./cli/compiled-code.ts').loadCompiled(__dirname + '/commands.cjs');\n`,
    'full.cjs',
);

async function bundleText(text: string, name: string): Promise<void> {
    await build({ ...common, stdin: { contents: text, resolveDir: root, loader: 'ts' }, outfile: join(dist, name) });
}

// The first runs write what V8 compiled; later ones read it.
const { folder, calls } = prepareWarmUp();
for (const args of calls) {
    spawnSync(process.execPath, ['--import', join(root, 'cli/keep-code.ts'), join(dist, 'rpkg.cjs'), ...args], {
        stdio: 'ignore',
        cwd: root,
        env: { ...process.env, NODE_COMPILE_CACHE: join(dist, 'cache') },
    });
}
// There is a store in it, whose objects nobody may write to.
await removeTree(folder);
