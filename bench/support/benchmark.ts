import type { Row } from './row.ts';
import type { Workbench } from './workbench.ts';

export interface Benchmark {
    readonly name: string;
    /** One line for people: what is measured, against what. */
    readonly title: string;
    measure(bench: Workbench): Promise<readonly Row[]>;
}
