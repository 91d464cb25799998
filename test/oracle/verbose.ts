// What `cargo build -vv` says it runs: one record for each call of rustc and each run of a build script.
//
// Cargo prints "Running `NAME=VALUE … program argument …`" with shell quoting. Quoted values may hold backticks and line
// breaks, so the end is the first backtick outside of quotes. Lines that a build script prints begin with "[NAME VERSION] "
// and are on the other stream.

export interface RunRecord {
    /** Groups the records of one unit in host and target form, and with other features. */
    readonly key: string;
    readonly kind: 'rustc' | 'build-script';
    readonly package: string;
    readonly version: string;
    /** Of a build script's run, the script's. */
    readonly crateName: string;
    readonly crateTypes: readonly string[];
    /** `test` with rustc's test harness. */
    readonly mode: 'build' | 'test' | 'run-custom-build';
    /** Of `--target`, or a build script's `TARGET`. */
    readonly platform: string | undefined;
    readonly env: ReadonlyMap<string, string>;
    /** The program first. */
    readonly argv: readonly string[];
    /** Known for build scripts only, whose folder is the package's: Cargo prints none. */
    readonly cwd: string | undefined;
}

/** All records, in the order in which Cargo started them. */
export function parseVerbose(text: string): RunRecord[] {
    const records: RunRecord[] = [];
    const start = /^ +Running `/gm;
    for (let found = start.exec(text); found !== null; found = start.exec(text)) {
        const { words, end } = shellWords(text, start.lastIndex);
        start.lastIndex = end;
        records.push(recordOf(words));
    }
    return records;
}

export function groupRecords(records: readonly RunRecord[]): Map<string, RunRecord[]> {
    return Map.groupBy(records, ({ key }) => key);
}

/** Words up to a backtick that no quote holds. */
function shellWords(text: string, from: number): { words: string[]; end: number } {
    const words: string[] = [];
    let word: string | undefined;
    let at = from;
    for (; at < text.length && text[at] !== '`'; at++) {
        const character = text.charAt(at);
        if (character === "'") {
            const close = text.indexOf("'", at + 1);
            if (close < 0) throw new Error(`a quote without end at ${at}`);
            word = (word ?? '') + text.slice(at + 1, close);
            at = close;
        } else if (character === '"') {
            let inner = '';
            for (at++; at < text.length && text[at] !== '"'; at++) {
                if (text[at] === '\\' && '"\\$`'.includes(text.charAt(at + 1))) at++;
                inner += text.charAt(at);
            }
            word = (word ?? '') + inner;
        } else if (character === '\\') word = (word ?? '') + text.charAt(++at);
        else if (/\s/.test(character)) {
            if (word !== undefined) words.push(word);
            word = undefined;
        } else word = (word ?? '') + character;
    }
    if (at >= text.length) throw new Error(`a command without end at ${from}`);
    if (word !== undefined) words.push(word);
    return { words, end: at + 1 };
}

function recordOf(words: readonly string[]): RunRecord {
    const program = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
    const env = new Map(
        words.slice(0, program).map((word) => {
            const equals = word.indexOf('=');
            return [word.slice(0, equals), word.slice(equals + 1)] as const;
        }),
    );
    const argv = words.slice(program);
    const name = env.get('CARGO_PKG_NAME') ?? '';
    const version = env.get('CARGO_PKG_VERSION') ?? '';
    const own = env.has('CARGO_CRATE_NAME') ? compilation(argv) : scriptRun(argv, env);
    const key = [name, version, own.crateName, own.crateTypes.join('+'), own.mode, own.platform ?? 'host'].join(' ');
    return { key, package: name, version, ...own, env, argv };
}

type Own = Omit<RunRecord, 'key' | 'package' | 'version' | 'env' | 'argv'>;

function compilation(argv: readonly string[]): Own {
    return {
        kind: 'rustc',
        crateName: valuesOf(argv, '--crate-name')[0] ?? '',
        crateTypes: valuesOf(argv, '--crate-type'),
        mode: argv.includes('--test') ? 'test' : 'build',
        platform: valuesOf(argv, '--target')[0],
        cwd: undefined,
    };
}

function scriptRun(argv: readonly string[], env: ReadonlyMap<string, string>): Own {
    const program = argv[0] ?? '';
    return {
        kind: 'build-script',
        crateName: program.slice(program.lastIndexOf('/') + 1).replaceAll('-', '_'),
        crateTypes: ['bin'],
        mode: 'run-custom-build',
        platform: env.get('TARGET'),
        cwd: env.get('CARGO_MANIFEST_DIR'),
    };
}

/** Of an option that may be given as one argument or as two, any number of times. */
export function valuesOf(argv: readonly string[], option: string): string[] {
    return argv.flatMap((argument, index) => {
        if (argument === option) return argv[index + 1] ?? [];
        return argument.startsWith(`${option}=`) ? argument.slice(option.length + 1) : [];
    });
}

/**
 * The record with folders by their names in the map and without Cargo's hashes: what two builds of one unit in two places
 * have in common. Longer folders go first, so that `/a/target` is not taken for something below `/a`.
 */
export function normalise(record: RunRecord, folders: ReadonlyMap<string, string>): RunRecord {
    const longestFirst = [...folders].toSorted(([a], [b]) => b.length - a.length);
    const change = (text: string): string => {
        const named = longestFirst.reduce((changed, [folder, name]) => replaceFolder(changed, folder, name), text);
        return withoutHashes(named);
    };
    return {
        ...record,
        env: new Map([...record.env].map(([name, value]) => [name, change(value)])),
        argv: record.argv.map(change),
        cwd: record.cwd === undefined ? undefined : change(record.cwd),
    };
}

function replaceFolder(text: string, folder: string, name: string): string {
    const [first = '', ...rest] = text.split(folder);
    return rest.reduce((done, next) => `${done}${/^[A-Za-z0-9._-]/.test(next) ? folder : name}${next}`, first);
}

/** Cargo's hashes are sixteen hexadecimal digits after a hyphen, or the value of `metadata`. */
export function withoutHashes(text: string): string {
    return text
        .replaceAll(/-[0-9a-f]{16}(?![0-9a-zA-Z_-])/g, '-HASH')
        .replaceAll(/^metadata=[0-9a-f]{16}$/g, 'metadata=HASH');
}
