// Targets that distributions build for: what of the processor their code takes for granted, and what cannot be asked of them.
// From compiler/rustc_target/src/spec of the samples; tiers from src/doc/rustc/src/platform-support.md of 1.95.0.
import { processors, withImplied } from '../flags/cpu-table.ts';
import type { Rule, RustcProblem } from './problem.ts';
import { isFrom, type Release } from './release.ts';
import { cpusWithoutSse2, isNarrowCpu } from './x86-cpus.ts';

export interface TargetFacts {
    readonly triple: string;
    /** `1`, `2`, `3`, and whether its makers build rustc and cargo for it. */
    readonly tier: 1 | 2 | 3;
    readonly hostTools: boolean;
    /** The processor that code is made for: `-C target-cpu`; undefined for LLVM's most general one. */
    readonly cpu: string | undefined;
    /** Features beyond it that are on (`+`) or off (`-`). */
    readonly features: readonly string[];
    /** Features without which the calling convention of the target cannot be kept. */
    readonly needs: readonly string[];
}

interface Row {
    readonly tier: 1 | 2 | 3;
    readonly hostTools?: true;
    /** Release → value, where it changed. */
    readonly cpu?: Readonly<Record<string, string>>;
    readonly features?: Readonly<Record<string, string>>;
    readonly needs?: readonly string[];
    /** The first sample that has it, and the first that does not any more. */
    readonly first?: string;
    readonly gone?: { readonly rule: Rule; readonly to: string };
}

const host = { hostTools: true } as const;
const x86_64: Pick<Row, 'cpu' | 'needs'> = { cpu: { '1.63': 'x86-64' }, needs: ['sse2'] };
const i686: Pick<Row, 'cpu'> = { cpu: { '1.63': 'pentium4' } };
const i586: Pick<Row, 'cpu'> = { cpu: { '1.63': 'pentium' } };
const riscv64: Pick<Row, 'cpu' | 'features'> = {
    cpu: { '1.63': 'generic-rv64' },
    features: { '1.63': '+m,+a,+f,+d,+c', '1.90': '+m,+a,+f,+d,+c,+zicsr,+zifencei' },
};
const loongarch64: Pick<Row, 'cpu' | 'features' | 'first'> = {
    cpu: { '1.63': 'generic' },
    features: { '1.63': '+f,+d', '1.85': '+f,+d,+lsx', '1.98': '+f,+d,+lsx,+relax' },
    first: '1.78.0',
};
const armv6hf: Pick<Row, 'features'> = {
    features: { '1.63': '+strict-align,+v6,+vfp2,-d32', '1.95': '+strict-align,+v6,+vfp2' },
};
const armv7hf: Pick<Row, 'features'> = {
    features: { '1.63': '+v7,+vfp3,-d32,+thumb2,-neon', '1.95': '+v7,+vfp3d16,+thumb2,-neon' },
};

