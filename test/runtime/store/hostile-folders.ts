// Folders that an action could leave behind, and what importing them must give. Used in the test's own process and in
// a program that an ordinary user runs.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import type { ReadRules } from '../../../runtime/store/read-tree.ts';

export interface HostileFolder {
    readonly name: string;
    /** Fills an empty folder. */
    readonly make: (folder: string) => void;
    /** The rule that refuses it; undefined when it is accepted. */
    readonly rule?: string;
    readonly rules?: Partial<ReadRules>;
    /** A folder that must give the same tree. */
    readonly same?: (folder: string) => void;
}

const out = '/rpkg/out';
const rewrite = { rewriteRoot: out };

/** `mkdir` goes into each directory it has made, so the path may be longer than any path can be. */
function nested(folder: string, depth: number, name = 'd'): void {
    execFileSync('mkdir', ['-p', `${name}/`.repeat(depth)], { cwd: folder });
}

export const hostileFolders: readonly HostileFolder[] = [
    { name: 'a named pipe', make: (at) => run('mkfifo', `${at}/pipe`), rule: 'type' },
    {
        name: 'a socket',
        make: (at) =>
            run('python3', '-c', 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])', `${at}/s`),
        rule: 'type',
    },
    { name: 'an absolute link', make: (at) => fs.symlinkSync('/etc/passwd', `${at}/l`), rule: 'link' },
    {
        name: 'an absolute link of an output',
        make: (at) => fs.symlinkSync('/etc', `${at}/l`),
        rule: 'link',
        rules: rewrite,
    },
    {
        name: 'a link whose text begins like the root',
        make: (at) => fs.symlinkSync(`${out}side/x`, `${at}/l`),
        rule: 'link',
        rules: rewrite,
    },
    {
        name: 'a link out of the root by dots',
        make: (at) => fs.symlinkSync(`${out}/../x`, `${at}/l`),
        rule: 'link',
        rules: rewrite,
    },
    { name: 'a link above the root', make: (at) => fs.symlinkSync('../x', `${at}/l`), rule: 'link' },
    {
        name: 'a link that leads out through another link',
        make: (at) => {
            fs.mkdirSync(`${at}/a/b`, { recursive: true });
            fs.symlinkSync('../..', `${at}/a/b/up`);
            fs.symlinkSync('a/b/up/../x', `${at}/l`);
        },
        rule: 'link',
    },
    {
        name: 'absolute links below the root become relative',
        make: (at) => {
            fs.mkdirSync(`${at}/bin`);
            fs.symlinkSync(`${out}/lib/x`, `${at}/bin/l`);
            fs.symlinkSync(`${out}/bin`, `${at}/b`);
            fs.symlinkSync(out, `${at}/self`);
        },
        same: (at) => {
            fs.mkdirSync(`${at}/bin`);
            fs.symlinkSync('../lib/x', `${at}/bin/l`);
            fs.symlinkSync('bin', `${at}/b`);
            fs.symlinkSync('.', `${at}/self`);
        },
        rules: rewrite,
    },
    {
        name: 'loops and dangling links are data',
        make: (at) => {
            fs.symlinkSync('b', `${at}/a`);
            fs.symlinkSync('a', `${at}/b`);
            fs.symlinkSync('nowhere/at/all', `${at}/c`);
        },
    },
    {
        name: 'a name that is not UTF-8',
        make: (at) => fs.writeFileSync(Buffer.concat([Buffer.from(`${at}/a`), Buffer.of(0xff)]), ''),
        rule: 'name',
    },
    { name: 'a newline in a name', make: (at) => fs.writeFileSync(`${at}/a\nb`, ''), rule: 'name' },
    { name: 'an escape in a name', make: (at) => fs.writeFileSync(`${at}/\u001b[31m`, ''), rule: 'name' },
    { name: 'a direction override in a name', make: (at) => fs.writeFileSync(`${at}/a\u202eb`, ''), rule: 'name' },
    { name: 'a control character in a link', make: (at) => fs.symlinkSync('a\tb', `${at}/l`), rule: 'name' },
    { name: 'a link that is not UTF-8', make: (at) => fs.symlinkSync(Buffer.of(0x61, 0xff), `${at}/l`), rule: 'name' },
    { name: '128 directories', make: (at) => nested(at, 128) },
    { name: '129 directories', make: (at) => nested(at, 129), rule: 'limit' },
    { name: 'deeper than any path', make: (at) => nested(at, 5000), rule: 'limit' },
    {
        name: 'a path of 4096 bytes',
        make: (at) => {
            nested(at, 20, 'n'.repeat(255));
        },
        rule: 'limit',
    },
    {
        name: 'a sparse file of a terabyte',
        make: (at) => fs.closeSync(sparse(`${at}/big`, 2 ** 40)),
        rule: 'limit',
    },
    {
        name: 'more entries than allowed',
        make: (at) => {
            for (let i = 0; i < 20; i += 1) fs.writeFileSync(`${at}/${i}`, '');
        },
        rule: 'limit',
        rules: { limits: { entries: 19, depth: 128, pathBytes: 4096, totalBytes: 1000 } },
    },
    {
        name: 'modes and times are not kept, but who may run it',
        make: (at) => {
            fs.writeFileSync(`${at}/a`, 'x', { mode: 0o777 });
            fs.chmodSync(`${at}/a`, 0o6777);
            fs.writeFileSync(`${at}/b`, 'x', { mode: 0o606 });
        },
        same: (at) => {
            fs.writeFileSync(`${at}/a`, 'x', { mode: 0o744 });
            fs.writeFileSync(`${at}/b`, 'x');
        },
    },
    {
        name: 'hard links become files',
        make: (at) => {
            fs.writeFileSync(`${at}/a`, 'x');
            fs.linkSync(`${at}/a`, `${at}/b`);
        },
        same: (at) => {
            fs.writeFileSync(`${at}/a`, 'x');
            fs.writeFileSync(`${at}/b`, 'x');
        },
    },
    {
        name: 'what an action made unreadable',
        make: (at) => {
            fs.mkdirSync(`${at}/closed`);
            fs.writeFileSync(`${at}/closed/f`, 'x', { mode: 0o100 });
            fs.writeFileSync(`${at}/closed/g`, 'y', { mode: 0 });
            fs.chmodSync(`${at}/closed`, 0);
        },
        same: (at) => {
            fs.mkdirSync(`${at}/closed`);
            fs.writeFileSync(`${at}/closed/f`, 'x', { mode: 0o755 });
            fs.writeFileSync(`${at}/closed/g`, 'y');
        },
        rules: rewrite,
    },
    {
        name: 'case and normal form, when it shall be portable',
        make: (at) => {
            fs.writeFileSync(`${at}/Stra\u00dfe`, '');
            fs.writeFileSync(`${at}/STRASSE`, '');
        },
        rule: 'portable',
        rules: { portable: true },
    },
];

function run(program: string, ...args: readonly string[]): void {
    execFileSync(program, args);
}

function sparse(path: string, size: number): number {
    const descriptor = fs.openSync(path, 'wx');
    fs.ftruncateSync(descriptor, size);
    return descriptor;
}
