// The extended headers of POSIX pax archives. Only what changes where a member goes or how long it is matters here;
// keywords that would make tools read an archive differently are refused.
import * as buffer from 'node:buffer';
import { Pax } from 'tar/pax';
import type { Fail } from './archive-problem.ts';

/** What an extended header or a GNU long-name member says about the member after it. */
export interface Extension {
    readonly path?: string;
    readonly linkpath?: string;
    readonly size?: number;
}

/** Facts about owners, times and attributes, which trees do not have. */
const ignored = /^(?:atime|ctime|mtime|uid|gid|uname|gname|comment|(?:SCHILY|LIBARCHIVE|RHT)\..+)$/;

/** Ignored by name, but changing what the member's bytes mean. */
const refused = /^(?:GNU\.sparse\..*|SCHILY\.(?:realsize|filetype))$/;

const utf8Name = 'ISO-IR 10646 2000 UTF-8';

/** Reads an `x` header's records. */
export function localExtension(body: Buffer, fail: Fail): Extension {
    const records = parseRecords(body, fail);
    const extension: { path?: string; linkpath?: string; size?: number } = {};
    for (const [key, value] of records) {
        if (key === 'path' || key === 'linkpath') extension[key] = nameValue(key, value, fail);
        else if (key === 'size') extension.size = sizeValue(value, fail);
        else checkOther(key, value, fail);
    }
    agree(body, extension, fail);
    return extension;
}

/** A `g` header may only hold a comment: anything else would change members that do not show it. */
export function checkGlobal(body: Buffer, fail: Fail): void {
    for (const key of parseRecords(body, fail).keys()) {
        if (key !== 'comment') fail({ rule: 'tar', detail: `the global keyword ${key}` });
    }
}

function checkOther(key: string, value: Buffer, fail: Fail): void {
    if (refused.test(key)) fail({ rule: 'type', detail: `a member with ${key}` });
    const isCharset = key === 'hdrcharset' || key === 'charset';
    if (isCharset ? value.toString('latin1') !== utf8Name : !ignored.test(key)) {
        fail({ rule: 'tar', detail: `the keyword ${key}` });
    }
}

/** Records are `LENGTH KEY=VALUE\n`, the length counting all of it. */
function parseRecords(body: Buffer, fail: Fail): Map<string, Buffer> {
    const records = new Map<string, Buffer>();
    for (let at = 0; at < body.length; ) {
        const [digits = ''] = /^[1-9]\d{0,8} /.exec(body.toString('latin1', at, at + 10)) ?? [];
        const end = at + Number(digits);
        const record = body.subarray(at + digits.length, end);
        const equals = record.indexOf('=');
        if (digits === '' || end > body.length || equals <= 0 || record.at(-1) !== 0x0a) {
            fail({ rule: 'tar', detail: 'a malformed extended header' });
        }
        const key = record.toString('latin1', 0, equals);
        if (records.has(key)) fail({ rule: 'tar', detail: `the keyword ${key} twice` });
        records.set(key, record.subarray(equals + 1, -1));
        at = end;
    }
    return records;
}

function nameValue(key: string, value: Buffer, fail: Fail): string {
    if (value.length === 0) fail({ rule: 'tar', detail: `an empty ${key}` });
    if (!buffer.isUtf8(value)) fail({ rule: 'name', detail: `a ${key} that is not UTF-8` }, value.toString('latin1'));
    if (value.includes(0)) fail({ rule: 'path', detail: `a ${key} with NUL` }, value.toString());
    return value.toString();
}

function sizeValue(value: Buffer, fail: Fail): number {
    const text = value.toString('latin1');
    const size = Number(text);
    if (!/^(?:0|[1-9]\d{0,15})$/.test(text) || !Number.isSafeInteger(size)) {
        fail({ rule: 'tar', detail: 'a malformed size' });
    }
    return size;
}

/** A second reader, npm's tar, must understand the same. It is more lenient, so where it differs others may too. */
function agree(body: Buffer, ours: Extension, fail: Fail): void {
    const theirs = Pax.parse(body.toString(), undefined);
    if (theirs.path !== ours.path || theirs.linkpath !== ours.linkpath || theirs.size !== ours.size) {
        fail({ rule: 'tar', detail: 'an extended header that can be read in two ways' });
    }
}