const rows: Readonly<Record<string, Row>> = {
    'aarch64-apple-darwin': { tier: 1, ...host, cpu: { '1.63': 'apple-a14', '1.78': 'apple-m1' } },
    'aarch64-unknown-freebsd': { tier: 3, ...host, features: { '1.78': '+v8a' }, needs: ['neon'] },
    'aarch64-unknown-linux-gnu': {
        tier: 1,
        ...host,
        features: { '1.63': '+outline-atomics', '1.78': '+v8a,+outline-atomics' },
        needs: ['neon'],
    },
    'aarch64-unknown-linux-musl': {
        tier: 2,
        ...host,
        features: { '1.78': '+v8a', '1.90': '+v8a,+outline-atomics' },
        needs: ['neon'],
    },
    'aarch64-unknown-openbsd': { tier: 3, ...host, features: { '1.78': '+v8a' }, needs: ['neon'] },
    'arm-unknown-linux-gnueabi': { tier: 2, ...host, features: { '1.63': '+strict-align,+v6' } },
    'arm-unknown-linux-gnueabihf': { tier: 2, ...host, ...armv6hf },
    'arm-unknown-linux-musleabihf': { tier: 2, ...armv6hf },
    'armv5te-unknown-linux-gnueabi': { tier: 2, features: { '1.63': '+soft-float,+strict-align' } },
    'armv7-unknown-linux-gnueabihf': { tier: 2, ...host, ...armv7hf },
    'armv7-unknown-linux-musleabihf': { tier: 2, ...armv7hf },
    'bpfeb-unknown-none': { tier: 3 },
    'bpfel-unknown-none': { tier: 3 },
    'i586-unknown-linux-gnu': { tier: 2, ...i586 },
    'i586-unknown-linux-musl': { tier: 2, ...i586 },
    'i586-unknown-netbsd': { tier: 3, ...i586, first: '1.78.0' },
    'i686-pc-windows-gnu': { tier: 2, ...host, ...i686 },
    'i686-unknown-freebsd': { tier: 2, ...i686 },
    'i686-unknown-linux-gnu': { tier: 1, ...host, ...i686 },
    'i686-unknown-linux-musl': { tier: 2, ...i686 },
    'i686-unknown-netbsd': { tier: 3, ...host, ...i686 },
    'i686-unknown-openbsd': { tier: 3, ...host, ...i686 },
    'loongarch64-unknown-linux-gnu': { tier: 2, ...host, ...loongarch64 },
    'loongarch64-unknown-linux-musl': { tier: 2, ...host, ...loongarch64 },
    'mips64el-unknown-linux-gnuabi64': {
        tier: 3,
        ...host,
        cpu: { '1.63': 'mips64r2' },
        features: { '1.63': '+mips64r2', '1.78': '+mips64r2,+xgot' },
    },
    'mipsel-unknown-linux-gnu': {
        tier: 3,
        ...host,
        cpu: { '1.63': 'mips32r2' },
        features: { '1.63': '+mips32r2,+fpxx,+nooddspreg' },
    },
    'powerpc-unknown-linux-gnu': { tier: 2, ...host, features: { '1.90': '+secure-plt' } },
    'powerpc64-unknown-linux-gnu': { tier: 2, ...host, cpu: { '1.63': 'ppc64', '1.98': 'pwr4' } },
    'powerpc64le-unknown-freebsd': { tier: 3, ...host, cpu: { '1.63': 'ppc64le' } },
    'powerpc64le-unknown-linux-gnu': { tier: 2, ...host, cpu: { '1.63': 'ppc64le' } },
    'powerpc64le-unknown-linux-musl': { tier: 2, ...host, cpu: { '1.63': 'ppc64le' } },
    'riscv64gc-unknown-linux-gnu': { tier: 2, ...host, ...riscv64 },
    'riscv64gc-unknown-linux-musl': { tier: 2, ...riscv64 },
    'riscv64gc-unknown-openbsd': { tier: 3, ...host, ...riscv64, first: '1.78.0' },
    's390x-unknown-linux-gnu': {
        tier: 2,
        ...host,
        cpu: { '1.63': 'z10' },
        features: { '1.63': '-vector', '1.85': '' },
    },
    'sparc64-unknown-linux-gnu': { tier: 2, cpu: { '1.63': 'v9' } },
    'thumbv7neon-unknown-linux-gnueabihf': {
        tier: 2,
        features: { '1.63': '+v7,+thumb-mode,+thumb2,+vfp3,+neon' },
    },
    'wasm32-unknown-unknown': { tier: 2 },
    'wasm32-wasi': {
        tier: 2,
        gone: {
            rule: { release: '1.84', source: 'RELEASES.md of 1.84.0: the target is called wasm32-wasip1' },
            to: 'wasm32-wasip1',
        },
    },
    'wasm32-wasip1': { tier: 2, first: '1.78.0' },
    'wasm32-wasip2': { tier: 2, first: '1.78.0' },
    'x86_64-apple-darwin': { tier: 2, ...host, cpu: { '1.63': 'core2' }, needs: ['sse2'] },
    'x86_64-pc-windows-gnu': {
        tier: 1,
        ...host,
        ...x86_64,
        features: { '1.78': '+cx16,+sse3,+sahf', '1.95': '+cmpxchg16b,+sse3,+lahfsahf' },
    },
    'x86_64-unknown-freebsd': { tier: 2, ...host, ...x86_64 },
    'x86_64-unknown-linux-gnu': { tier: 1, ...host, ...x86_64 },
    'x86_64-unknown-linux-gnux32': { tier: 2, ...x86_64 },
    'x86_64-unknown-linux-musl': { tier: 2, ...host, ...x86_64 },
    'x86_64-unknown-netbsd': { tier: 2, ...host, ...x86_64 },
    'x86_64-unknown-openbsd': { tier: 3, ...host, ...x86_64 },
};

