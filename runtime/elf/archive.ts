// Archives of object files (`.a`, `.rlib`): members with their places, names in the way of GNU or of BSD. Tables of symbols are left out.
import type { ReadBytes } from './elf-file.ts';

export interface Member {
    readonly name: string;
    readonly offset: number;
    readonly size: number;
}

export type OpenedArchive =
    | { readonly kind: 'other' }
    | { readonly kind: 'refused'; readonly reason: string }
    | { readonly kind: 'archive'; readonly members: readonly Member[] };

const magicSize = 8;
const headerSize = 60;

export function openArchive(read: ReadBytes): OpenedArchive {
    const magic = latin(read(0, magicSize));
    if (magic === '!<thin>\n')
        return { kind: 'refused', reason: 'it is a thin archive: its members lie in files of their own' };
    if (magic !== '!<arch>\n') return { kind: 'other' };
    const members: Member[] = [];
    let longNames: Uint8Array = new Uint8Array();
    for (let at = magicSize; ; ) {
        const header = latin(read(at, headerSize));
        if (header === '' || header === '\n') return { kind: 'archive', members };
        const size = sizeIn(header);
        if (size === undefined) return { kind: 'refused', reason: `it is damaged: no member begins at byte ${at}` };
        const start = at + headerSize;
        if (size > 0 && read(start + size - 1, 1).length === 0)
            return { kind: 'refused', reason: `it is cut off: the member at byte ${at} ends behind its end` };
        const field = header.slice(0, 16).trimEnd();
        if (field === '//') longNames = read(start, size);
        else {
            const member = memberFrom(field, { start, size, longNames, read });
            if (member === undefined)
                return { kind: 'refused', reason: `it is damaged: the member at byte ${at} has no name` };
            if (!isSymbolTable(member.name)) members.push(member);
        }
        at = start + size + (size % 2);
    }
}

function sizeIn(header: string): number | undefined {
    const isHeader = header.length === headerSize && header.endsWith('`\n');
    const digits = header.slice(48, 58).trim();
    return isHeader && /^\d+$/.test(digits) ? Number(digits) : undefined;
}

function isSymbolTable(name: string): boolean {
    return name === '/' || name === '/SYM64/' || name.startsWith('__.SYMDEF');
}

interface Content {
    readonly start: number;
    readonly size: number;
    readonly longNames: Uint8Array;
    readonly read: ReadBytes;
}

function memberFrom(field: string, { start, size, longNames, read }: Content): Member | undefined {
    if (field === '/' || field === '/SYM64/') return { name: field, offset: start, size };
    const [, length] = /^#1\/(\d+)$/.exec(field) ?? [];
    if (length !== undefined) {
        // BSD: the name is the first part of the content.
        const bytes = Number(length);
        if (bytes > size) return undefined;
        return { name: latin(read(start, bytes)).replace(/\0.*$/s, ''), offset: start + bytes, size: size - bytes };
    }
    const [, place] = /^\/(\d+)$/.exec(field) ?? [];
    if (place === undefined) return { name: field.replace(/\/$/, ''), offset: start, size };
    const at = Number(place);
    if (at >= longNames.length) return undefined;
    const end = longNames.indexOf(0x0a, at);
    const name = latin(longNames.subarray(at, end < 0 ? longNames.length : end)).replace(/\/$/, '');
    return { name, offset: start, size };
}

function latin(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
