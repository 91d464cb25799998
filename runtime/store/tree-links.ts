// Symbolic links of a tree. A link may dangle or turn in circles, that is data; but no link may lead above the root of
// its tree, neither as written nor when the links on its way are followed.
import type { Directory, FileNode, LinkNode, ObjectNode } from './tree.ts';
import type { TreeProblem } from './tree-rules.ts';

type AnyDirectory = Directory<FileNode | LinkNode | ObjectNode>;

/** As many as the kernel follows; a longer chain can never be opened. */
const maxHops = 40;

/** Steps that resolving all links of one tree may take, so that links through links cannot hold rpkg up. */
const maxSteps = 20_000_000;

export interface BadLink {
    readonly path: string;
    readonly problem: TreeProblem;
}

/** The first link that leads above the root, or nothing. */
export function findBadLink(root: AnyDirectory): BadLink | undefined {
    const budget = { steps: maxSteps };
    return searchDirectory([root], [], budget);
}

function searchDirectory(chain: AnyDirectory[], names: string[], budget: { steps: number }): BadLink | undefined {
    for (const [name, node] of chain.at(-1)?.entries ?? []) {
        if (node.kind !== 'link' && node.kind !== 'directory') continue;
        const path = [...names, name];
        const bad =
            node.kind === 'directory'
                ? searchDirectory([...chain, node], path, budget)
                : checkLink(chain, path, node.target, budget);
        if (bad !== undefined) return bad;
    }
    return undefined;
}

function checkLink(
    chain: readonly AnyDirectory[],
    path: readonly string[],
    target: string,
    budget: { steps: number },
): BadLink | undefined {
    if (target.startsWith('/')) return { path: path.join('/'), problem: { rule: 'link', detail: 'an absolute link' } };
    if (!climbsAsWritten(path.length - 1, target) && !climbs(chain, target, budget)) return undefined;
    const detail =
        budget.steps < 0 ? 'links that take too long to follow' : `a link that leads out of the tree: ${target}`;
    return { path: path.join('/'), problem: { rule: budget.steps < 0 ? 'limit' : 'link', detail } };
}

/** Counts `..` against the names before it, without looking at what the names are. */
function climbsAsWritten(depth: number, target: string): boolean {
    let level = depth;
    for (const segment of target.split('/')) {
        if (segment === '..') level -= 1;
        else if (segment !== '' && segment !== '.') level += 1;
        if (level < 0) return true;
    }
    return false;
}

/** Walks the target through the tree; a name that is not there counts as a directory. */
function climbs(chain: readonly AnyDirectory[], target: string, budget: { steps: number }): boolean {
    const at: (AnyDirectory | undefined)[] = [...chain];
    const ahead = target.split('/').reverse();
    let hops = 0;
    for (let segment = ahead.pop(); segment !== undefined; segment = ahead.pop()) {
        budget.steps -= 1;
        if (budget.steps < 0) return true;
        if (segment === '' || segment === '.') continue;
        if (segment === '..') {
            if (at.length === 1) return true;
            at.pop();
            continue;
        }
        const node = at.at(-1)?.entries.get(segment);
        if (node?.kind === 'link') {
            hops += 1;
            if (hops > maxHops) return false;
            ahead.push(...node.target.split('/').reverse());
        } else {
            at.push(node?.kind === 'directory' ? node : undefined);
        }
    }
    return false;
}

/** A target as the root directory of a machine sees it, where nothing is above `/`, written relative to the link's directory. */
export function rootTarget(target: string, linkDirectory: readonly string[]): string {
    if (!target.startsWith('/') && !climbsAsWritten(linkDirectory.length, target)) return target;
    const names: string[] = target.startsWith('/') ? [] : [...linkDirectory];
    for (const segment of target.split('/')) {
        if (segment === '..') names.pop();
        else if (segment !== '' && segment !== '.') names.push(segment);
    }
    return relativeTarget(`/${names.join('/')}`, '', linkDirectory) ?? '.';
}

/** An absolute target below `root`, written relative to the link's own directory; undefined when it is elsewhere. */
export function relativeTarget(target: string, root: string, linkDirectory: readonly string[]): string | undefined {
    if (target !== root && !target.startsWith(`${root}/`)) return undefined;
    const wanted: string[] = [];
    for (const segment of target.slice(root.length).split('/')) {
        if (segment === '..') {
            if (wanted.pop() === undefined) return undefined;
        } else if (segment !== '' && segment !== '.') {
            wanted.push(segment);
        }
    }
    let shared = 0;
    while (shared < wanted.length && shared < linkDirectory.length && wanted[shared] === linkDirectory[shared]) {
        shared += 1;
    }
    const up = linkDirectory.slice(shared).map(() => '..');
    return [...up, ...wanted.slice(shared)].join('/') || '.';
}
