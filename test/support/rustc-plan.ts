// Plans of recipes of kind `rustc`, made from facts that a test states: tools and lists of patches as a machine could have them.
import { readFile } from 'node:fs/promises';
import { compile } from '../../compiler/compile.ts';
import type { FolderView } from '../../compiler/cargo/folder-view.ts';
import { lower, needsOf } from '../../compiler/lower/lower.ts';
import { type Needs, type PlanFacts, viewRoot } from '../../compiler/lower/needs.ts';
import type { HostTool, Plan } from '../../compiler/plan/plan.ts';
import type { Diagnostic } from '../../lang/diagnostic.ts';
import { memoryView } from './cargo-tree.ts';
import { hexOf } from './plans.ts';

export interface PlanRequest {
    /** Path, as a user would name it. */
    readonly main: string;
    readonly recipe?: string;
    /** The text of `main` and of files that it imports; what is not here is read. */
    readonly texts?: Readonly<Record<string, string>>;
    /** Tool → what it says of itself. */
    readonly versions?: Readonly<Record<string, string>>;
    /** `SOURCE/PATH` → text of a file that planning reads. */
    readonly files?: Readonly<Record<string, string>>;
    /** Source id → its files, by their path in it; sources that are not named are not at hand. */
    readonly sources?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** Tools that the machine lacks. */
    readonly missing?: readonly string[];
    readonly options?: Readonly<Record<string, string>>;
    /** The machine; the target unless another one is given. */
    readonly host?: string;
    readonly target?: string;
    readonly record?: boolean;
}

const triple = 'x86_64-unknown-linux-gnu';

export async function planRustc(
    request: PlanRequest,
): Promise<{ readonly plan: Plan | undefined; readonly diagnostics: readonly Diagnostic[] }> {
    const {
        main,
        texts = {},
        versions = {},
        files = {},
        options = {},
        host = triple,
        target = host,
        record = false,
    } = request;
    const read = async (path: string): Promise<string | undefined> => texts[path] ?? (await readFile(path, 'utf8'));
    const compiled = await compile({
        main,
        ...(request.recipe === undefined ? {} : { recipe: request.recipe }),
        target,
        host,
        options,
        read,
    });
    const { evaluated } = compiled;
    if (evaluated === undefined || compiled.diagnostics.length > 0)
        return { plan: undefined, diagnostics: compiled.diagnostics };
    const { needs, diagnostics } = needsOf(evaluated);
    if (diagnostics.length > 0) return { plan: undefined, diagnostics };
    return lower(evaluated, factsFor(needs, versions, files, request), { mainPath: main, record });
}

function viewsOf(sources: NonNullable<PlanRequest['sources']>): ReadonlyMap<string, FolderView> {
    const places = (files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
        Object.fromEntries(Object.entries(files).map(([path, text]) => [`${viewRoot}/${path}`, text]));
    return new Map(Object.entries(sources).map(([id, files]) => [id, memoryView(places(files))]));
}

function factsFor(
    needs: Needs,
    versions: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>>,
    request: PlanRequest,
): PlanFacts {
    const installed = needs.tools.filter((name) => request.missing?.includes(name) !== true);
    const tools = Object.fromEntries(installed.map((name) => [name, toolOf(name, versions[name] ?? '1.0')]));
    const trees = new Map(needs.sources.map(({ id }) => [id, `sha256:${hexOf('7')}/1`]));
    const parts = (needs.parts ?? []).map(
        (part) => [part.name, factsFor(part.needs, versions, files, request)] as const,
    );
    const views = viewsOf(request.sources ?? {});
    return { tools, trees, texts: new Map(Object.entries(files)), views, parts: new Map(parts) };
}

function toolOf(name: string, version: string): HostTool {
    const isRust = name === 'rustc' || name === 'cargo';
    const common = { digest: `sha256:${hexOf('5')}`, version, packages: {} };
    if (!isRust) return { path: `/usr/bin/${name}`, ...common };
    return { path: `/opt/rust/bin/${name}`, mount: '/rpkg/tools/rust', root: '/opt/rust', ...common };
}
