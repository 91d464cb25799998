// Known targets, with rustc's names for what they are (`rustc --print cfg`) and the words that distributions use.
// A test compares the table with the rustc at hand.

export interface Target {
    readonly triple: string;
    /** rustc's `target_arch`; kinds of POWER, MIPS and BPF that differ in the order of bytes have names of their own, as everywhere else. */
    readonly arch: string;
    readonly os: string;
    /** The C library or ABI: `gnu`, `musl`, `msvc`, or empty. */
    readonly env: string;
    readonly vendor: string;
    readonly endian: 'little' | 'big';
    /** Debian's library folder below `lib`; empty where there is none. */
    readonly multiarch: string;
    /** Every word for its architecture that is true of it. */
    readonly words: ReadonlySet<string>;
}

interface Architecture {
    readonly endian: 'little' | 'big';
    /** rustc's name first, then what Debian, Alpine, Fedora, Go and `uname` say. */
    readonly words: readonly string[];
}

const architectures = {
    x86_64: { endian: 'little', words: ['x86_64', 'amd64'] },
    x86: { endian: 'little', words: ['x86', 'i386', 'i486', 'i586', 'i686', '386'] },
    aarch64: { endian: 'little', words: ['aarch64', 'arm64'] },
    arm: { endian: 'little', words: ['arm'] },
    riscv64: { endian: 'little', words: ['riscv64', 'riscv64gc'] },
    riscv32: { endian: 'little', words: ['riscv32', 'riscv32gc'] },
    powerpc64le: { endian: 'little', words: ['powerpc64le', 'ppc64el', 'ppc64le'] },
    powerpc64: { endian: 'big', words: ['powerpc64', 'ppc64'] },
    powerpc: { endian: 'big', words: ['powerpc', 'ppc'] },
    s390x: { endian: 'big', words: ['s390x'] },
    loongarch64: { endian: 'little', words: ['loongarch64', 'loong64'] },
    mips: { endian: 'big', words: ['mips'] },
    mipsel: { endian: 'little', words: ['mipsel', 'mipsle'] },
    mips64: { endian: 'big', words: ['mips64'] },
    mips64el: { endian: 'little', words: ['mips64el', 'mips64le'] },
    sparc64: { endian: 'big', words: ['sparc64', 'sparcv9'] },
    m68k: { endian: 'big', words: ['m68k'] },
    bpfeb: { endian: 'big', words: ['bpfeb', 'bpf'] },
    bpfel: { endian: 'little', words: ['bpfel', 'bpf'] },
    wasm32: { endian: 'little', words: ['wasm32', 'wasm'] },
    wasm64: { endian: 'little', words: ['wasm64'] },
} as const satisfies Record<string, Architecture>;

type Row = readonly [
    triple: string,
    arch: keyof typeof architectures,
    os: string,
    env: string,
    multiarch: string,
    ...more: readonly string[],
];

