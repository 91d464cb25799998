// The links of a recipe of kind `chain`: which releases, in which order, by which recipe. `rpkg lineage` asks the same table.
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { chainProblem, nothingToBuild, twoReleases, unknownLink } from './chain-errors.ts';
import { type Lineage, type Link, lineageOf } from './rustc/lineage.ts';
import { versionNumbers } from './rustc/release.ts';
import { type Group, boolOf, labelsOf, listOf } from './value.ts';

export interface ChainLink extends Link {
    /** What it is called in the plan: its release, and how it differs from another link of that release. */
    readonly name: string;
    readonly isLast: boolean;
}

export interface ChainLinks {
    /** Undefined when the chain has none, which is reported. */
    readonly lineage: Lineage | undefined;
    readonly links: readonly ChainLink[];
    readonly diagnostics: readonly Diagnostic[];
}

/** Links in the order in which they are built. */
export function chainLinks(root: Group): ChainLinks {
    const [have, want] = ['have', 'version'].map((name) => String(root.fields.get(name)?.value ?? ''));
    const llvm = listOf(root, 'llvm').map(Number);
    const labels = [...labelsOf(root, 'link')].map(([label, { place }]) => ({ label, place }));
    const answer = lineageOf(have ?? '', want ?? '', {
        via: labels.map(({ label }) => label).filter((label) => isBetween(label, have ?? '', want ?? '')),
        byItself: boolOf(root, 'by-itself') ?? false,
        ...(llvm.length === 0 ? {} : { llvm }),
    });
    const place = root.fields.get('version')?.place;
    if (!answer.ok) return { lineage: undefined, links: [], diagnostics: [chainProblem(answer.problem, place)] };
    const { lineage } = answer;
    const last = lineage.links.length - 1;
    const links = lineage.links.map(
        (link, at): ChainLink => ({
            ...link,
            name: link.stage0 === link.version && at > 0 ? `${link.version}-by-itself` : link.version,
            isLast: at === last,
        }),
    );
    const diagnostics = [
        ...(links.length === 0 ? [nothingToBuild(lineage.want, place)] : []),
        ...strayLabels(labels, [...new Set(links.map(({ version }) => version))]),
    ];
    return { lineage, links, diagnostics };
}

/** Whether a label names a point release of a minor version that lies between the two ends. */
function isBetween(label: string, have: string, want: string): boolean {
    if (!exact.test(label)) return false;
    const [minor, from, to] = [label, have, want].map((text) => versionNumbers(text)?.minor ?? 0);
    return (from ?? 0) < (minor ?? 0) && (minor ?? 0) < (to ?? 0);
}

const exact = /^1\.\d+\.\d+$/;

function strayLabels(
    labels: readonly { readonly label: string; readonly place: Place | undefined }[],
    versions: readonly string[],
): readonly Diagnostic[] {
    return labels
        .filter(({ label }) => !versions.includes(label))
        .map(({ label, place }) => {
            const minor = versionNumbers(label)?.minor;
            const other = labels.find((each) => each.label !== label && versionNumbers(each.label)?.minor === minor);
            return exact.test(label) && other !== undefined
                ? twoReleases(label, other.label, place)
                : unknownLink(label, versions, place);
        });
}