/** Since when `i686` means SSE2: a warning when it is turned off, then part of the calling convention. */
const sse2Warning: Rule = { release: '1.86', source: 'RELEASES.md of 1.86.0; rust-lang/rust change 137037' };
const sse2Abi: Rule = {
    release: '1.87',
    source: 'RELEASES.md of 1.87.0; rust-lang/rust change 135408: `X86Sse2` in compiler/rustc_target',
};

/** What a release makes for a target; undefined for targets that are not in the table, or not in that release. */
export function targetFacts(release: Release, triple: string): TargetFacts | undefined {
    const row = rows[triple];
    if (row === undefined || (row.first !== undefined && !isFrom(release, row.first))) return undefined;
    if (row.gone !== undefined && isFrom(release, row.gone.rule.release)) return undefined;
    const features = (valueAt(row.features, release) ?? '').split(',').filter((feature) => feature !== '');
    const isSse2 = triple.startsWith('i686-') && isFrom(release, sse2Abi.release);
    return {
        triple,
        tier: row.tier,
        hostTools: row.hostTools ?? false,
        cpu: valueAt(row.cpu, release),
        features,
        needs: isSse2 ? ['sse2'] : (row.needs ?? []),
    };
}

function valueAt(history: Readonly<Record<string, string>> | undefined, release: Release): string | undefined {
    return Object.entries(history ?? {}).findLast(([from]) => isFrom(release, from))?.[1];
}

export interface WantedTarget {
    readonly triple: string;
    readonly cpu?: string;
    /** `+sse2`, `-neon` */
    readonly features?: readonly string[];
}

/**
 * Wishes for a target that contradict each other or the release: a processor below what the triple stands for, a feature turned
 * off that it needs. Triples that the table does not have are taken as they are.
 */
export function checkTarget(release: Release, wanted: WantedTarget): readonly RustcProblem[] {
    const row = rows[wanted.triple];
    if (row?.gone !== undefined && isFrom(release, row.gone.rule.release))
        return [renamedTarget(release, wanted.triple, row.gone)];
    if (row?.first !== undefined && !isFrom(release, row.first) && release.known === 'read')
        return [earlyTarget(release, wanted.triple, row.first)];
    const foreign = [...checkFeatures(release, wanted), ...checkCpu(release, wanted)];
    if (foreign.length > 0) return foreign;
    if (wanted.triple.startsWith('i686-')) return checkI686(release, wanted);
    if (wanted.triple.startsWith('i586-')) return checkI586(release, wanted);
    const needs = targetFacts(release, wanted.triple)?.needs ?? [];
    return needs
        .filter((feature) => lacks(wanted, feature))
        .map((feature) =>
            contradiction(
                'error',
                `${wanted.triple} cannot do without ${feature.toUpperCase()}: values are passed in its registers`,
                `leave \`-${feature}\` away${feature === 'sse2' ? ', or build for an i586 target' : ''}`,
                {
                    release: release.version,
                    source: `the calling convention of ${wanted.triple}, compiler/rustc_target`,
                },
            ),
        );
}

/** Features are turned on or off, and not both. */
function checkFeatures(release: Release, { triple, features = [] }: WantedTarget): readonly RustcProblem[] {
    const rule = { release: release.version, source: 'src/doc/rustc/src/codegen-options/index.md, target-feature' };
    const unsigned = features.find((feature) => !/^[+-][\w.-]+$/.test(feature));
    if (unsigned !== undefined)
        return [
            contradiction(
                'error',
                `\`${unsigned}\` turns no feature of ${triple} on or off`,
                `write \`+${unsigned}\` or \`-${unsigned}\``,
                rule,
            ),
        ];
    const both = features.find((feature) => feature.startsWith('+') && features.includes(`-${feature.slice(1)}`));
    return both === undefined
        ? []
        : [
              contradiction(
                  'error',
                  `${triple} cannot be with and without ${both.slice(1)}`,
                  `leave \`${both}\` or \`-${both.slice(1)}\` away`,
                  rule,
              ),
          ];
}