const table: readonly Row[] = [
    ['x86_64-unknown-linux-gnu', 'x86_64', 'linux', 'gnu', 'x86_64-linux-gnu'],
    ['x86_64-unknown-linux-musl', 'x86_64', 'linux', 'musl', 'x86_64-linux-musl'],
    ['i686-unknown-linux-gnu', 'x86', 'linux', 'gnu', 'i386-linux-gnu'],
    ['i686-unknown-linux-musl', 'x86', 'linux', 'musl', 'i386-linux-musl'],
    ['i586-unknown-linux-gnu', 'x86', 'linux', 'gnu', 'i386-linux-gnu'],
    ['i586-unknown-linux-musl', 'x86', 'linux', 'musl', 'i386-linux-musl'],
    ['aarch64-unknown-linux-gnu', 'aarch64', 'linux', 'gnu', 'aarch64-linux-gnu'],
    ['aarch64-unknown-linux-musl', 'aarch64', 'linux', 'musl', 'aarch64-linux-musl'],
    [
        'armv7-unknown-linux-gnueabihf',
        'arm',
        'linux',
        'gnu',
        'arm-linux-gnueabihf',
        'armhf',
        'armv7',
        'armv7hl',
        'armv7l',
    ],
    [
        'armv7-unknown-linux-musleabihf',
        'arm',
        'linux',
        'musl',
        'arm-linux-musleabihf',
        'armhf',
        'armv7',
        'armv7hl',
        'armv7l',
    ],
    ['armv7-unknown-linux-gnueabi', 'arm', 'linux', 'gnu', 'arm-linux-gnueabi', 'armel', 'armv7', 'armv7l'],
    ['armv7-unknown-linux-musleabi', 'arm', 'linux', 'musl', 'arm-linux-musleabi', 'armel', 'armv7', 'armv7l'],
    ['arm-unknown-linux-gnueabihf', 'arm', 'linux', 'gnu', 'arm-linux-gnueabihf', 'armhf', 'armv6', 'armv6l'],
    ['arm-unknown-linux-musleabihf', 'arm', 'linux', 'musl', 'arm-linux-musleabihf', 'armhf', 'armv6', 'armv6l'],
    ['arm-unknown-linux-gnueabi', 'arm', 'linux', 'gnu', 'arm-linux-gnueabi', 'armel', 'armv6', 'armv6l'],
    ['arm-unknown-linux-musleabi', 'arm', 'linux', 'musl', 'arm-linux-musleabi', 'armel', 'armv6', 'armv6l'],
    ['armv5te-unknown-linux-gnueabi', 'arm', 'linux', 'gnu', 'arm-linux-gnueabi', 'armel', 'armv5te'],
    ['armv5te-unknown-linux-musleabi', 'arm', 'linux', 'musl', 'arm-linux-musleabi', 'armel', 'armv5te'],
    ['riscv64gc-unknown-linux-gnu', 'riscv64', 'linux', 'gnu', 'riscv64-linux-gnu'],
    ['riscv64gc-unknown-linux-musl', 'riscv64', 'linux', 'musl', 'riscv64-linux-musl'],
    ['riscv32gc-unknown-linux-gnu', 'riscv32', 'linux', 'gnu', 'riscv32-linux-gnu'],
    ['riscv32gc-unknown-linux-musl', 'riscv32', 'linux', 'musl', 'riscv32-linux-musl'],
    ['powerpc64le-unknown-linux-gnu', 'powerpc64le', 'linux', 'gnu', 'powerpc64le-linux-gnu'],
    ['powerpc64le-unknown-linux-musl', 'powerpc64le', 'linux', 'musl', 'powerpc64le-linux-musl'],
    ['powerpc64-unknown-linux-gnu', 'powerpc64', 'linux', 'gnu', 'powerpc64-linux-gnu'],
    ['powerpc64-unknown-linux-musl', 'powerpc64', 'linux', 'musl', 'powerpc64-linux-musl'],
    ['powerpc-unknown-linux-gnu', 'powerpc', 'linux', 'gnu', 'powerpc-linux-gnu'],
    ['powerpc-unknown-linux-musl', 'powerpc', 'linux', 'musl', 'powerpc-linux-musl'],
    ['s390x-unknown-linux-gnu', 's390x', 'linux', 'gnu', 's390x-linux-gnu'],
    ['s390x-unknown-linux-musl', 's390x', 'linux', 'musl', 's390x-linux-musl'],
    ['loongarch64-unknown-linux-gnu', 'loongarch64', 'linux', 'gnu', 'loongarch64-linux-gnu'],
    ['loongarch64-unknown-linux-musl', 'loongarch64', 'linux', 'musl', 'loongarch64-linux-musl'],
    ['mips-unknown-linux-gnu', 'mips', 'linux', 'gnu', 'mips-linux-gnu'],
    ['mips-unknown-linux-musl', 'mips', 'linux', 'musl', 'mips-linux-musl'],
    ['mipsel-unknown-linux-gnu', 'mipsel', 'linux', 'gnu', 'mipsel-linux-gnu'],
    ['mipsel-unknown-linux-musl', 'mipsel', 'linux', 'musl', 'mipsel-linux-musl'],
    ['mips64-unknown-linux-gnuabi64', 'mips64', 'linux', 'gnu', 'mips64-linux-gnuabi64'],
    ['mips64el-unknown-linux-gnuabi64', 'mips64el', 'linux', 'gnu', 'mips64el-linux-gnuabi64'],
    ['sparc64-unknown-linux-gnu', 'sparc64', 'linux', 'gnu', 'sparc64-linux-gnu'],
    ['m68k-unknown-linux-gnu', 'm68k', 'linux', 'gnu', 'm68k-linux-gnu'],
    ['x86_64-unknown-hurd-gnu', 'x86_64', 'hurd', 'gnu', 'x86_64-gnu'],
    ['i686-unknown-hurd-gnu', 'x86', 'hurd', 'gnu', 'i386-gnu'],
    ['x86_64-linux-android', 'x86_64', 'android', '', ''],
    ['aarch64-linux-android', 'aarch64', 'android', '', ''],
    ['x86_64-unknown-freebsd', 'x86_64', 'freebsd', '', ''],
    ['i686-unknown-freebsd', 'x86', 'freebsd', '', ''],
    ['aarch64-unknown-freebsd', 'aarch64', 'freebsd', '', ''],
    ['powerpc64le-unknown-freebsd', 'powerpc64le', 'freebsd', '', ''],
    ['powerpc64-unknown-freebsd', 'powerpc64', 'freebsd', '', ''],
    ['riscv64gc-unknown-freebsd', 'riscv64', 'freebsd', '', ''],
    ['x86_64-unknown-netbsd', 'x86_64', 'netbsd', '', ''],
    ['i686-unknown-netbsd', 'x86', 'netbsd', '', ''],
    ['aarch64-unknown-netbsd', 'aarch64', 'netbsd', '', ''],
    ['sparc64-unknown-netbsd', 'sparc64', 'netbsd', '', ''],
    ['x86_64-unknown-openbsd', 'x86_64', 'openbsd', '', ''],
    ['i686-unknown-openbsd', 'x86', 'openbsd', '', ''],
    ['aarch64-unknown-openbsd', 'aarch64', 'openbsd', '', ''],
    ['powerpc64-unknown-openbsd', 'powerpc64', 'openbsd', '', ''],
    ['riscv64gc-unknown-openbsd', 'riscv64', 'openbsd', '', ''],
    ['sparc64-unknown-openbsd', 'sparc64', 'openbsd', '', ''],
    ['x86_64-unknown-dragonfly', 'x86_64', 'dragonfly', '', ''],
    ['x86_64-unknown-illumos', 'x86_64', 'illumos', '', ''],
    ['x86_64-pc-solaris', 'x86_64', 'solaris', '', ''],
    ['sparcv9-sun-solaris', 'sparc64', 'solaris', '', ''],
    ['x86_64-unknown-redox', 'x86_64', 'redox', 'relibc', ''],
    ['x86_64-unknown-haiku', 'x86_64', 'haiku', '', ''],
    ['x86_64-apple-darwin', 'x86_64', 'macos', '', ''],
    ['aarch64-apple-darwin', 'aarch64', 'macos', '', ''],
    ['x86_64-pc-windows-gnu', 'x86_64', 'windows', 'gnu', ''],
    ['x86_64-pc-windows-gnullvm', 'x86_64', 'windows', 'gnu', ''],
    ['x86_64-pc-windows-msvc', 'x86_64', 'windows', 'msvc', ''],
    ['i686-pc-windows-gnu', 'x86', 'windows', 'gnu', ''],
    ['i686-pc-windows-msvc', 'x86', 'windows', 'msvc', ''],
    ['aarch64-pc-windows-gnullvm', 'aarch64', 'windows', 'gnu', ''],
    ['aarch64-pc-windows-msvc', 'aarch64', 'windows', 'msvc', ''],
    ['aarch64-unknown-none', 'aarch64', 'none', '', ''],
    ['aarch64-unknown-none-softfloat', 'aarch64', 'none', '', ''],
    ['aarch64-unknown-uefi', 'aarch64', 'uefi', '', ''],
    ['bpfeb-unknown-none', 'bpfeb', 'none', '', ''],
    ['bpfel-unknown-none', 'bpfel', 'none', '', ''],
    ['i686-unknown-uefi', 'x86', 'uefi', '', ''],
    ['x86_64-unknown-none', 'x86_64', 'none', '', ''],
    ['x86_64-unknown-uefi', 'x86_64', 'uefi', '', ''],
    ['wasm32-unknown-unknown', 'wasm32', 'unknown', '', ''],
    ['wasm32-unknown-emscripten', 'wasm32', 'emscripten', '', ''],
    ['wasm32-wasip1', 'wasm32', 'wasi', 'p1', ''],
    ['wasm32-wasip1-threads', 'wasm32', 'wasi', 'p1', ''],
    ['wasm32-wasip2', 'wasm32', 'wasi', 'p2', ''],
    ['wasm64-unknown-unknown', 'wasm64', 'unknown', '', ''],
];

function vendorOf(triple: string): string {
    const second = triple.split('-')[1];
    return second === 'apple' || second === 'pc' || second === 'sun' ? second : 'unknown';
}

/** Every known target, by triple. */
export const targets: ReadonlyMap<string, Target> = new Map(
    table.map(([triple, arch, os, env, multiarch, ...more]) => {
        const { endian, words } = architectures[arch];
        const target = { triple, arch, os, env, vendor: vendorOf(triple), endian, multiarch };
        return [triple, { ...target, words: new Set([...words, ...more]) }];
    }),
);
