/** Pseudo-random choices that a seed repeats exactly (mulberry32). */
export class Random {
    #state: number;

    constructor(seed: number) {
        // Neighbouring seeds must not give similar first choices.
        this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
    }

    /** In [0, 1). */
    next(): number {
        this.#state = (this.#state + 0x6d2b79f5) >>> 0;
        let mixed = this.#state;
        mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
    }

    chance(probability: number): boolean {
        return this.next() < probability;
    }

    /** A whole number from `least` to `most`, both included. */
    between(least: number, most: number): number {
        return least + Math.floor(this.next() * (most - least + 1));
    }

    pick<T>(choices: readonly T[]): T {
        const choice = this.maybePick(choices);
        if (choice === undefined) throw new Error('nothing to pick from');
        return choice;
    }

    maybePick<T>(choices: readonly T[]): T | undefined {
        return choices[Math.floor(this.next() * choices.length)];
    }

    /** Each with the probability, in their order. */
    some<T>(choices: readonly T[], probability: number): T[] {
        return choices.filter(() => this.chance(probability));
    }

    /** So many different ones, in random order. */
    sample<T>(choices: readonly T[], count: number): T[] {
        const left = [...choices];
        const taken: T[] = [];
        while (taken.length < count && left.length > 0)
            taken.push(...left.splice(Math.floor(this.next() * left.length), 1));
        return taken;
    }
}
