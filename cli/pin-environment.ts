// Which root file system a recipe's environment is exactly: packages and their tree, pinned in `rpkg.lock`.
import type { EnvironmentFacts, EnvironmentNeed, ImageNeed, PackagesNeed } from '../compiler/lower/needs.ts';
import { hashJson } from '../compiler/plan/canonical.ts';
import type { Source } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { failure, type Result, success } from '../runtime/result.ts';
import { unpackImage } from '../runtime/rootfs/image.ts';
import { makeRoot } from '../runtime/rootfs/debian.ts';
import { resolvePackages } from '../runtime/rootfs/resolve-packages.ts';
import { environmentKey, isSameElsewhere, type LockedEnvironment } from './locked-environment.ts';
import type { PinOptions, Pins } from './pin-sources.ts';

/** The environment, whose tree is in the store afterwards. */
export async function pinEnvironment(
    pins: Pins,
    need: EnvironmentNeed,
    fetching: FetchContext,
    { locked, note }: PinOptions,
): Promise<Result<EnvironmentFacts, Failure>> {
    const { name, ...described } = need;
    const { architecture, ...asked } = described;
    const pin = pinOf(asked);
    const key = environmentKey(name, architecture, pin);
    const all = pins.lock.environments ?? {};
    const before = pins.lock.recipes[pins.key]?.environments ?? [];
    for (const other of before) {
        const kept = all[other];
        if (kept !== undefined && isSameElsewhere(key, other)) pins.environments[other] = kept;
    }
    const known = all[key]?.pin === pin ? all[key] : undefined;
    if (known === undefined) {
        const changed = before.some((other) => other.startsWith(`${name}/${architecture}/`));
        const why = changed ? 'lists other packages or suites than it pins' : 'is not pinned in it';
        const refusal = locked ? '`--locked` forbids a change' : 'nothing may be fetched here';
        if (locked || fetching.offline) return failure(staleLock(`environment \`${name}\` ${why}, and ${refusal}`));
        if (changed) note(`environment ${name} ${why}: choosing them anew`);
    }
    const pinned = known === undefined ? await choose(need, pin, fetching) : success(known);
    if (!pinned.ok) return pinned;
    pins.environments[key] = pinned.value;
    const { packages = [], tree } = pinned.value;
    const source: Source = described.type === 'debian' ? { ...described, packages, tree } : { ...described, tree };
    const fetched = await fetchSource(source, fetching);
    return fetched.ok ? success({ source, digest: tree }) : fetched;
}

/** Where an image is found says nothing about what it is. */
function pinOf(asked: PackagesNeed | ImageNeed): string {
    return hashJson(asked.type === 'image' ? { type: asked.type, hash: asked.hash } : { ...asked });
}

async function choose(
    need: EnvironmentNeed,
    pin: string,
    fetching: FetchContext,
): Promise<Result<LockedEnvironment, Failure>> {
    if (need.type === 'image') {
        const tree = await unpackImage(need, fetching);
        return tree.ok ? success({ pin, tree: tree.value }) : tree;
    }
    fetching.report(`choosing packages of ${need.suite} for environment ${need.name}`);
    const packages = await resolvePackages(need, need.packages, fetching);
    if (!packages.ok) return packages;
    const tree = await makeRoot(need, packages.value, fetching);
    return tree.ok ? success({ pin, packages: packages.value, tree: tree.value }) : tree;
}

function staleLock(detail: string): Failure {
    return { kind: 'lock-mismatch', what: 'rpkg.lock', detail };
}
