// Packages that need each other to be built. (For tests alone, they may.)

/** One cycle, first node again at the end; undefined when there is none. */
export function findCycle(
    roots: readonly string[],
    next: (node: string) => readonly string[],
): readonly string[] | undefined {
    const done = new Set<string>();
    const path: string[] = [];
    const visit = (node: string): readonly string[] | undefined => {
        if (done.has(node)) return undefined;
        const start = path.indexOf(node);
        if (start >= 0) return [...path.slice(start), node];
        path.push(node);
        for (const each of next(node)) {
            const cycle = visit(each);
            if (cycle !== undefined) return cycle;
        }
        path.pop();
        done.add(node);
        return undefined;
    };
    for (const root of roots) {
        const cycle = visit(root);
        if (cycle !== undefined) return cycle;
    }
    return undefined;
}
