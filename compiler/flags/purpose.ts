// What a call makes, as far as flags are concerned.
import type { Invocation } from './invocation.ts';
import type { Channel } from './requested.ts';

export interface Purpose {
    /** Only asks the tool about itself. */
    readonly asks: boolean;
    /** Stops after preprocessing, or looks at the syntax alone. */
    readonly stopsEarly: 'preprocessing' | 'syntax' | undefined;
    readonly languages: ReadonlySet<Language>;
    readonly links: boolean;
}

export type Language = 'rust' | 'c' | 'cxx' | 'assembly';

const endings: Readonly<Record<string, Language>> = {
    c: 'c',
    i: 'c',
    m: 'c',
    C: 'cxx',
    cc: 'cxx',
    cpp: 'cxx',
    cxx: 'cxx',
    'c++': 'cxx',
    ii: 'cxx',
    s: 'assembly',
    S: 'assembly',
    sx: 'assembly',
};

const languageWords: Readonly<Record<string, Language>> = {
    c: 'c',
    'c++': 'cxx',
    assembler: 'assembly',
    'assembler-with-cpp': 'assembly',
};

/** Options of C compilers whose value is the next word, which then is no input. */
const withValue = new Set(
    '-o -I -L -l -D -U -x -B -T -MF -MT -MQ -isystem -iquote -idirafter -include -imacros -isysroot -Xlinker -Xassembler -Xpreprocessor -Xclang -arch -target -u -z --param'.split(
        ' ',
    ),
);

export function purposeOf({ tool, words }: Invocation): Purpose {
    switch (tool) {
        case 'rustc':
            return rustPurpose(words);
        case 'ld':
            return { ...nothing, asks: words.length === 0 || words.some(isQuestion), links: true };
        case 'ar':
            return {
                ...nothing,
                asks: words.some((word) => word === '--version' || word === '-V' || word === '--help'),
            };
        case 'c':
        case 'cxx':
            return compilerPurpose(words, tool);
    }
}

const nothing: Purpose = { asks: false, stopsEarly: undefined, languages: new Set(), links: false };

/** Code is made when something else than metadata and its likes is to be written; without `--emit` that is a program or library. */
function rustPurpose(words: readonly string[]): Purpose {
    const asks =
        words.some((word) => /^(?:-V|-vV|-Vv|--version|--help|-h|--explain.*)$/.test(word)) ||
        (words.some((word) => word.startsWith('--print')) && !words.some((word) => word.startsWith('--emit')));
    const kinds = words
        .flatMap((word, at) => {
            if (word === '--emit') return words[at + 1] ?? '';
            return word.startsWith('--emit=') ? word.slice('--emit='.length) : [];
        })
        .flatMap((list) => list.split(','))
        .map((kind) => kind.replace(/=.*/, ''));
    const makesCode = kinds.length === 0 || kinds.some((kind) => ['link', 'obj', 'asm'].includes(kind));
    return { ...nothing, asks, stopsEarly: makesCode ? undefined : 'syntax', languages: new Set(['rust']) };
}

function isQuestion(word: string): boolean {
    return /^(?:-v|-V|--version|--help|-###|-dump(?:machine|version|fullversion|specs)|--?print-.*|-print.*|-qversion)$/.test(
        word,
    );
}

function compilerPurpose(words: readonly string[], tool: 'c' | 'cxx'): Purpose {
    const languages = languagesOf(words, tool);
    const hasObjects = inputsOf(words).length > languages.size;
    const asks =
        words.some((word) => word !== '-v' && word !== '-V' && isQuestion(word)) ||
        (languages.size === 0 && !hasObjects);
    const has = (...options: readonly string[]): boolean => options.some((option) => words.includes(option));
    return {
        asks,
        stopsEarly: has('-E', '-M', '-MM') ? 'preprocessing' : has('-fsyntax-only') ? 'syntax' : undefined,
        languages,
        links: !asks && !has('-c', '-S', '-E', '-M', '-MM', '-fsyntax-only'),
    };
}

function languagesOf(words: readonly string[], tool: 'c' | 'cxx'): ReadonlySet<Language> {
    const forced = languageWords[words[words.indexOf('-x') + 1] ?? ''];
    const found = new Set<Language>();
    for (const input of inputsOf(words)) {
        const language = words.includes('-x') && forced !== undefined ? forced : endings[endingOf(input)];
        // A driver for C++ takes C for C++.
        if (language !== undefined) found.add(language === 'c' && tool === 'cxx' ? 'cxx' : language);
    }
    return found;
}

/** Files that a C compiler is to read, standard input included. */
export function inputsOf(words: readonly string[]): readonly string[] {
    return words.filter((word, at) => (word === '-' || !word.startsWith('-')) && !withValue.has(words[at - 1] ?? ''));
}

function endingOf(path: string): string {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return name.slice(name.lastIndexOf('.') + 1);
}

/** Whose flags the call has to carry. */
export function channelsOf({ tool }: Invocation, { languages, links }: Purpose): readonly Channel[] {
    if (tool === 'rustc') return ['rust', 'link'];
    const hasCode = languages.has('c') || languages.has('assembly');
    return [
        ...(hasCode ? (['c'] as const) : []),
        ...(languages.has('cxx') ? (['cxx'] as const) : []),
        ...(languages.size > 0 ? (['preprocessor'] as const) : []),
        ...(links ? (['link'] as const) : []),
    ];
}
