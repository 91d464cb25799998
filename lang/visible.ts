// How text from a file is shown in a terminal: nothing in it may move the cursor, hide or reorder what is on the screen.

/** One character as it is shown. */
export interface Cell {
    readonly shown: string;
    /** Columns it takes in a terminal. */
    readonly width: number;
    /** UTF-16 offset in the text. */
    readonly start: number;
}

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const wide =
    /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
const combining = /[\p{Mn}\p{Me}]/u;
const tabWidth = 4;

/** The text with everything unprintable written as `\u{…}`. */
export function visible(text: string): string {
    return unprintable.test(text) ? Array.from(text, escaped).join('') : text;
}

/** The characters of one line, with tabs expanded. */
export function cellsOf(line: string): readonly Cell[] {
    const cells: Cell[] = [];
    let start = 0;
    let column = 0;
    for (const character of line) {
        const shown = character === '\t' ? ' '.repeat(tabWidth - (column % tabWidth)) : escaped(character);
        const width = shown === character ? widthOf(character) : shown.length;
        cells.push({ shown, width, start });
        start += character.length;
        column += width;
    }
    return cells;
}

function escaped(character: string): string {
    return unprintable.test(character) ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}` : character;
}

function widthOf(character: string): number {
    if (combining.test(character)) return 0;
    return wide.test(character) ? 2 : 1;
}
