// Numbers that come out smallest first: a binary heap. The scheduler's ready actions, by their place in its order.

export interface ReadyQueue {
    add(rank: number): void;
    /** The smallest; undefined when there is none. */
    first(): number | undefined;
    /** Takes the smallest away. */
    take(): number | undefined;
}

export function readyQueue(): ReadyQueue {
    const heap: number[] = [];
    const at = (index: number): number => heap[index] ?? Infinity;
    const swap = (a: number, b: number): void => {
        [heap[a], heap[b]] = [at(b), at(a)];
    };
    const sink = (): void => {
        for (let index = 0; ; ) {
            const left = 2 * index + 1;
            const least = at(left + 1) < at(left) ? left + 1 : left;
            if (at(least) >= at(index)) return;
            swap(index, least);
            index = least;
        }
    };
    return {
        first: () => heap[0],
        add(rank) {
            let index = heap.push(rank) - 1;
            for (let above = (index - 1) >> 1; index > 0 && at(above) > rank; above = (index - 1) >> 1) {
                swap(index, above);
                index = above;
            }
        },
        take() {
            const first = heap[0];
            const last = heap.pop();
            if (heap.length > 0 && last !== undefined) {
                heap[0] = last;
                sink();
            }
            return first;
        },
    };
}
