import * as os from 'node:os';
import * as path from 'node:path';
import { oldCompiler } from '../../compiler/cargo/required-rustc.ts';
import { allTargets, type Intent, isGiven, type TargetChoice } from '../../compiler/cargo/roots.ts';
import { planFeatures, planUnits, type UnitRequest } from '../../compiler/cargo/unit-graph.ts';
import { unitGraphJson } from '../../compiler/cargo/unit-json.ts';
import { cargoDiagnostic } from '../cargo-diagnostic.ts';
import { openCargoWorkspace, resolveCargoWorkspace } from '../cargo-workspace.ts';
import type { Arguments, CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { endWithDiagnostics, endWithFailures } from '../report.ts';
import { tellUsage } from '../request.ts';
import { rustcFacts, rustcVersion } from '../rustc-facts.ts';
import { featureStage, graphStage, manifestStage } from '../unit-stages.ts';

const stages = ['manifests', 'graph', 'features', 'units'];
const intents: readonly Intent[] = ['build', 'test', 'bench', 'doc'];

/** `rpkg units FOLDER`: what cargo would run, without running cargo. */
export const units: CommandRun = async (context, args) => {
    const stage = args.value('stage') ?? 'units';
    const intent = intents.find((one) => one === (args.value('for') ?? 'build'));
    if (!stages.includes(stage) || intent === undefined) {
        tellUsage(context, '`--stage` takes manifests, graph, features or units; `--for` build, test, bench or doc');
        return exitCodes.usage;
    }
    const { env, cwd } = context;
    const crates = args.value('crates');
    const place = {
        folder: path.resolve(cwd, args.operands[0] ?? '.'),
        crates: crates === undefined ? undefined : path.resolve(cwd, crates),
        home: env['CARGO_HOME'] ?? path.join(env['HOME'] ?? os.homedir(), '.cargo'),
    };
    const show = (answer: unknown): void => {
        context.out.write(`${JSON.stringify(answer, undefined, 2)}\n`);
    };
    const rustc = env['RUSTC'] ?? 'rustc';
    const triple = args.value('target');
    const [host, target] = await Promise.all([
        rustcFacts(rustc, undefined),
        triple === undefined ? undefined : rustcFacts(rustc, triple),
    ]);
    if (!host.ok) return endWithFailures(context, [host.failure], {});
    if (target?.ok === false) return endWithFailures(context, [target.failure], {});
    const packages = args.values('package');
    const question = {
        selection: { intent, packages: packages.length === 0 ? undefined : packages, targets: targetChoice(args) },
        features: {
            features: args.values('features').flatMap((word) => word.split(/[\s,]+/).filter((name) => name !== '')),
            all: args.flag('all-features'),
            defaults: !args.flag('no-default-features'),
        },
        profile: { name: args.value('profile') ?? (args.flag('release') ? 'release' : defaultProfile(intent)) },
        host: host.value,
        target: target?.value,
    };
    const opened = args.flag('resolve') ? resolveCargoWorkspace(place, question) : openCargoWorkspace(place);
    if (!opened.ok) return endWithDiagnostics(context, opened.problems.map(cargoDiagnostic), {});
    if (stage === 'manifests') {
        show(manifestStage(opened.workspace));
        return exitCodes.ok;
    }

    const { target: other, ...rest } = question;
    const request: UnitRequest = { ...opened, ...rest, ...(other === undefined ? {} : { target: other }) };
    if (stage === 'units') {
        const { units: graph, problems } = planUnits(request);
        if (graph === undefined) return endWithDiagnostics(context, problems.map(cargoDiagnostic), {});
        const version = await rustcVersion(rustc);
        if (!version.ok) return endWithFailures(context, [version.failure], {});
        const old = args.flag('ignore-rust-version') ? [] : oldCompiler(graph, version.value);
        if (old.length > 0) return endWithDiagnostics(context, old.map(cargoDiagnostic), {});
        show(unitGraphJson(graph));
        return exitCodes.ok;
    }
    const { features, problems } = planFeatures(request);
    if (features === undefined) return endWithDiagnostics(context, problems.map(cargoDiagnostic), {});
    show(stage === 'graph' ? graphStage(features, opened.graph) : featureStage(features));
    return exitCodes.ok;
};

function defaultProfile(intent: Intent): string {
    return intent === 'test' || intent === 'bench' ? intent : 'dev';
}

function targetChoice(args: Arguments): TargetChoice | undefined {
    if (args.flag('all-targets')) return allTargets;
    const choice: TargetChoice = {
        library: args.flag('lib'),
        programs: args.flag('bins') ? 'all' : args.values('bin'),
        examples: args.flag('examples') ? 'all' : args.values('example'),
        tests: args.flag('tests') ? 'all' : args.values('test'),
        benchmarks: args.flag('benches') ? 'all' : args.values('bench'),
    };
    const { programs, examples, tests, benchmarks } = choice;
    const isEmpty = choice.library === false && ![programs, examples, tests, benchmarks].some(isGiven);
    return isEmpty ? undefined : choice;
}
