// objdump on one file, read while it writes: a library of a hundred megabytes gives more than a gigabyte of text.
import { spawn } from 'node:child_process';
import { tableFor } from './classify.ts';
import type { Disassembler } from './disassembler.ts';
import { type Usage, type UsageOptions, type UsageReader, usageReader } from './usage.ts';

/** A file, or a member of an archive, in their order. */
export interface Disassembled {
    /** As objdump says it: the name of a member, or the path. */
    readonly name: string;
    readonly nth: number;
    readonly usage: Usage | undefined;
}

export interface DisassemblyRequest {
    readonly disassembler: Disassembler;
    readonly path: string;
    readonly isAllowed: UsageOptions['isAllowed'];
    /** For the object of that name; `nth` of the same name come before it. */
    readonly sizesOf: (name: string, nth: number) => UsageOptions['sizeOf'];
    readonly signal: AbortSignal;
}

export interface Disassembly {
    readonly objects: readonly Disassembled[];
    /** What objdump complained about. */
    readonly complaint: string;
}

/** Members that are no object files are not among the answer. */
export async function disassemble(request: DisassemblyRequest): Promise<Disassembly> {
    const { disassembler, path, signal } = request;
    const child = spawn(disassembler.program, ['-d', '-w', '--no-show-raw-insn', '--', path], {
        cwd: '/',
        env: { LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
        killSignal: 'SIGKILL',
    });
    const ended = new Promise<void>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', () => resolve());
    });
    ended.catch(() => undefined);
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => {
        if (complaint.length < 2000) complaint += text.toString();
    });
    const lines = lineReader(request);
    try {
        for await (const piece of child.stdout as AsyncIterable<Buffer>) lines.piece(piece.toString('latin1'));
        await ended;
    } finally {
        child.kill('SIGKILL');
    }
    return { objects: lines.end(), complaint: complaint.trim() };
}

const begins = /^(.*): {5}file format (\S+)\s*$/;

function lineReader({ isAllowed, sizesOf }: DisassemblyRequest): {
    readonly piece: (text: string) => void;
    readonly end: () => readonly Disassembled[];
} {
    const objects: { name: string; nth: number; reader: UsageReader | undefined }[] = [];
    let reader: UsageReader | undefined;
    let rest = '';
    const take = (line: string): void => {
        const tab = line.indexOf('\t');
        if (tab > 0) {
            if (line.charCodeAt(tab - 1) === 0x3a) reader?.instruction(line, tab);
            return;
        }
        if (line.endsWith('>:')) {
            reader?.label(line);
            return;
        }
        const [, name, format = ''] = begins.exec(line) ?? [];
        if (name === undefined) return;
        const table = tableFor(format);
        const nth = objects.filter((object) => object.name === name).length;
        reader = table === undefined ? undefined : usageReader({ table, isAllowed, sizeOf: sizesOf(name, nth) });
        objects.push({ name, nth, reader });
    };
    return {
        piece: (text) => {
            let at = 0;
            const whole = rest === '' ? text : rest + text;
            for (let end = whole.indexOf('\n'); end >= 0; end = whole.indexOf('\n', at)) {
                take(whole.slice(at, end));
                at = end + 1;
            }
            rest = whole.slice(at);
        },
        end: () => {
            if (rest !== '') take(rest);
            return objects.map(({ name, nth, reader: each }) => ({ name, nth, usage: each?.end() }));
        },
    };
}
