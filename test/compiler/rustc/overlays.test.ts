// What each distribution's overlay makes of rustc: settings, flags and scripts, planned from tools as its systems have them.
// Nothing is fetched: the plans name sources that no network was asked for.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { planRustc, type PlanRequest } from '../../support/rustc-plan.ts';

const golden = join(import.meta.dirname, '..', '..', 'golden', 'rustc', 'overlays');

function versionsOf(rust: string, llvm: string): Readonly<Record<string, string>> {
    const [name = '', version = ''] = llvm.split(' ');
    return { rustc: `rustc ${rust} (x)`, cargo: `cargo ${rust} (x)`, [name]: version };
}

/** Overlay, and the compiler and LLVM that its distribution has at that release. */
const overlays: readonly (Omit<PlanRequest, 'main'> & { readonly name: string; readonly file: string })[] = [
    {
        name: 'alpine',
        file: 'alpine',
        host: 'x86_64-unknown-linux-musl',
        versions: versionsOf('1.81.0', 'llvm-config-19 19.1.4'),
    },
    { name: 'arch', file: 'arch', versions: versionsOf('1.95.0', 'llvm-config 22.1.6') },
    { name: 'fedora', file: 'fedora', versions: versionsOf('1.93.1', 'llvm-config 21.1.8') },
    { name: 'freebsd', file: 'freebsd', host: 'x86_64-unknown-freebsd', versions: versionsOf('1.91.0', '') },
    { name: 'gentoo', file: 'gentoo', versions: versionsOf('1.96.1', 'llvm-config 22.1.8') },
    {
        name: 'gentoo-bundled',
        file: 'gentoo',
        versions: versionsOf('1.97.0', ''),
        options: { 'bundled-llvm': 'true', lto: 'true' },
    },
    { name: 'guix', file: 'guix', recipe: 'guix', versions: versionsOf('1.84.1', 'llvm-config-19 19.1.7') },
    { name: 'guix-link', file: 'guix', recipe: 'guix-link', versions: versionsOf('1.83.0', 'llvm-config-19 19.1.7') },
    {
        name: 'homebrew',
        file: 'homebrew',
        host: 'aarch64-apple-darwin',
        versions: versionsOf('', 'llvm-config 21.1.6'),
    },
    { name: 'homebrew-linux', file: 'homebrew', versions: versionsOf('', 'llvm-config 21.1.6') },
    { name: 'nix', file: 'nix', versions: versionsOf('', 'llvm-config-22 22.1.8') },
    {
        name: 'openbsd',
        file: 'openbsd',
        host: 'x86_64-unknown-openbsd',
        versions: versionsOf('1.80.0', 'llvm-config-17 17.0.6'),
    },
    { name: 'void', file: 'void', versions: versionsOf('1.87.0', 'llvm-config 19.1.4') },
    {
        name: 'void-musl',
        file: 'void',
        host: 'x86_64-unknown-linux-musl',
        versions: versionsOf('1.87.0', 'llvm-config 19.1.4'),
    },
];

describe('the overlays', () => {
    test.each(overlays)('$name is planned as recorded', async ({ name, file, ...request }) => {
        const { plan, diagnostics } = await planRustc({ main: `recipes/${file}/rustc.rpkg`, ...request });
        // Some of these releases were never read: that is told, and nothing else.
        expect(diagnostics.filter(({ code }) => code !== 'plan/unread-release')).toEqual([]);
        if (plan === undefined) throw new Error('no plan');
        await expect(summaryOf(plan)).toMatchFileSnapshot(join(golden, `${name}.txt`));
    });
});

/** What a reviewer looks for: sources, configuration, flags, and what is done to sources and to the installed tree. */
function summaryOf(plan: Plan): string {
    const sources = Object.values(plan.actions).flatMap((action) =>
        action.kind === 'fetch' && action.source.type === 'archive'
            ? [`${action.source.urls.join(' ')}\n  ${action.source.hash}`]
            : [],
    );
    const { config, prepare, install } = plan.actions;
    const shown = [prepare, plan.actions['pgo.gather'], plan.actions['tests'], install, plan.actions['split']];
    const settings = config?.kind === 'write' ? Object.values(config.files).map(({ text }) => text) : [];
    const scripts = shown.flatMap((action) =>
        action?.kind === 'run' ? action.commands.map((command) => ('script' in command ? command.script : '')) : [],
    );
    const variables =
        install?.kind === 'run' ? Object.entries(install.env).map(([key, value]) => `${key}=${value}`) : [];
    return [
        `rustc ${plan.subject.version} for ${plan.context.target}`,
        ...sources,
        ...settings,
        ...variables.filter((line) => /FLAGS|_SYS_|NO_VENDOR|^RUSTC/.test(line)),
        ...scripts,
        `outputs: ${Object.entries(plan.outputs)
            .map(([output, tree]) => `${output} = ${tree}`)
            .join(', ')}`,
        '',
    ].join('\n');
}
