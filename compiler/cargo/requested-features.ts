// Which members are asked for which features. Up to resolver 1 with a root package, `--features` speaks of that package
// alone, which then takes part even when another one was selected; later resolvers, and workspaces without a root
// package, hand the flags to every selected member.
import { manifestPath } from './manifest-file.ts';
import type { Package } from './package.ts';
import type { CargoProblem } from './problem.ts';

/** `--features`, `--all-features` and `--no-default-features`. */
export interface FeatureFlags {
    readonly features: readonly string[];
    readonly all: boolean;
    readonly defaults: boolean;
}

export interface MemberFeatures extends FeatureFlags {
    readonly package: Package;
}

interface Question {
    readonly members: readonly Package[];
    readonly selected: ReadonlySet<Package>;
    readonly flags: FeatureFlags;
}

export interface Answer {
    readonly requests: readonly MemberFeatures[];
    readonly problems: readonly CargoProblem[];
}

/** `current` is the root package when the old rule holds. */
export function requestedFeatures(question: Question, current: Package | undefined): Answer {
    const bad = question.flags.features.filter(
        (feature) => feature.startsWith('dep:') || feature.split('/').length > 2 || feature === '',
    );
    if (bad.length > 0) return { requests: [], problems: bad.map((feature) => unknownFeature(feature, question)) };
    return current === undefined ? forAllSelected(question) : forCurrent(question, current);
}

function forAllSelected(question: Question): Answer {
    const { members, selected, flags } = question;
    const taking = members.filter((member) => selected.has(member));
    if (taking.length === 0) {
        // Only packages outside of the workspace were selected: they get what the members ask of them.
        const isPlain = flags.features.length === 0 && !flags.all && flags.defaults;
        return {
            requests: members.map((member) => ({ package: member, features: [], all: false, defaults: true })),
            problems: isPlain ? [] : [noMember],
        };
    }
    const found = new Set<string>();
    const requests = taking.map((member) => {
        const features = flags.features.flatMap((feature) => {
            const own = featureOf(member, feature);
            if (own !== undefined) found.add(feature);
            return own ?? [];
        });
        return { package: member, features, all: flags.all, defaults: flags.defaults };
    });
    const missing = flags.features.filter((feature) => !found.has(feature));
    return {
        requests,
        problems: [...missing.map((feature) => unknownFeature(feature, question)), ...hiddenDependencies(requests)],
    };
}

function forCurrent(question: Question, current: Package): Answer {
    const { members, selected, flags } = question;
    const ofMember = new Map<Package, string[]>();
    const ofCurrent: string[] = [];
    for (const feature of flags.features) {
        const [name = '', inner] = feature.split('/');
        const member = members.find((one) => one !== current && one.id.name === name.replace(/\?$/, ''));
        if (inner === undefined || member === undefined || !selected.has(member)) ofCurrent.push(feature);
        else ofMember.set(member, [...(ofMember.get(member) ?? []), inner]);
    }
    const requests = members.flatMap((member): MemberFeatures[] => {
        if (member === current)
            return [{ package: member, features: ofCurrent, all: flags.all, defaults: flags.defaults }];
        if (!selected.has(member)) return [];
        return [{ package: member, features: ofMember.get(member) ?? [], all: flags.all, defaults: true }];
    });
    const missing = requests.flatMap(({ package: member, features }) =>
        features.filter((feature) => featureOf(member, feature) === undefined),
    );
    return {
        requests,
        problems: [...missing.map((feature) => unknownFeature(feature, question)), ...hiddenDependencies(requests)],
    };
}

/** The name of an optional dependency finds its package, and is no feature of it when `dep:` hides it: an error then, whoever else has a feature of that name. */
function hiddenDependencies(requests: readonly MemberFeatures[]): readonly CargoProblem[] {
    return requests.flatMap(({ package: member, features }) =>
        features
            .filter((feature) => !feature.includes('/') && !member.features.has(feature))
            .filter((feature) => featureOf(member, feature) !== undefined)
            .map((feature) => hiddenDependency(member, feature)),
    );
}

/** What a feature of the command line means to a member; undefined when nothing. */
function featureOf({ id, dependencies, features }: Package, feature: string): string | undefined {
    const own = (name: string): boolean =>
        features.has(name) || dependencies.some((dependency) => dependency.optional && dependency.name === name);
    const slash = feature.indexOf('/');
    if (slash === -1) return own(feature) ? feature : undefined;
    const [name, inner] = [feature.slice(0, slash).replace(/\?$/, ''), feature.slice(slash + 1)];
    if (dependencies.some((dependency) => dependency.name === name)) return feature;
    return name === id.name && own(inner) ? inner : undefined;
}

function hiddenDependency({ id, root, features }: Package, name: string): CargoProblem {
    const including = [...features].filter(([, values]) => values.includes(`dep:${name}`)).map(([feature]) => feature);
    return {
        code: 'cargo/unknown-feature',
        message: `\`${name}\` is an optional dependency and no feature: \`dep:${name}\` hides it`,
        package: `${id.name} ${id.version}`,
        file: manifestPath(root),
        help: `name a feature that turns it on: ${including.map((feature) => `\`${feature}\``).join(', ')}`,
    };
}

const noMember: CargoProblem = {
    code: 'cargo/unknown-feature',
    message: 'features are chosen for a package that is not a member of the workspace',
    help: 'leave them out: such a package has the features that members ask of it',
};

function unknownFeature(feature: string, { selected }: Question): CargoProblem {
    const names = [...selected].map(({ id }) => `\`${id.name}\``).join(', ');
    return {
        code: 'cargo/unknown-feature',
        message: `${names} ${selected.size === 1 ? 'has' : 'have'} no feature \`${feature}\``,
        help: 'name a feature of a selected package, or `DEPENDENCY/FEATURE`',
    };
}
