// Processors, as compilers call them, with the instruction sets that they have. Data; names of sets are those of the disassembly.

export type Family = 'x86' | 'aarch64';

/** What a set cannot do without: whoever has it has these, and whoever turns one of these off turns it off. */
export const implied: Readonly<Record<string, string>> = {
    '3dnow': 'mmx',
    aes: 'sse2',
    avx: 'sse4.2',
    avx2: 'avx',
    avx512: 'avx2 fma f16c',
    'avx-ifma': 'avx2',
    'avx-vnni': 'avx2',
    cx16: 'cx8',
    f16c: 'avx',
    fma: 'avx',
    fma4: 'avx',
    gfni: 'sse2',
    pclmul: 'sse2',
    sha: 'sse2',
    sse2: 'sse',
    sse3: 'sse2',
    ssse3: 'sse3',
    'sse4.1': 'ssse3',
    'sse4.2': 'sse4.1',
    sse4a: 'sse3',
    vaes: 'aes avx2',
    vpclmulqdq: 'pclmul avx2',
    xop: 'fma4',
};

/** Words for sets in options of compilers, where they are called otherwise. */
export const aliases: Readonly<Record<string, string>> = {
    abm: 'lzcnt popcnt',
    bmi: 'bmi1',
    cmpxchg16b: 'cx16',
    crypto: 'aes sha2',
    mte: 'memtag',
    neon: '',
    paca: 'pauth',
    pacg: 'pauth',
    pclmulqdq: 'pclmul',
    rcpc2: 'rcpc',
    rdma: 'rdm',
    sse4: 'sse4.2',
    sve2: 'sve',
};

const i686 = 'cmov cx8 endbr nopl sep';
const x86_64 = `${i686} fxsr mmx sse2`;
const v2 = `${x86_64} cx16 popcnt sse4.2`;
const v3 = `${v2} avx2 bmi1 bmi2 f16c fma lzcnt movbe xsave`;
const v4 = `${v3} avx512`;
const core2 = `${x86_64} ssse3 cx16`;
const sandybridge = `${v2} avx aes pclmul xsave`;
const haswell = `${v3} aes pclmul rdrand fsgsbase`;
const skylake = `${haswell} adx rdseed clflushopt`;
const zen = `${skylake} sha sse4a prefetchw`;
const armv81 = 'crc lse rdm';
const armv84 = `${armv81} pauth rcpc fcma jscvt dotprod flagm`;
const armv85 = `${armv84} frintts sb`;

export const processors: Readonly<Record<Family, Readonly<Record<string, string>>>> = {
    x86: {
        i386: '',
        i486: '',
        i586: 'cx8',
        pentium: 'cx8',
        lakemont: 'cx8',
        'pentium-mmx': 'cx8 mmx',
        k6: 'cx8 mmx',
        'k6-2': 'cx8 3dnow',
        geode: 'cx8 cmov 3dnow prefetchw',
        i686,
        pentiumpro: i686,
        pentium2: `${i686} mmx fxsr`,
        athlon: `${i686} mmx fxsr 3dnow prefetchw`,
        pentium3: `${i686} mmx fxsr sse`,
        pentium3m: `${i686} mmx fxsr sse`,
        'athlon-xp': `${i686} fxsr 3dnow prefetchw sse`,
        'pentium-m': x86_64,
        pentium4: x86_64,
        pentium4m: x86_64,
        yonah: `${x86_64} sse3`,
        prescott: `${x86_64} sse3`,
        nocona: `${x86_64} sse3 cx16`,
        'x86-64': x86_64,
        generic: x86_64,
        'x86-64-v2': v2,
        'x86-64-v3': v3,
        'x86-64-v4': v4,
        k8: `${x86_64} 3dnow prefetchw`,
        'k8-sse3': `${x86_64} 3dnow prefetchw sse3 cx16`,
        amdfam10: `${x86_64} 3dnow prefetchw sse4a cx16 popcnt lzcnt`,
        btver1: `${core2} sse4a popcnt lzcnt prefetchw`,
        bdver1: `${sandybridge} fma4 xop lzcnt sse4a prefetchw`,
        bdver2: `${sandybridge} fma4 xop lzcnt sse4a prefetchw bmi1 f16c fma tbm`,
        core2,
        bonnell: `${core2} movbe`,
        atom: `${core2} movbe`,
        nehalem: v2,
        westmere: `${v2} aes pclmul`,
        silvermont: `${v2} aes pclmul movbe rdrand prefetchw`,
        sandybridge,
        ivybridge: `${sandybridge} f16c rdrand fsgsbase`,
        haswell,
        broadwell: `${haswell} adx rdseed prefetchw`,
        skylake: `${skylake} prefetchw`,
        'skylake-avx512': `${skylake} prefetchw avx512 clwb pku`,
        'icelake-server': `${skylake} prefetchw avx512 clwb pku sha gfni vaes vpclmulqdq rdpid`,
        znver1: zen,
        znver2: `${zen} clwb rdpid`,
        znver3: `${zen} clwb rdpid pku vaes vpclmulqdq`,
        znver4: `${zen} clwb rdpid pku vaes vpclmulqdq gfni avx512`,
    },
    aarch64: {
        generic: '',
        'armv8-a': '',
        'armv8.1-a': armv81,
        'armv8.2-a': armv81,
        'armv8.3-a': `${armv81} pauth rcpc fcma jscvt`,
        'armv8.4-a': armv84,
        'armv8.5-a': armv85,
        'armv8.6-a': `${armv85} bf16 i8mm`,
        'armv9-a': `${armv85} sve fp16`,
        'cortex-a53': 'crc',
        'cortex-a72': 'crc aes sha2',
        'cortex-a76': `${armv81} fp16 dotprod rcpc aes sha2`,
        'neoverse-n1': `${armv81} fp16 dotprod rcpc aes sha2`,
        'neoverse-v1': `${armv84} sve fp16 bf16 i8mm aes sha2`,
        'neoverse-n2': `${armv85} sve fp16 bf16 i8mm`,
    },
};

/** The sets and all that they imply. */
export function withImplied(sets: string): ReadonlySet<string> {
    const all = new Set(sets.split(' ').filter((set) => set !== ''));
    for (const set of all) for (const needed of (implied[set] ?? '').split(' ')) if (needed !== '') all.add(needed);
    return all;
}

/** Whether the set is one of these or cannot do without one of them. */
export function needsAny(set: string, those: ReadonlySet<string>): boolean {
    return [...withImplied(set)].some((needed) => those.has(needed));
}
