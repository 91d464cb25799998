// POSIX shell quoting, for everything that is handed to a shell or written into a script.

const plain = /^[A-Za-z0-9_@%+:,./=-]+$/;

/** One shell word that stands for exactly `text`. NUL cannot be in a word; the plan's checks refuse it. */
export function shellWord(text: string): string {
    return plain.test(text) && !text.startsWith('=') ? text : quoted(text);
}

/** Arguments, each as a word. */
export function shellWords(words: readonly string[]): string {
    return words.map(shellWord).join(' ');
}

/** A command line. Without quotes the first word could be taken for an assignment or for a word of the shell's own. */
export function shellCommand(argv: readonly string[]): string {
    const [program = '', ...rest] = argv;
    const first = program.includes('/') && !program.includes('=') ? shellWord(program) : quoted(program);
    return rest.length === 0 ? first : `${first} ${shellWords(rest)}`;
}

function quoted(text: string): string {
    return `'${text.replaceAll("'", `'\\''`)}'`;
}
