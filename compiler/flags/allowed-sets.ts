// Which instruction sets the flags of a recipe let code use: `-march=`, `-mno-sse2`, `-C target-cpu=`, `-C target-feature=`.
import { aliases, type Family, implied, needsAny, processors, withImplied } from './cpu-table.ts';
import type { Channel, Requested } from './requested.ts';

/** What the flags of one language say together. */
export interface Allowance {
    readonly flags: readonly Requested[];
    /** For messages: `pentium`, `pentium without mmx`. */
    readonly name: string;
    readonly allows: (set: string) => boolean;
}

export type Limit =
    | { readonly kind: 'known'; readonly allowance: Allowance }
    /** A processor that the table does not have. */
    | { readonly kind: 'unknown'; readonly flag: Requested; readonly processor: string };

interface Said {
    processor?: string;
    processorFlag?: Requested;
    readonly plus: string[];
    readonly minus: string[];
    readonly flags: Requested[];
}

/** One for each language whose flags limit anything. A later processor takes the place of an earlier one. */
export function limitsIn(family: Family, requested: readonly Requested[]): readonly Limit[] {
    const languages: readonly Channel[] = ['c', 'cxx', 'rust'];
    return languages.flatMap((language): Limit[] => {
        const said: Said = { plus: [], minus: [], flags: [] };
        for (const flag of requested) if (flag.channel === language) hear(flag, family, said);
        const { processor, processorFlag, minus, flags } = said;
        if (processor === undefined || processorFlag === undefined)
            return minus.length === 0 ? [] : [{ kind: 'known', allowance: without(said) }];
        const sets = processors[family][processor];
        if (sets === undefined) return [{ kind: 'unknown', flag: processorFlag, processor }];
        const all = withImplied([sets, ...said.plus].join(' '));
        const gone = new Set(minus);
        const allows = (set: string): boolean => all.has(set) && !needsAny(set, gone);
        return [{ kind: 'known', allowance: { flags, name: nameOf(processor, said), allows } }];
    });
}

function without({ minus, flags }: Said): Allowance {
    const gone = new Set(minus);
    return { flags, name: `code without ${minus.join(', ')}`, allows: (set) => !needsAny(set, gone) };
}

function nameOf(processor: string, { plus, minus }: Said): string {
    return [processor, ...plus.map((set) => `with ${set}`), ...minus.map((set) => `without ${set}`)].join(' ');
}

function hear(flag: Requested, family: Family, said: Said): void {
    const word = flag.words.join('');
    const take = (processor: string): void => {
        said.processor = processor;
        said.processorFlag = flag;
        said.flags.push(flag);
    };
    const change = (list: string[], names: readonly string[]): void => {
        const sets = names.flatMap((name) => setsFor(name, family));
        if (sets.length === 0) return;
        list.push(...sets);
        said.flags.push(flag);
    };
    const [, processor = '', extensions = ''] = /^(?:-march=|-mcpu=|-Ctarget-cpu=)([^+]+)(.*)$/.exec(word) ?? [];
    if (processor !== '') {
        take(processor);
        for (const [, no, name = ''] of extensions.matchAll(/\+(no)?([\w.-]+)/g))
            change(no === undefined ? said.plus : said.minus, [name]);
        return;
    }
    const [, features] = /^-Ctarget-feature=(.*)$/.exec(word) ?? [];
    if (features !== undefined) {
        const named = (sign: string): readonly string[] =>
            features.split(',').flatMap((feature) => (feature.startsWith(sign) ? [feature.slice(1)] : []));
        change(said.plus, named('+'));
        change(said.minus, named('-'));
        return;
    }
    if (flag.channel === 'rust') return;
    const [, no, name = ''] = /^-m(no-)?([a-z0-9.]+)$/.exec(word) ?? [];
    if (name !== '') change(no === undefined ? said.plus : said.minus, [name]);
}

/** Names of compilers that are no instruction set of the table mean nothing here. */
function setsFor(name: string, family: Family): readonly string[] {
    if (/^avx512/.test(name)) return ['avx512'];
    const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
    if (alias !== undefined) return alias.split(' ').filter((set) => set !== '');
    return knownSets[family].has(name) ? [name] : [];
}

const knownSets: Readonly<Record<Family, ReadonlySet<string>>> = {
    x86: namesIn('x86', Object.keys(implied)),
    aarch64: namesIn('aarch64', ['sha3', 'sha512', 'sm4', 'sme', 'memtag', 'mops']),
};

function namesIn(family: Family, more: readonly string[]): ReadonlySet<string> {
    return new Set([...Object.values(processors[family]).flatMap((sets) => [...withImplied(sets)]), ...more]);
}
