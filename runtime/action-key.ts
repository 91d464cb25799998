// The cache key of a run action: the digest of the Remote Execution API's `Action` message, made from the contents of
// the inputs. An input that is rebuilt to the same bytes gives the same key, so nothing behind it runs again.
import type { Hash, TreeDigest } from '../compiler/plan/digest.ts';
import { hashOf } from '../compiler/plan/digest.ts';
import { compareBytes, sortedEntries } from '../compiler/plan/bytes.ts';
import { commandLine } from '../compiler/plan/command-line.ts';
import { environmentHash } from '../compiler/plan/identity.ts';
import type { Environment, RunAction } from '../compiler/plan/plan.ts';
import { sandboxEpoch, sandboxRoot } from '../compiler/plan/sandbox.ts';
import { messageField, numberField, textField } from './protobuf.ts';
import { type ContentDigest } from './store/directory-message.ts';
import { contentDigest, digestOfTree, emptyDirectory, type ObjectNode } from './store/tree.ts';
import { partsOf } from '../compiler/plan/digest.ts';

/** `inputs`: sandbox path → digest of the tree mounted there. Field numbers: remote_execution.proto, version 2. */
export function actionKey(action: RunAction, environment: Environment, inputs: ReadonlyMap<string, TreeDigest>): Hash {
    const platform = platformMessage(action, environment);
    const command = contentDigest(commandMessage(action, platform));
    const root = partsOf(inputRoot(inputs));
    const message = Buffer.concat([
        messageField(1, digestMessage(command)),
        messageField(2, digestMessage(root)),
        messageField(6, numberField(1, action.limits.timeoutSeconds) as Buffer[]),
        ...textField(9, sandboxEpoch),
        messageField(10, platform),
    ]);
    return hashOf(contentDigest(message).hex);
}

/** Environment variables in byte order of their names, outputs in byte order, as the API demands. */
function commandMessage(action: RunAction, platform: readonly Buffer[]): Buffer {
    return Buffer.concat([
        ...commandLine(action).map((argument) => messageField(1, [Buffer.from(argument)])),
        ...sortedEntries(action.env).map(([name, value]) => messageField(2, [...textField(1, name), ...textField(2, value)])),
        messageField(5, platform),
        ...textField(6, action.cwd.slice(1)),
        ...Object.values(action.outputs)
            .map((path) => path.slice(1))
            .sort(compareBytes)
            .map((path) => messageField(7, [Buffer.from(path)])),
    ]);
}

/** What the message has no field for: the world around `/rpkg`, and which inputs are private copies. */
function platformMessage(action: RunAction, environment: Environment): readonly Buffer[] {
    const writable = sortedEntries(action.mounts)
        .filter(([, mount]) => mount.writable)
        .map(([at]) => at);
    const properties: Record<string, string> = {
        'rpkg-environment': environmentHash(environment),
        'rpkg-memory': String(action.limits.memoryBytes ?? 0),
        'rpkg-outputs': sortedEntries(action.outputs).map((entry) => entry.join('=')).join(' '),
        'rpkg-writable': writable.join(' '),
    };
    return sortedEntries(properties).map(([name, value]) => messageField(1, [...textField(1, name), ...textField(2, value)]));
}

function inputRoot(inputs: ReadonlyMap<string, TreeDigest>): TreeDigest {
    const below = emptyDirectory<ObjectNode>();
    for (const [at, digest] of inputs) below.entries.set(at.slice(sandboxRoot.length + 1), { kind: 'object', digest });
    const root = emptyDirectory<ObjectNode>();
    root.entries.set(sandboxRoot.slice(1), below);
    return digestOfTree(root);
}

function digestMessage({ hex, size }: ContentDigest): Buffer[] {
    return [...textField(1, hex), ...numberField(2, size)];
}
