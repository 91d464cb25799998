// Whether a call carries a flag, in the form that its tool takes it in, and whether something behind it takes it back.
import type { Tool } from './invocation.ts';
import type { Requested } from './requested.ts';

/** Undefined when the tool has no form of the flag. */
function formFor(tool: Tool, { words, channel }: Requested): readonly string[] | undefined {
    if (channel !== 'link') return words;
    if (tool === 'rustc') return words.map((word) => `-Clink-arg=${word}`);
    if (tool !== 'ld') return words;
    // The driver takes its own options itself.
    return words.length === 1 && words[0]?.startsWith('-Wl,') === true ? words[0].split(',').slice(1) : undefined;
}

/** Flags and what takes them back when it comes later. */
const undoing: readonly (readonly [flag: RegExp, undone: RegExp])[] = [
    [/^-O[1-3sz]?$/, /^-O0$/],
    [/^-g(?:\d|gdb\d?)?$/, /^-g0$/],
    [/^-fstack-protector/, /^-fno-stack-protector/],
    [/^-fstack-clash-protection$/, /^-fno-stack-clash-protection$/],
    [/^-fcf-protection/, /^-fcf-protection=none$/],
    [/^-mbranch-protection=(?!none)/, /^-mbranch-protection=none$/],
    [/^-D_FORTIFY_SOURCE=[1-3]$/, /^(?:-U_FORTIFY_SOURCE|-D_FORTIFY_SOURCE=0)$/],
    [/^-Werror=format-security$/, /^-Wno-(?:error=)?format(?:-security)?$/],
    [/^-fPI[EC]$/, /^-fno-(?:pie|pic|PIE|PIC)$/],
    [/^-Wl,-z,relro$/, /^-Wl,-z,norelro$/],
    [/^-Wl,-z,now$/, /^-Wl,-z,lazy$/],
    [/^-C(?:relocation-model=pie)$/, /^-Crelocation-model=(?!pie)/],
    [/^-Cforce-frame-pointers(?:=yes)?$/, /^-Cforce-frame-pointers=no$/],
];

export type Carrying =
    | { readonly kind: 'carried' | 'missing' | 'not-for-this-tool' }
    | { readonly kind: 'undone'; readonly by: string };

export function carrying(tool: Tool, words: readonly string[], requested: Requested): Carrying {
    const form = formFor(tool, requested);
    if (form === undefined) return { kind: 'not-for-this-tool' };
    const at = lastIndexOfAll(words, form);
    if (at < 0) return { kind: 'missing' };
    const [flag = ''] = requested.words;
    const [, undone] = undoing.find(([pattern]) => requested.words.length === 1 && pattern.test(flag)) ?? [];
    const by = words.slice(at + form.length).find((word) => undone?.test(word.replace('-Clink-arg=', '')) === true);
    return by === undefined ? { kind: 'carried' } : { kind: 'undone', by };
}

function lastIndexOfAll(words: readonly string[], wanted: readonly string[]): number {
    for (let at = words.length - wanted.length; at >= 0; at--) {
        if (wanted.every((word, offset) => words[at + offset] === word)) return at;
    }
    return -1;
}
