// Place of a plan → the recipe fields that were noted for it, found without looking at all notes.
import type { Plan } from './plan/plan.ts';

/** Fields noted at a JSON pointer, above it, or below it: a whole command is noted where one word changed. */
export type FieldIndex = (at: string) => Iterable<string>;

export function fieldIndex({ provenance }: Plan): FieldIndex {
    const at = new Map(Object.entries(provenance.values));
    const below = new Map<string, Set<string>>();
    for (const [noted, fields] of at) {
        for (const parent of parentsOf(noted)) {
            const known = below.get(parent) ?? new Set();
            for (const field of fields) known.add(field);
            below.set(parent, known);
        }
    }
    return (place) => [
        ...(at.get(place) ?? []),
        ...parentsOf(place).flatMap((parent) => at.get(parent) ?? []),
        ...(below.get(place) ?? []),
    ];
}

/** `/a/b/c` → `/a/b`, `/a`. */
function parentsOf(place: string): readonly string[] {
    const parents: string[] = [];
    for (let end = place.lastIndexOf('/'); end > 0; end = place.lastIndexOf('/', end - 1)) {
        parents.push(place.slice(0, end));
    }
    return parents;
}
