// `source LABEL { … }` blocks → what has to be fetched.
import type { Diagnostic } from '../../lang/diagnostic.ts';
import { type Evaluated, type Group, boolOf, labelsOf, listOf, numberOf, textOf } from '../value.ts';
import { parseHash } from '../plan/digest.ts';
import type { Source } from '../plan/plan.ts';
import { badCrateName, hashToDo } from './errors.ts';
import type { PlanFacts, SourceNeed, WantedSource } from './needs.ts';
import { idleSources } from './target-tools.ts';

/** A hash that no content has: what `hash = todo` stands for until the real one is written. */
export const placeholderHash = `sha256:${'0'.repeat(64)}`;

/** The sources of a recipe, in the order of their definition, without the standard libraries of other targets. */
export function wantedSources(evaluated: Evaluated): {
    readonly sources: readonly SourceNeed[];
    readonly diagnostics: readonly Diagnostic[];
} {
    const sources: SourceNeed[] = [];
    const diagnostics: Diagnostic[] = [];
    const idle = new Set(idleSources(evaluated));
    for (const [id, group] of labelsOf(evaluated.root, 'source')) {
        if (idle.has(id)) continue;
        const place = group.fields.values().next().value?.place ?? group.place;
        if (place === undefined) continue;
        const source = wantedSource(id, group, diagnostics);
        if (source !== undefined) sources.push({ id, source, place });
    }
    return { sources, diagnostics };
}

function wantedSource(id: string, group: Group, diagnostics: Diagnostic[]): WantedSource | undefined {
    const path = textOf(group, 'path');
    if (path !== undefined) return { type: 'local', path, exclude: listOf(group, 'exclude') };
    const git = textOf(group, 'git');
    if (git !== undefined) return { type: 'git', url: git, commit: textOf(group, 'commit') ?? '' };
    const hash = pinnedHash(id, group, diagnostics);
    const crate = textOf(group, 'crate');
    if (crate !== undefined) return crateSource(id, group, crate, hash, diagnostics);
    const file = textOf(group, 'file');
    if (file !== undefined) {
        const name = textOf(group, 'name') ?? file.slice(file.lastIndexOf('/') + 1);
        return { type: 'file', urls: [file], hash, name, executable: boolOf(group, 'executable') ?? false };
    }
    const url = textOf(group, 'url');
    const urls = [...(url === undefined ? [] : [url]), ...listOf(group, 'urls')];
    return { type: 'archive', urls, hash, strip: numberOf(group, 'strip') ?? 1 };
}

/** An unpinned source is reported, and goes on as one whose hash nothing can have. */
function pinnedHash(id: string, group: Group, diagnostics: Diagnostic[]): string {
    const hash = textOf(group, 'hash') ?? '';
    if (parseHash(hash) !== undefined) return hash;
    const place = group.fields.get('hash')?.place ?? group.place;
    if (place !== undefined) diagnostics.push(hashToDo(id, place));
    return placeholderHash;
}

function crateSource(
    id: string,
    group: Group,
    text: string,
    hash: string,
    diagnostics: Diagnostic[],
): WantedSource | undefined {
    const [, name, version] = /^([A-Za-z0-9_-]+)@([0-9A-Za-z.+-]+)$/.exec(text) ?? [];
    if (name !== undefined && version !== undefined) return { type: 'crate', name, version, hash };
    const place = group.fields.get('crate')?.place;
    if (place !== undefined) diagnostics.push(badCrateName(id, text, place));
    return undefined;
}

/** Adds the tree digests that were found out for local folders and commits. */
export function pinnedSource(need: SourceNeed, facts: PlanFacts): Source {
    const { source } = need;
    if (source.type !== 'local' && source.type !== 'git') return source;
    const tree = facts.trees.get(need.id);
    if (tree === undefined) throw new Error(`no tree was handed in for source ${need.id}`);
    return { ...source, tree };
}
