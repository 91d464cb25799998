// Which root file system a recipe's environment is exactly: packages and their tree, pinned in `rpkg.lock`.
import type { EnvironmentFacts, EnvironmentNeed } from '../compiler/lower/needs.ts';
import { hashJson } from '../compiler/plan/canonical.ts';
import type { DebianPackage } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { failure, type Result, success } from '../runtime/result.ts';
import { makeRoot } from '../runtime/rootfs/debian.ts';
import { resolvePackages } from '../runtime/rootfs/resolve-packages.ts';
import type { LockedEnvironment } from './lock-file.ts';
import type { PinOptions, Pins } from './pin-sources.ts';

/** The environment, whose tree is in the store afterwards. */
export async function pinEnvironment(
    pins: Pins,
    need: EnvironmentNeed,
    fetching: FetchContext,
    { locked, note }: PinOptions,
): Promise<Result<EnvironmentFacts, Failure>> {
    const { name, architecture, packages: names, ...choice } = need;
    const id = `${name}/${architecture}`;
    const pin = hashJson({ ...choice, packages: names });
    const others = Object.entries(pins.lock.recipes[pins.key]?.environments ?? {});
    for (const [other, known] of others) if (other.startsWith(`${name}/`)) pins.environments[other] = known;
    const known = pins.environments[id];
    if (known?.pin !== pin) {
        const why = known === undefined ? 'is not pinned in it' : 'lists other packages or suites than it pins';
        if (locked) return failure(staleLock(`environment \`${name}\` ${why}, and \`--locked\` forbids a change`));
        if (fetching.offline)
            return failure(staleLock(`environment \`${name}\` ${why}, and nothing may be fetched here`));
        if (known !== undefined) note(`environment ${name} ${why}: choosing its packages anew`);
    }
    const pinned = known?.pin === pin ? success(known) : await choose(need, pin, fetching);
    if (!pinned.ok) return pinned;
    pins.environments[id] = pinned.value;
    const { packages, tree } = pinned.value;
    const source = { ...choice, architecture, packages, tree };
    const fetched = await fetchSource(source, fetching);
    return fetched.ok ? success({ source, digest: tree }) : fetched;
}

async function choose(
    need: EnvironmentNeed,
    pin: string,
    fetching: FetchContext,
): Promise<Result<LockedEnvironment, Failure>> {
    fetching.report(`choosing packages of ${need.suite} for environment ${need.name}`);
    const packages: Result<readonly DebianPackage[], Failure> = await resolvePackages(need, need.packages, fetching);
    if (!packages.ok) return packages;
    const tree = await makeRoot(need, packages.value, fetching);
    return tree.ok ? success({ pin, packages: packages.value, tree: tree.value }) : tree;
}

function staleLock(detail: string): Failure {
    return { kind: 'lock-mismatch', what: 'rpkg.lock', detail };
}
