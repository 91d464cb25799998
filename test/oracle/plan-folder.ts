// Our own answer to the question that Cargo is asked: the unit graph of a workspace on the disk.
import * as os from 'node:os';
import * as path from 'node:path';
import { openCargoWorkspace, resolveCargoWorkspace } from '../../cli/cargo-workspace.ts';
import { rustcFacts, rustcVersion } from '../../cli/rustc-facts.ts';
import { demand } from '../support/demand.ts';
import type { PlatformFacts } from '../../compiler/cargo/cfg.ts';
import type { CargoProblem } from '../../compiler/cargo/problem.ts';
import { oldCompiler } from '../../compiler/cargo/required-rustc.ts';
import { allTargets } from '../../compiler/cargo/roots.ts';
import { planUnits } from '../../compiler/cargo/unit-graph.ts';
import { unitGraphJson } from '../../compiler/cargo/unit-json.ts';

export interface FolderRequest {
    readonly folder: string;
    readonly crates?: string | undefined;
    readonly packages: readonly string[];
    readonly profile: string;
    readonly target?: string | undefined;
    readonly allTargets: boolean;
    readonly features: readonly string[];
    readonly allFeatures: boolean;
    readonly noDefaultFeatures: boolean;
    /** Whether the crates that are there decide the versions. */
    readonly resolve?: boolean;
    readonly environment?: NodeJS.ProcessEnv;
}

/** Problems instead of a graph where the workspace cannot be planned. */
export async function planFolder(
    request: FolderRequest,
): Promise<{ readonly json: object | undefined; readonly problems: readonly CargoProblem[] }> {
    const environment = request.environment ?? process.env;
    const home = environment['CARGO_HOME'] ?? path.join(environment['HOME'] ?? os.homedir(), '.cargo');
    const target = request.target === undefined ? undefined : await facts(request.target, environment);
    const question = {
        selection: {
            intent: 'build' as const,
            packages: request.packages.length === 0 ? undefined : request.packages,
            targets: request.allTargets ? allTargets : undefined,
        },
        features: { features: request.features, all: request.allFeatures, defaults: !request.noDefaultFeatures },
        host: await facts(undefined, environment),
    };
    const place = { folder: path.resolve(request.folder), crates: request.crates, home };
    const opened =
        request.resolve === true ? resolveCargoWorkspace(place, { ...question, target }) : openCargoWorkspace(place);
    if (!opened.ok) return { json: undefined, problems: opened.problems };
    const { units, problems } = planUnits({
        ...question,
        workspace: opened.workspace,
        graph: opened.graph,
        profile: { name: request.profile },
        ...(target === undefined ? {} : { target }),
    });
    if (units === undefined) return { json: undefined, problems };
    version ??= rustcVersion('rustc', environment).then(demand);
    const old = oldCompiler(units, await version);
    return old.length > 0 ? { json: undefined, problems: old } : { json: unitGraphJson(units), problems };
}

let version: Promise<string> | undefined;

const known = new Map<string | undefined, Promise<PlatformFacts>>();

/** Asked in Cargo's own environment: what unlocks its unit graphs makes rustc tell of unstable settings as well. */
function facts(triple: string | undefined, environment: NodeJS.ProcessEnv): Promise<PlatformFacts> {
    const asked = known.get(triple) ?? rustcFacts('rustc', triple, environment).then(demand);
    known.set(triple, asked);
    return asked;
}
