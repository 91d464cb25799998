// What is asked of a made-up workspace: profiles, targets, packages and features.
import * as path from 'node:path';
import { type GraphRequest, plainRequest } from './cargo-graph.ts';
import type { Crate } from './crate-family.ts';
import type { MadeWorkspace } from './made-workspace.ts';
import { Random } from './random.ts';

const hostTriple = 'x86_64-unknown-linux-gnu';
// No standard library is needed for a graph.
const otherTriples = ['aarch64-apple-darwin', 'x86_64-pc-windows-msvc', 'wasm32-unknown-unknown'];

/** Draws on from where making the workspace has left off. */
export function graphRequests(made: MadeWorkspace): readonly GraphRequest[] {
    return Array.from({ length: 5 }, (_, index) => graphRequest(made, index));
}

function graphRequest(made: MadeWorkspace, index: number): GraphRequest {
    const { random, crates } = made;
    const base: GraphRequest = {
        ...plainRequest,
        profile: index % 2 === 0 ? 'dev' : 'release',
        ...(random.chance(0.45) ? { target: random.chance(0.8) ? hostTriple : random.pick(otherTriples) } : {}),
        allTargets: random.chance(0.45),
    };
    if (index < 2) return base;
    const local = crates.filter(({ place }) => ['root', 'member', 'inside'].includes(place));
    const chosen = random.chance(0.5) ? random.sample(local, random.chance(0.8) ? 1 : 2) : [];
    const packages = chosen.map(({ name }) => name);
    const root = crates.find(({ place }) => place === 'root');
    const features = chosen.length > 0 ? chosen.flatMap((one) => one.features) : (root?.features ?? []);
    const profile = random.chance(0.1) ? customProfile(made) : base.profile;
    const allFeatures = random.chance(0.2);
    return {
        ...base,
        packages,
        profile,
        allFeatures,
        features: allFeatures ? [] : random.sample([...new Set(features)], random.between(0, 2)),
        noDefaultFeatures: random.chance(0.25),
    };
}

function customProfile({ random, profiles }: MadeWorkspace): string {
    return random.maybePick(Object.keys(profiles ?? {}).filter((name) => name !== 'bench')) ?? 'test';
}

/** One of the locked packages, which need not be a member, in one of the ways in which `-p` names it. */
export function dependencyRequests(locked: readonly Crate[], seed: number, folder: string): readonly GraphRequest[] {
    const random = new Random(-1 - seed);
    return [
        {
            ...plainRequest,
            profile: random.pick(['dev', 'release']),
            ...(random.chance(0.4) ? { target: hostTriple } : {}),
            packages: [specOf(random, random.pick(locked), folder)],
        },
    ];
}

function specOf(random: Random, { name, version, place, folder }: Crate, workspace: string): string {
    const root = path.resolve(workspace, '..', folder);
    const address =
        place === 'registry' ? 'registry+https://github.com/rust-lang/crates.io-index' : `path+file://${root}`;
    return random.pick([
        name,
        name,
        `${name}@${version}`,
        `${name}@${version.split('.').slice(0, 2).join('.')}`,
        `${name}:${version}`,
        `${address}#${name}`,
        `${address}#${name}@${version}`,
    ]);
}
