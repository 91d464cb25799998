// Builds what users run and fills its compile cache: start-up is part of the product. Two files: `dist/rpkg.cjs` holds what a
// call needs that has nothing to do, and `dist/full.cjs` everything else, loaded when it is first wanted. One file of that size
// would cost every call some ten milliseconds, CommonJS some fewer than modules.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const common = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
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
await build({ ...common, stdin: { contents, resolveDir: root, loader: 'ts' }, outfile: join(dist, 'full.cjs') });

// The first runs write what V8 compiled; later ones read it.
for (const args of [['--version'], ['--help'], ['store', 'path'], ['check', 'examples/hello/hello.rpkg']]) {
    spawnSync(process.execPath, [join(dist, 'rpkg.cjs'), ...args], {
        stdio: 'ignore',
        cwd: root,
        env: { ...process.env, NODE_COMPILE_CACHE: join(dist, 'cache') },
    });
}
