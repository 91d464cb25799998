// Tools of a root file system: where they are, and what they say of themselves. Nothing of it decides a key, since the
// tree does, so an answer is kept for good.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { hashJson } from '../../compiler/plan/canonical.ts';
import type { HostTool } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { demand } from '../host/demand.ts';
import { missingTool } from '../host/missing-tool.ts';
import { findProgram, sandboxFolders } from '../host/programs.ts';
import { firstLine } from '../host/session.ts';
import type { Result } from '../result.ts';
import { hashFile } from '../store/blobs.ts';
import { guarded, refuse } from '../store/guard.ts';
import { askInRoot, type RootWorld } from './ask-in-root.ts';

/** Tool name → identity. `environment` is what the recipe calls the root. */
export async function identifyRootTools(
    names: readonly string[],
    environment: string,
    world: RootWorld,
): Promise<Result<Record<string, HostTool>, Failure>> {
    return await guarded(async () => {
        const tools: Record<string, HostTool> = {};
        for (const name of [...new Set(names)].sort(compareBytes))
            tools[name] = await identify(name, environment, world);
        return tools;
    });
}

async function identify(name: string, environment: string, world: RootWorld): Promise<HostTool> {
    const { store, tree } = world;
    const at = { kind: 'root-tool', name: hashJson([tree, name]).slice('sha256:'.length) };
    const known = store.readRecord(at.kind, at.name);
    if (known !== undefined) return known as unknown as HostTool;
    const root = store.objectPath(tree);
    const found = findProgram(
        name,
        sandboxFolders.map((folder) => join(root, folder)),
    );
    if (found === undefined) {
        const { kind, tool, remedy } = missingTool(name, '');
        return refuse({
            kind,
            tool,
            neededFor: `the environment \`${environment}\``,
            remedy: `add its package to \`packages\` of the environment: ${remedy.replace('apt install ', '')}`,
        });
    }
    const path = found.slice(root.length);
    const program = realpathSync(found);
    const said = demand(await askInRoot(world, [path, '--version']));
    const tool: HostTool = {
        path,
        digest: await hashFile(program),
        version: firstLine(said),
        packages: ownersOf(program.slice(realpathSync(root).length), root),
    };
    demand(await store.writeRecord(at, { ...tool }));
    return tool;
}

/** As dpkg in the root has it: package → version. */
function ownersOf(path: string, root: string): Readonly<Record<string, string>> {
    const info = join(root, 'var/lib/dpkg/info');
    const spellings = new Set([path, path.replace(/^\/usr/, '')]);
    const owner = namesIn(info)
        .filter((name) => name.endsWith('.list'))
        .find((name) =>
            readFileSync(join(info, name), 'utf8')
                .split('\n')
                .some((line) => spellings.has(line)),
        );
    if (owner === undefined) return {};
    const name = owner.replace(/(?::\w+)?\.list$/, '');
    const status = readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8');
    const paragraph = status.split('\n\n').find((text) => text.startsWith(`Package: ${name}\n`)) ?? '';
    return { [name]: /^Version: (\S+)$/m.exec(paragraph)?.[1] ?? '' };
}

function namesIn(folder: string): readonly string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}
