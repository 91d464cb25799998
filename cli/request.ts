// Words of the command line → what to compile. `FILE#NAME` names a recipe; the machine's own triple is the default target.
import { existsSync } from 'node:fs';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';

export interface RecipeRequest {
    readonly file: string;
    readonly recipe: string | undefined;
    readonly target: string;
    readonly host: string;
    readonly options: Readonly<Record<string, string>>;
    /** Whether calls of compilers, linkers and archivers are written down. */
    readonly record: boolean;
}

/** The request, or what is wrong with the words. */
export function recipeRequest(word: string, args: Arguments): RecipeRequest | { readonly problem: string } {
    const host = hostTriple();
    const options: Record<string, string> = {};
    for (const setting of args.values('option')) {
        const equals = setting.indexOf('=');
        if (equals <= 0) return { problem: `\`--option ${setting}\` is not of the form NAME=VALUE` };
        options[setting.slice(0, equals)] = setting.slice(equals + 1);
    }
    const hash = word.lastIndexOf('#');
    const file = hash < 0 ? word : word.slice(0, hash);
    const recipe = hash < 0 ? undefined : word.slice(hash + 1);
    if (file === '' || recipe === '') return { problem: `\`${word}\` is not of the form FILE or FILE#NAME` };
    return { file, recipe, target: args.value('target') ?? host, host, options, record: args.flag('record') };
}

const processors: Readonly<Record<string, string>> = {
    arm64: 'aarch64',
    ia32: 'i686',
    loong64: 'loongarch64',
    ppc64: 'powerpc64le',
    riscv64: 'riscv64gc',
    x64: 'x86_64',
};

/** The Rust triple of the machine that rpkg runs on; a musl system is known by its dynamic loader. */
function hostTriple(): string {
    const processor = processors[process.arch] ?? process.arch;
    const libc = existsSync(`/lib/ld-musl-${processor}.so.1`) ? 'musl' : 'gnu';
    return `${processor}-unknown-linux-${libc}`;
}

/** Prints a usage problem in the form that the argument parser uses. */
export function tellUsage(context: Context, problem: string): void {
    context.err.write(`error: ${problem}\n`);
}
