/** Runs the work for all items, a few at a time; results stand in the order of the items. The first error ends it. */
export async function inParallel<Item, Value>(
    items: readonly Item[],
    atOnce: number,
    work: (item: Item, index: number) => Promise<Value>,
): Promise<Value[]> {
    const results: Value[] = [];
    const pending = items.entries();
    const worker = async (): Promise<void> => {
        for (const [index, item] of pending) results[index] = await work(item, index);
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
    return results;
}
