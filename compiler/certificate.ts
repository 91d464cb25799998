// Certificates of chains (spec/chains.md): whether one is whole, and whether it is about the plan that a recipe gives.
import { hashJson } from './plan/canonical.ts';
import { parseTreeDigest, type TreeDigest } from './plan/digest.ts';
import { splitRef } from './plan/graph.ts';
import { own } from './plan/own.ts';
import type { Plan, TreeRef } from './plan/plan.ts';

export interface Certificate {
    readonly schema: 'rpkg.certificate/1';
    /** The compiler that the chain begins with, in its root. */
    readonly begin: { readonly release: string; readonly tree: TreeDigest };
    /** In the order in which they were built. */
    readonly links: readonly CertifiedLink[];
}

export interface CertifiedLink {
    /** The seal of the link before it, or the hash of `begin`. */
    readonly before: string;
    /** The release that built it. */
    readonly by: string;
    /** Execution digest of the link's own plan. */
    readonly plan: string;
    readonly release: string;
    /** What it gave. */
    readonly tree: TreeDigest;
    /** Hash of all of this. */
    readonly seal: string;
}

/** What a plan says about a link before anything is built. */
export type PlannedLink = Pick<CertifiedLink, 'release' | 'by' | 'plan'>;

/** Undefined for a text that is no certificate. */
export function decodeCertificate(text: string): Certificate | undefined {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        return undefined;
    }
    return isCertificate(value) ? value : undefined;
}

function isCertificate(value: unknown): value is Certificate {
    if (!hasTexts(value, ['schema']) || value['schema'] !== 'rpkg.certificate/1') return false;
    const { begin, links } = value as { readonly begin?: unknown; readonly links?: unknown };
    if (!hasTexts(begin, ['release', 'tree']) || parseTreeDigest(begin['tree'] ?? '') === undefined) return false;
    return (
        Array.isArray(links) &&
        links.every((link: unknown) => hasTexts(link, linkKeys) && parseTreeDigest(link['tree'] ?? '') !== undefined)
    );
}

const linkKeys = ['before', 'by', 'plan', 'release', 'seal', 'tree'];

function hasTexts(value: unknown, keys: readonly string[]): value is Readonly<Record<string, string>> {
    if (typeof value !== 'object' || value === null) return false;
    return keys.every((key) => typeof own(value as Readonly<Record<string, unknown>>, key) === 'string');
}

/** Links of a chain in the order of building, as its certificate will have them; empty for other plans. */
export function plannedLinks(plan: Pick<Plan, 'actions' | 'outputs'>): readonly PlannedLink[] {
    const links: PlannedLink[] = [];
    let tree: TreeRef | undefined = own(plan.outputs, 'certificate');
    while (tree !== undefined) {
        const action = own(plan.actions, splitRef(tree).action);
        const [command] = action?.kind === 'run' ? action.commands : [];
        if (action?.kind !== 'run' || command === undefined || !('argv' in command)) break;
        const [, program = '', release, by, planned] = command.argv;
        if (!program.endsWith('/certificate.py')) break;
        if (release !== undefined && by !== undefined && planned !== undefined)
            links.unshift({ release, by, plan: planned });
        tree = Object.values(action.mounts).find((mount) => mount.tree.startsWith('certificate@'))?.tree;
    }
    return links;
}

/** What is wrong with a certificate by itself, and what of it is not as planned. One line each, without a full stop. */
export function certificateProblems(certificate: Certificate, planned: readonly PlannedLink[]): readonly string[] {
    const { begin, links } = certificate;
    const problems: string[] = [];
    let before: string = hashJson(begin);
    for (const [at, { seal, ...link }] of links.entries()) {
        const title = `link ${String(at + 1)}, ${link.release}`;
        if (link.before !== before) problems.push(`${title}: it does not follow what is before it`);
        if (hashJson(link) !== seal) problems.push(`${title}: its seal is not that of what it says`);
        before = seal;
        const plan = planned[at];
        if (plan === undefined) problems.push(`${title}: the recipe has no such link`);
        else if (plan.release !== link.release || plan.by !== link.by)
            problems.push(`${title} by ${link.by}: the recipe builds ${plan.release} by ${plan.by}`);
        else if (plan.plan !== link.plan)
            problems.push(`${title}: it was built by another plan: ${link.plan}, and the recipe gives ${plan.plan}`);
    }
    const [first] = links;
    if (first !== undefined && first.by !== begin.release)
        problems.push(`it begins with ${begin.release}, and its first link was built by ${first.by}`);
    for (const { release } of planned.slice(links.length))
        problems.push(`the link ${release} of the recipe is missing`);
    return problems;
}
