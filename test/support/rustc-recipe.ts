// Small recipes of kind `rustc`, and what a test looks at in their plans.
import type { Plan } from '../../compiler/plan/plan.ts';
import { planRustc, type PlanRequest } from './rustc-plan.ts';

/** A recipe with sources at `src` and these statements, `head { a = 1; b = 2 }` over several lines. */
function rustcRecipe(version: string, ...statements: readonly string[]): string {
    const body = ['source main { path = "src" }', ...statements.map(oneBlock)].map((line) => `    ${line}\n`).join('');
    return `rpkg 1\n\nrecipe r is rustc {\n    version = ${version}\n${body}}\n`;
}

function oneBlock(text: string): string {
    const [, head, body] = /^([^{]*) \{ (.*) \}$/s.exec(text) ?? [];
    if (head === undefined || body === undefined) return text;
    return `${head} {\n${body
        .split('; ')
        .map((line) => `        ${line}\n`)
        .join('')}    }`;
}

/** The plan of such a recipe, begun with the compiler of the minor version before unless said otherwise. */
export async function planRecipe(
    version: string,
    statements: readonly string[],
    more: Partial<PlanRequest> = {},
): ReturnType<typeof planRustc> {
    const stage0 = `1.${String(Number(version.split('.')[1]) - 1)}.0`;
    const versions = { cargo: `cargo ${stage0} (x)`, rustc: `rustc ${stage0} (x)`, ...more.versions };
    return await planRustc({
        main: 'r.rpkg',
        texts: { 'r.rpkg': rustcRecipe(version, ...statements) },
        ...more,
        versions,
    });
}

/** The configuration file. */
export function configText(plan: Plan | undefined): string {
    const action = plan?.actions['config'];
    return action?.kind === 'write'
        ? Object.values(action.files)
              .map(({ text }) => text)
              .join('')
        : '';
}

export function variablesOf(plan: Plan | undefined, id: string): Readonly<Record<string, string>> {
    const action = plan?.actions[id];
    return action?.kind === 'run' ? action.env : {};
}

/** The commands of an action as they would be typed. */
export function commandsOf(plan: Plan | undefined, id: string): readonly string[] {
    const action = plan?.actions[id];
    if (action?.kind !== 'run') return [];
    return action.commands.map((command) => ('script' in command ? command.script : command.argv.join(' ')));
}
