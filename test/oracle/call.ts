// One call of rustc or one run of a build script, wherever it is known from: its arguments, its environment, its folder.

export interface Call {
    /** The program first. */
    readonly argv: readonly string[];
    readonly env: ReadonlyMap<string, string>;
    /** Undefined where nobody said. */
    readonly cwd: string | undefined;
}

/** Cargo gives the crate's name to rustc, and not to build scripts, nor to the compilers that those start. */
export function isCompilation({ env }: Call): boolean {
    return env.has('CARGO_CRATE_NAME');
}

/** What a person would call it: package, crate, and for a compilation its crate types. */
export function nameOfCall(call: Call): string {
    const { argv, env } = call;
    const owner = `${env.get('CARGO_PKG_NAME') ?? '?'} ${env.get('CARGO_PKG_VERSION') ?? '?'}`;
    if (!isCompilation(call)) return `${owner} run of the build script`;
    const types = argv.includes('--test') ? ['test'] : valuesOf(argv, '--crate-type');
    return `${owner} ${valuesOf(argv, '--crate-name')[0] ?? '?'} (${types.join(', ')})`;
}

/** Of an option that may be given as one argument or as two, any number of times. */
export function valuesOf(argv: readonly string[], option: string): string[] {
    return argv.flatMap((argument, index) => {
        if (argument === option) return argv[index + 1] ?? [];
        return argument.startsWith(`${option}=`) ? argument.slice(option.length + 1) : [];
    });
}

/** Every argument, value and folder through one function. */
export function mapCall({ argv, env, cwd }: Call, change: (text: string) => string): Call {
    return {
        argv: argv.map(change),
        env: new Map([...env].map(([name, value]) => [name, change(value)])),
        cwd: cwd === undefined ? undefined : change(cwd),
    };
}
