// POSIX shell quoting, for everything that is handed to a shell or written into a script.

const plain = /^[A-Za-z0-9_@%+:,./=-]+$/;

/** One shell word that stands for exactly `text`. NUL cannot be in a word; the plan's checks refuse it. */
export function shellWord(text: string): string {
    if (plain.test(text) && !text.startsWith('=')) return text;
    return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line. The first word is quoted when it could be taken for an assignment. */
export function shellCommand(argv: readonly string[]): string {
    return argv.map((word, index) => (index === 0 && word.includes('=') ? `'${word}'` : shellWord(word))).join(' ');
}