/** A processor of another architecture, or one that code of the target does not run on. */
function checkCpu(release: Release, { triple, cpu }: WantedTarget): readonly RustcProblem[] {
    const rule = {
        release: release.version,
        source: `compiler/rustc_target, ${triple}; \`rustc --print target-cpus\``,
    };
    const wrong = (message: string, help: string): readonly RustcProblem[] => [
        contradiction('error', message, help, rule),
    ];
    if (cpu === undefined || cpu === 'generic') return [];
    if (cpu === 'native')
        return wrong(
            `\`native\` is the processor of whoever builds, and not one that ${triple} is for`,
            'name the oldest processor that code has to run on',
        );
    const families = Object.entries(processors).flatMap(([family, known]) => (cpu in known ? [family] : []));
    if (cpusWithoutSse2.has(cpu)) families.push('x86');
    if (families.length > 0 && !families.includes(familyOf(triple)))
        return wrong(
            `\`${cpu}\` is a processor of ${families.join(' or ')}, which code for ${triple} does not run on`,
            'name a processor of the architecture, or leave it away',
        );
    return triple.startsWith('x86_64') && isNarrowCpu(cpu)
        ? wrong(
              `\`${cpu}\` has 32 bits, and code for ${triple} needs 64`,
              'name a processor with 64 bits, or build for an i686 or i586 target',
          )
        : [];
}

function familyOf(triple: string): string {
    const [architecture = ''] = triple.split('-');
    return /^(?:i[3-6]86|x86_64)$/.test(architecture) ? 'x86' : architecture;
}

function checkI686(release: Release, wanted: WantedTarget): readonly RustcProblem[] {
    if (!lacks(wanted, 'sse2') || !isFrom(release, sse2Warning.release)) return [];
    const isAbi = isFrom(release, sse2Abi.release);
    const rule = isAbi ? sse2Abi : sse2Warning;
    return [
        contradiction(
            isAbi ? 'error' : 'warning',
            `${wanted.triple} of ${release.version} means a processor with SSE2, which ${offText(wanted)} takes away`,
            `build for ${wanted.triple.replace('i686', 'i586')}, which is for processors without SSE2`,
            rule,
        ),
    ];
}

/** An `i586` with SSE2 works, but its code is called as that of a processor without. */
function checkI586(release: Release, wanted: WantedTarget): readonly RustcProblem[] {
    const on = wanted.features?.includes('+sse2') === true;
    const cpu = wanted.cpu !== undefined && !cpusWithoutSse2.has(wanted.cpu) ? wanted.cpu : undefined;
    if (!on && cpu === undefined) return [];
    return [
        contradiction(
            'warning',
            `${wanted.triple} is for processors without SSE2, which ${on ? 'the feature `+sse2`' : `the processor \`${cpu ?? ''}\``} has`,
            `build for ${wanted.triple.replace('i586', 'i686')}`,
            { release: release.version, source: 'src/doc/rustc/src/platform-support.md: "original Pentium"' },
        ),
    ];
}

function lacks(wanted: WantedTarget, feature: string): boolean {
    const { cpu, features = [] } = wanted;
    if (turnedOff(wanted, feature) !== undefined) return true;
    return feature === 'sse2' && cpu !== undefined && cpusWithoutSse2.has(cpu) && !features.includes('+sse2');
}

/** What takes a feature away: itself, or one that it cannot do without. */
function turnedOff({ features = [] }: WantedTarget, feature: string): string | undefined {
    return [...withImplied(feature)].map((each) => `-${each}`).find((each) => features.includes(each));
}

function offText(wanted: WantedTarget): string {
    const feature = turnedOff(wanted, 'sse2');
    return feature === undefined ? `the processor \`${wanted.cpu ?? ''}\`` : `the feature \`${feature}\``;
}

function contradiction(severity: 'error' | 'warning', message: string, help: string, rule: Rule): RustcProblem {
    const text = `${message} (rule of ${rule.release}: ${rule.source})`;
    return { code: 'rustc/wrong-target', severity, message: text, help, rule };
}

function renamedTarget(release: Release, triple: string, { rule, to }: NonNullable<Row['gone']>): RustcProblem {
    return contradiction('error', `${release.version} has no target ${triple}`, `build for ${to}`, rule);
}

function earlyTarget(release: Release, triple: string, first: string): RustcProblem {
    return contradiction('error', `${release.version} has no target ${triple} yet`, `build ${first} or newer`, {
        release: first,
        source: `compiler/rustc_target/src/spec of ${first} is the first known that has it`,
    });
}
