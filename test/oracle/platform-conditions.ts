// Keys of `[target.…]` tables: triples and `cfg(…)`, known, unknown and odd ones.
import type { Random } from './random.ts';

const triples = [
    'x86_64-unknown-linux-gnu',
    'x86_64-unknown-linux-gnu',
    'x86_64-unknown-linux-musl',
    'x86_64-pc-windows-msvc',
    'aarch64-apple-darwin',
    'made-up-triple',
];

const atoms = [
    'unix',
    'unix',
    'windows',
    'true',
    'false',
    'target_os = "linux"',
    'target_os = "windows"',
    'target_os="macos"',
    'target_family = "unix"',
    'target_family = "wasm"',
    'target_arch = "x86_64"',
    'target_arch = "aarch64"',
    'target_env = "gnu"',
    'target_env = "msvc"',
    'target_vendor = "unknown"',
    'target_vendor = "apple"',
    'target_pointer_width = "64"',
    'target_pointer_width = "32"',
    'target_endian = "little"',
    'target_feature = "sse2"',
    'target_feature = "avx512f"',
    'target_feature = "crt-static"',
    'target_has_atomic',
    'target_has_atomic = "64"',
    'target_abi = ""',
    'target_thread_local',
    'panic = "unwind"',
    'panic = "abort"',
    'debug_assertions',
    'unknown_name',
    'unknown_name = "value"',
    'tokio_unstable',
    'test',
    'miri',
    'proc_macro',
    'feature = "std"',
];

export function platformCondition(random: Random): string {
    return random.chance(0.2) ? random.pick(triples) : `cfg(${expression(random, 3)})`;
}

function expression(random: Random, depth: number): string {
    if (depth === 0 || random.chance(0.5)) return random.pick(atoms);
    if (random.chance(0.3)) return `not(${expression(random, depth - 1)})`;
    const parts = Array.from({ length: random.between(0, 3) }, () => expression(random, depth - 1));
    const comma = parts.length > 0 && random.chance(0.1) ? ',' : '';
    return `${random.pick(['any', 'all'])}(${parts.join(random.pick([', ', ',']))}${comma})`;
}
