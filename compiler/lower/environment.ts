// What surrounds the actions of a recipe: the host, or a root file system that an action of the plan brings.
import type { Diagnostic } from '../../lang/diagnostic.ts';
import type { Place } from '../../lang/source.ts';
import { parseHash } from '../plan/digest.ts';
import type { Environment, HostTool } from '../plan/plan.ts';
import { type Evaluated, type Group, listOf, textOf } from '../value.ts';
import type { Lowering, Surroundings } from './context.ts';
import { badPackageName, environmentField, noArchitecture, twoPlaces } from './environment-errors.ts';
import type { EnvironmentNeed, ImageNeed, PackagesNeed, PlanFacts } from './needs.ts';
import { placeholderHash } from './sources.ts';

/** Name of the environment in the plan, and id of the action that brings it. */
const rootEnvironment = 'rootfs';
const rootAction = 'environment';

/** What has to be brought before anything can be planned; nothing for the host's environment. */
export function environmentNeed(evaluated: Evaluated): {
    readonly need: EnvironmentNeed | undefined;
    readonly diagnostics: readonly Diagnostic[];
} {
    const environment = evaluated.root.fields.get('environment')?.target;
    if (environment === undefined) return { need: undefined, diagnostics: [] };
    const { root, name } = environment;
    const provider = textOf(root, 'provider') ?? 'host';
    const diagnostics = strayFields(root, provider);
    if (provider === 'host') return { need: undefined, diagnostics };
    const architecture = debianArchitectures[String(evaluated.facts['host.multiarch'])];
    if (architecture === undefined) {
        diagnostics.push(noArchitecture(String(evaluated.facts['host.triple']), placeOf(root, 'provider')));
    }
    const found = provider === 'debian' ? packagesNeed(root, diagnostics) : imageNeed(root, diagnostics);
    if (found === undefined || architecture === undefined || diagnostics.length > 0) {
        return { need: undefined, diagnostics };
    }
    return { need: { name, architecture, ...found }, diagnostics };
}

function packagesNeed(root: Group, diagnostics: Diagnostic[]): PackagesNeed | undefined {
    const suite = textOf(root, 'suite');
    const packages = listOf(root, 'packages');
    for (const text of packages) {
        if (!packagePattern.test(text)) diagnostics.push(badPackageName(text, placeOf(root, 'packages')));
    }
    if (suite === undefined) {
        diagnostics.push(environmentField('debian', 'suite', 'missing', placeOf(root, 'provider')));
        return undefined;
    }
    const components = listOf(root, 'components');
    return {
        type: 'debian',
        suite,
        pockets: listOf(root, 'pockets'),
        components: components.length === 0 ? ['main'] : components,
        packages,
    };
}

function imageNeed(root: Group, diagnostics: Diagnostic[]): ImageNeed | undefined {
    const [path, url, hash] = ['path', 'url', 'hash'].map((field) => textOf(root, field));
    if (path === undefined && url === undefined) {
        diagnostics.push(environmentField('rootfs', 'path', 'missing', placeOf(root, 'provider')));
    }
    if (path !== undefined && url !== undefined) diagnostics.push(twoPlaces(placeOf(root, 'url')));
    if (hash === undefined) {
        diagnostics.push(environmentField('rootfs', 'hash', 'missing', placeOf(root, 'provider')));
        return undefined;
    }
    const pinned = parseHash(hash) === undefined ? placeholderHash : hash;
    return {
        type: 'image',
        ...(path === undefined ? {} : { path }),
        urls: url === undefined ? [] : [url],
        hash: pinned,
    };
}

/** With a version of Debian's form, if any. */
const packagePattern = /^[a-z0-9][a-z0-9.+-]+(?:=[0-9A-Za-z.+~:-]+)?$/;

/** Fields that say something about one provider only. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
    debian: ['suite', 'pockets', 'components', 'packages'],
    rootfs: ['path', 'url', 'hash'],
};

function strayFields(root: Group, provider: string): Diagnostic[] {
    return Object.entries(fieldsOf)
        .filter(([owner]) => owner !== provider)
        .flatMap(([, fields]) => fields)
        .filter((field) => root.fields.has(field))
        .map((field) => environmentField(provider, field, 'stray', placeOf(root, field)));
}

function placeOf(root: Group, field: string): Place | undefined {
    return root.fields.get(field)?.place ?? root.place;
}

/** What Debian calls the folder of an architecture's libraries → the architecture. */
const debianArchitectures: Readonly<Record<string, string>> = {
    'aarch64-linux-gnu': 'arm64',
    'arm-linux-gnueabi': 'armel',
    'arm-linux-gnueabihf': 'armhf',
    'i386-linux-gnu': 'i386',
    'loongarch64-linux-gnu': 'loong64',
    'mips64el-linux-gnuabi64': 'mips64el',
    'powerpc64le-linux-gnu': 'ppc64el',
    'riscv64-linux-gnu': 'riscv64',
    's390x-linux-gnu': 's390x',
    'x86_64-linux-gnu': 'amd64',
};

/** The environment as it stands in the plan. */
export function plannedEnvironment(tools: Readonly<Record<string, HostTool>>, { environment }: PlanFacts): Environment {
    if (environment === undefined) return { kind: 'host', tools };
    return { kind: 'rootfs', tree: rootAction, digest: environment.digest, tools };
}

/** How run actions name it. */
export function surroundingsOf({ environment }: PlanFacts): Surroundings {
    return environment === undefined ? { environment: 'host' } : { environment: rootEnvironment, root: rootAction };
}

/** The action that brings the root file system, if there is one. */
export function addEnvironment({ facts, actions, trace }: Lowering): void {
    if (facts.environment === undefined) return;
    actions.set(rootAction, { kind: 'fetch', source: facts.environment.source });
    trace.note(['actions', rootAction], ['environment']);
}
