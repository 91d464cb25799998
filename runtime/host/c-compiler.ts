// A C or C++ compiler: the driver is small and says little, so what it runs and links by itself counts as well.
import { realpath } from 'node:fs/promises';
import { failure, success } from '../result.ts';
import { inParallel } from './in-parallel.ts';
import { missingTool } from './missing-tool.ts';
import { packagesOf } from './packages.ts';
import { findProgram, sandboxFolders } from './programs.ts';
import type { Watch } from './remembered.ts';
import { askTool, firstLine, type Identify } from './session.ts';
import { digestOfParts, filePart } from './tool-parts.ts';

const programs = ['as', 'cc1', 'collect2', 'ld', 'lto-wrapper', 'lto1'];
const programsCxx = ['cc1plus'];
const files = [
    'Scrt1.o',
    'crt1.o',
    'crtbegin.o',
    'crtbeginS.o',
    'crtbeginT.o',
    'crtend.o',
    'crtendS.o',
    'crti.o',
    'crtn.o',
    'libc.a',
    'libc.so',
    'libc.so.6',
    'libc_nonshared.a',
    'libgcc.a',
    'libgcc_eh.a',
    'libgcc_s.so',
    'libgcc_s.so.1',
    'liblto_plugin.so',
    'libm.so',
    'libm.so.6',
    'rcrt1.o',
];
const filesCxx = ['libstdc++.a', 'libstdc++.so', 'libstdc++.so.6', 'libsupc++.a'];

/** `cc`, `gcc-12`, `x86_64-linux-gnu-g++`: words whose answers to `-print-…` can be relied on. */
export function isCompilerName(name: string): boolean {
    return /^(?:[\w.]+-)*(?:cc|gcc|c\+\+|g\+\+|clang|clang\+\+)(?:-[\d.]+)?$/.test(name);
}

export const identifyCompiler: Identify = async (name, _session, watch) => {
    const path = findProgram(name, sandboxFolders, watch.path);
    if (path === undefined) return failure(missingTool(name, 'the host environment'));
    const cxx = name.includes('++');
    const program = await realpath(path);
    const places = new Map([['driver', program]]);
    const questions = [
        ...[...programs, ...(cxx ? programsCxx : [])].map((part) => ({ part, question: `-print-prog-name=${part}` })),
        ...[...files, ...(cxx ? filesCxx : [])].map((part) => ({ part, question: `-print-file-name=${part}` })),
    ];
    // A driver answers one question per run; a few at a time keep a small machine usable.
    await inParallel(questions, 4, async ({ part, question }) => {
        const place = placeOf(firstLine(await askTool(path, [question])), watch);
        if (place !== undefined) places.set(part, await realpath(place));
    });
    const parts = await inParallel([...places], 4, ([part, place]) => filePart(part, place, watch));
    const owners = await packagesOf([...places.values()], watch.path);
    return success({ path, digest: digestOfParts(parts), version: await versionOf(path), packages: owners });
};

/** A bare word in the answer means that the compiler takes it from PATH, or that it has no such thing. */
function placeOf(answer: string, watch: Watch): string | undefined {
    if (!answer.startsWith('/')) {
        return answer === 'as' || answer === 'ld' ? findProgram(answer, sandboxFolders, watch.path) : undefined;
    }
    return answer;
}

async function versionOf(path: string): Promise<string> {
    const [full, short, machine] = await Promise.all(
        ['-dumpfullversion', '-dumpversion', '-dumpmachine'].map(async (flag) =>
            firstLine(await askTool(path, [flag])),
        ),
    );
    return [full === '' ? short : full, machine].filter((word) => word !== undefined && word !== '').join(' ');
}
