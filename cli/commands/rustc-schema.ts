import * as path from 'node:path';
import { mergedTable } from '../../compiler/rustc/merge-schema.ts';
import { sortedEntries } from '../../compiler/plan/bytes.ts';
import { documentedKeys, readSchema, type ReadSchema } from '../../compiler/rustc/read-schema.ts';
import { type Release, releaseOf } from '../../compiler/rustc/release.ts';
import {
    factDifferences,
    type KeyDifference,
    schemaDifferences,
    sourceFacts,
    type SourceFacts,
} from '../../compiler/rustc/source-facts.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { endWithDiagnostics } from '../report.ts';
import { readRustcSources, type RustcSources, unknownRelease, unreadSchema } from '../rustc-sources.ts';

/** `rpkg rustc-schema SOURCES` */
export const rustcSchema: CommandRun = (context, args) => {
    const json = args.flag('json');
    const folder = path.resolve(context.cwd, args.operands[0] ?? '.');
    const sources = readRustcSources(folder);
    if ('code' in sources) return Promise.resolve(endWithDiagnostics(context, [sources], { json }));
    const release = releaseOf(sources.version);
    if (release === undefined) return Promise.resolve(endWithDiagnostics(context, [unknownRelease(sources)], { json }));
    const schema = readSchema(sources.bootstrap);
    if (schema === undefined) return Promise.resolve(endWithDiagnostics(context, [unreadSchema(sources)], { json }));
    const facts = sourceFacts(sources.bootstrap, sources.pinFile, sources.cargoManifest);
    if (args.flag('table')) {
        const source = args.value('source') ?? `sources of ${release.version}`;
        const change = facts.change === undefined ? {} : { change: facts.change };
        context.out.write(mergedTable({ release: release.version, keys: schema.keys, source, ...change }));
        return Promise.resolve(exitCodes.ok);
    }
    const report = compare(release, sources, schema, facts);
    context.out.write(json ? `${JSON.stringify(reportJson(report), undefined, 2)}\n` : reportText(report));
    return Promise.resolve(isSame(report) ? exitCodes.ok : exitCodes.finding);
};

interface Report {
    readonly release: Release;
    readonly schema: ReadSchema;
    readonly facts: SourceFacts;
    readonly keys: readonly KeyDifference[];
    readonly others: readonly string[];
    /** In the example file, but not read; and the other way round. */
    readonly onlyDocumented: readonly string[];
    readonly undocumented: readonly string[];
}

function compare(release: Release, sources: RustcSources, schema: ReadSchema, facts: SourceFacts): Report {
    const documented = sources.example === undefined ? undefined : documentedKeys(sources.example);
    return {
        release,
        schema,
        facts,
        keys: schemaDifferences(release, schema),
        others: factDifferences(release, facts),
        onlyDocumented: [...(documented ?? [])].filter((key) => !schema.keys.has(key)),
        undocumented: documented === undefined ? [] : [...schema.keys.keys()].filter((key) => !documented.has(key)),
    };
}

function isSame({ keys, others, schema }: Report): boolean {
    return keys.length === 0 && others.length === 0 && schema.unknown.length === 0;
}

function reportJson({ release, schema, facts, keys, others, onlyDocumented, undocumented }: Report): unknown {
    return {
        release: release.version,
        known: release.known,
        keys: Object.fromEntries(sortedEntries(Object.fromEntries(schema.keys))),
        unknownTypes: schema.unknown,
        change: facts.change,
        oldestLlvm: facts.oldestLlvm,
        stage0: facts.pin?.compiler,
        cargo: facts.cargo,
        differences: { keys, others },
        onlyDocumented,
        undocumented,
    };
}

function reportText(report: Report): string {
    const { release, schema, facts, keys, others, onlyDocumented, undocumented } = report;
    const known = facts.pin?.compiler.version;
    const lines = [
        `rustc ${release.version}: ${String(schema.keys.size)} settings`,
        ...(facts.change === undefined ? [] : [`newest change of the configuration: ${String(facts.change)}`]),
        ...(facts.oldestLlvm === undefined ? [] : [`oldest LLVM: ${String(facts.oldestLlvm)}`]),
        ...(known === undefined ? [] : [`stage0: ${known}`]),
        ...(facts.cargo === undefined ? [] : [`cargo: ${facts.cargo}`]),
        ...(onlyDocumented.length === 0 ? [] : [`in its example file, but refused: ${onlyDocumented.join(', ')}`]),
        ...(undocumented.length === 0 ? [] : [`not in its example file: ${undocumented.join(', ')}`]),
        ...(release.note === undefined ? [] : [`note: ${release.note}`]),
        ...schema.unknown.map(
            ({ key, type }) => `! ${key}: the type ${type} has no row in compiler/rustc/setting-types.ts`,
        ),
        ...keys.map(
            ({ key, table, sources }) =>
                `! ${key}: the table has ${table ?? 'nothing'}, the sources ${sources ?? 'nothing'}`,
        ),
        ...others.map((text) => `! ${text}`),
        isSame(report)
            ? 'the tables of rpkg say the same'
            : 'rpkg rustc-schema SOURCES --table prints the table with this release in it',
    ];
    return `${lines.join('\n')}\n`;
}
