import type { Failure } from '../failure.ts';

/** Debian's package for each tool whose package is not called like the tool. */
const packages: Readonly<Record<string, string>> = {
    'aarch64-linux-gnu-objdump': 'binutils-aarch64-linux-gnu',
    'apt-get': 'apt',
    ar: 'binutils',
    as: 'binutils',
    awk: 'mawk',
    bwrap: 'bubblewrap',
    cc: 'gcc',
    'c++': 'g++',
    cp: 'coreutils',
    'dpkg-deb': 'dpkg',
    install: 'coreutils',
    ld: 'binutils',
    'ld.lld': 'lld',
    'llvm-config': 'llvm',
    ninja: 'ninja-build',
    nm: 'binutils',
    objcopy: 'binutils',
    objdump: 'binutils',
    'pkg-config': 'pkgconf',
    protoc: 'protobuf-compiler',
    python: 'python-is-python3',
    ranlib: 'binutils',
    readelf: 'binutils',
    sh: 'dash',
    strip: 'binutils',
    xz: 'xz-utils',
};

/** A program that is not there, with what would bring it. */
export function missingTool(tool: string, neededFor: string): Failure & { readonly kind: 'missing-tool' } {
    const [, versioned] = /^llvm-[a-z]+-(\d+)$/.exec(tool) ?? [];
    const usual = Object.hasOwn(packages, tool) ? packages[tool] : undefined;
    const name = versioned === undefined ? usual : `llvm-${versioned}`;
    return { kind: 'missing-tool', tool, neededFor, remedy: `apt install ${name ?? tool}` };
}
