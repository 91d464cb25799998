// The cache key of a run action: the digest of the Remote Execution API's `Action` message, made from the contents of
// the inputs. An input that is rebuilt to the same bytes gives the same key, so nothing behind it runs again.
import { type Hash, hashOf, partsOf, type TreeDigest } from '../compiler/plan/digest.ts';
import { compareBytes, sortedEntries } from '../compiler/plan/bytes.ts';
import { commandLine } from '../compiler/plan/command-line.ts';
import { environmentHash } from '../compiler/plan/identity.ts';
import type { Environment, RunAction } from '../compiler/plan/plan.ts';
import { sandboxEpoch, sandboxRoot } from '../compiler/plan/sandbox.ts';
import { messageField, numberField, textField } from './protobuf.ts';
import { digestField } from './store/directory-message.ts';
import { contentDigest, digestOfTree, emptyDirectory, type ObjectNode } from './store/tree.ts';
import { place } from './store/write-tree.ts';

/** `inputs`: sandbox path → digest of the tree mounted there, or of what stands for it. */
export function actionKey(action: RunAction, environment: Environment, inputs: ReadonlyMap<string, TreeDigest>): Hash {
    return hashOf(contentDigest(actionMessages(action, environment, inputs).action).hex);
}

/** The bytes that a remote executor would be sent. Field numbers: remote_execution.proto, version 2. */
export function actionMessages(
    action: RunAction,
    environment: Environment,
    inputs: ReadonlyMap<string, TreeDigest>,
): { readonly action: Buffer; readonly command: Buffer } {
    const platform = platformMessage(action, environment);
    const command = commandMessage(action, platform);
    const message = Buffer.concat([
        digestField(1, contentDigest(command)),
        digestField(2, partsOf(inputRoot(inputs))),
        messageField(6, numberField(1, action.limits.timeoutSeconds)),
        ...textField(9, sandboxEpoch),
        messageField(10, platform),
    ]);
    return { action: message, command };
}

/** Environment variables in byte order of their names, outputs in byte order, as the API demands. */
function commandMessage(action: RunAction, platform: readonly Buffer[]): Buffer {
    return Buffer.concat([
        ...commandLine(action).map((argument) => messageField(1, [Buffer.from(argument)])),
        ...sortedEntries(action.env).map(([name, value]) =>
            messageField(2, [...textField(1, name), ...textField(2, value)]),
        ),
        messageField(5, platform),
        ...textField(6, action.cwd.slice(1)),
        ...Object.values(action.outputs)
            .map((path) => path.slice(1))
            .sort(compareBytes)
            .map((path) => messageField(7, [Buffer.from(path)])),
    ]);
}

/** What the message has no field for: the world around `/rpkg`, and what each place in it is for. */
function platformMessage(action: RunAction, environment: Environment): readonly Buffer[] {
    const writable = sortedEntries(action.mounts)
        .filter(([, mount]) => mount.writable)
        .map(([at]) => at);
    const identity = sortedEntries(action.identity ?? {}).map((entry) => entry.join('='));
    const properties: Record<string, string> = {
        'rpkg-environment': hashOnce(environment),
        ...(identity.length === 0 ? {} : { 'rpkg-identity': identity.join(' ') }),
        'rpkg-memory': String(action.limits.memoryBytes ?? 0),
        'rpkg-outputs': sortedEntries(action.outputs)
            .map((entry) => entry.join('='))
            .join(' '),
        'rpkg-scratch': action.scratch,
        'rpkg-writable': writable.join(' '),
    };
    return sortedEntries(properties).map(([name, value]) =>
        messageField(1, [...textField(1, name), ...textField(2, value)]),
    );
}

/** Plans do not change, and all actions of one have few environments. */
const environmentHashes = new WeakMap<Environment, Hash>();

function hashOnce(environment: Environment): Hash {
    const hash = environmentHashes.get(environment) ?? environmentHash(environment);
    environmentHashes.set(environment, hash);
    return hash;
}

function inputRoot(inputs: ReadonlyMap<string, TreeDigest>): TreeDigest {
    const root = emptyDirectory<ObjectNode>();
    root.entries.set(sandboxRoot.slice(1), emptyDirectory());
    for (const [at, digest] of inputs) place('the input root', root, at.slice(1), { kind: 'object', digest });
    return digestOfTree(root);
}
