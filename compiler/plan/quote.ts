// POSIX shell quoting, for everything that is handed to a shell or written into a script.

const plain = /^[A-Za-z0-9_@%+:,./=-]+$/;

/** One shell word that stands for exactly `text`. NUL cannot be in a word; the plan's checks refuse it. */
export function shellWord(text: string): string {
    return plain.test(text) && !text.startsWith('=') ? text : quoted(text);
}

/** A command line. Without quotes the first word could be taken for an assignment or for a word of the shell's own. */
export function shellCommand(argv: readonly string[]): string {
    const [program = '', ...rest] = argv;
    const first = program.includes('/') && !program.includes('=') ? shellWord(program) : quoted(program);
    return [first, ...rest.map(shellWord)].join(' ');
}

function quoted(text: string): string {
    return `'${text.replaceAll("'", `'\\''`)}'`;
}
