// What `cargo build -vv` says it runs: calls of rustc and runs of build scripts, in the order in which Cargo started them.
//
// Cargo prints "Running `NAME=VALUE … program argument …`" with shell quoting. Quoted values may hold backticks and line
// breaks, so the end is the first backtick outside of quotes.
import type { Call } from './call.ts';

export function parseVerbose(text: string): Call[] {
    const calls: Call[] = [];
    const start = /^ +Running `/gm;
    for (let found = start.exec(text); found !== null; found = start.exec(text)) {
        const { words, end } = shellWords(text, start.lastIndex);
        start.lastIndex = end;
        calls.push(callOf(words));
    }
    return calls;
}

/** Words up to a backtick that no quote holds. */
function shellWords(text: string, from: number): { readonly words: readonly string[]; readonly end: number } {
    const words: string[] = [];
    let word: string | undefined;
    let at = from;
    while (at < text.length && text[at] !== '`') {
        const { value, end } = piece(text, at);
        if (value !== undefined) word = (word ?? '') + value;
        else if (word !== undefined) {
            words.push(word);
            word = undefined;
        }
        at = end;
    }
    if (at >= text.length) throw new Error(`a command without end at ${from}`);
    return { words: word === undefined ? words : [...words, word], end: at + 1 };
}

/** A quoted part, an escaped character or a plain one; undefined for a blank. */
function piece(text: string, at: number): { readonly value: string | undefined; readonly end: number } {
    const character = text.charAt(at);
    if (character === "'") {
        const close = text.indexOf("'", at + 1);
        if (close < 0) throw new Error(`a quote without end at ${at}`);
        return { value: text.slice(at + 1, close), end: close + 1 };
    }
    if (character === '\\') return { value: text.charAt(at + 1), end: at + 2 };
    return { value: /\s/.test(character) ? undefined : character, end: at + 1 };
}

function callOf(words: readonly string[]): Call {
    const program = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
    const env = new Map(
        words.slice(0, program).map((word) => {
            const equals = word.indexOf('=');
            return [word.slice(0, equals), word.slice(equals + 1)] as const;
        }),
    );
    return { argv: words.slice(program), env, cwd: undefined };
}
