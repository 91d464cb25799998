// Which dependency tables count for the build machine, and which for what is built.
import { parsePlatform, type PlatformFacts, platformMatches } from './cfg.ts';
import type { Dependency } from './package.ts';

/** Where a unit runs: on the build machine, or where the product will. Without `--target` both are one machine. */
export type UnitKind = 'host' | 'target';

export interface Platforms {
    /** Triple of `--target`; undefined without one. */
    readonly target: string | undefined;
    readonly triple: (kind: UnitKind) => string;
    readonly counts: (dependency: Dependency, kind: UnitKind) => boolean;
}

export function platforms(host: PlatformFacts, target: PlatformFacts | undefined): Platforms {
    const facts = { host, target: target ?? host };
    const answers = { host: new Map<string, boolean>(), target: new Map<string, boolean>() };
    return {
        target: target?.triple,
        triple: (kind) => facts[kind].triple,
        counts: ({ platform }, kind) => {
            if (platform === undefined) return true;
            const known = answers[kind].get(platform);
            if (known !== undefined) return known;
            const parsed = parsePlatform(platform);
            const answer = parsed !== undefined && platformMatches(parsed, facts[kind]);
            answers[kind].set(platform, answer);
            return answer;
        },
    };
}
