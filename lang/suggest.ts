// "Did you mean": the nearest of some known words.

/**
 * The candidate with the fewest insertions, deletions, replacements and swaps of neighbours to `word`; undefined when
 * none is near. Ties go to the first in code-unit order, so the order of the candidates does not matter.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
    const limit = Math.max(1, Math.floor(word.length / 3));
    let best: { readonly candidate: string; readonly distance: number } | undefined;
    for (const candidate of candidates) {
        if (Math.abs(candidate.length - word.length) > limit) continue;
        const distance = editDistance(word, candidate);
        if (distance > limit || distance >= candidate.length) continue;
        if (best === undefined || distance < best.distance) best = { candidate, distance };
        else if (distance === best.distance && candidate < best.candidate) best = { candidate, distance };
    }
    return best?.candidate;
}

/** Optimal string alignment distance over UTF-16 units. */
function editDistance(a: string, b: string): number {
    let beforePrevious: number[] = [];
    let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
    for (let row = 1; row <= a.length; row += 1) {
        const current = [row];
        for (let column = 1; column <= b.length; column += 1) {
            const same = a[row - 1] === b[column - 1];
            let cost = (previous[column - 1] ?? 0) + (same ? 0 : 1);
            cost = Math.min(cost, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
            const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
            if (swapped) cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
            current.push(cost);
        }
        beforePrevious = previous;
        previous = current;
    }
    return previous[b.length] ?? 0;
}
