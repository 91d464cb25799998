// Names that `-C target-cpu` takes for older x86 processors, as LLVM knows them.

/** With SSE2, but only 32 bits wide. */
const narrowCpus: ReadonlySet<string> = new Set(['pentium-m', 'pentium4', 'pentium4m', 'prescott', 'yonah']);

/** Whether no code of 64 bits runs on it. */
export function isNarrowCpu(cpu: string): boolean {
    return narrowCpus.has(cpu) || cpusWithoutSse2.has(cpu);
}

export const cpusWithoutSse2: ReadonlySet<string> = new Set([
    'athlon',
    'athlon-4',
    'athlon-mp',
    'athlon-tbird',
    'athlon-xp',
    'c3',
    'c3-2',
    'geode',
    'i386',
    'i486',
    'i586',
    'i686',
    'k6',
    'k6-2',
    'k6-3',
    'lakemont',
    'pentium',
    'pentium-mmx',
    'pentium2',
    'pentium3',
    'pentium3m',
    'pentiumpro',
    'winchip-c6',
    'winchip2',
]);
