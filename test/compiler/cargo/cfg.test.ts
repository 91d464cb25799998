import { describe, expect, it } from 'vitest';
import { parseCfgLines, parsePlatform, platformMatches } from '../../../compiler/cargo/cfg.ts';

const facts = {
    triple: 'x86_64-unknown-linux-gnu',
    cfg: parseCfgLines(
        'debug_assertions\npanic="unwind"\nproc_macro\ntarget_arch="x86_64"\ntarget_feature="sse"\ntarget_feature="sse2"\ntarget_os="linux"\nunix\n',
    ),
};

describe('a platform', () => {
    it.each<[string, boolean]>([
        ['x86_64-unknown-linux-gnu', true],
        ['x86_64-unknown-linux-musl', false],
        ['my.target_1', false],
        ['cfg', false],
        ['cfg(unix)', true],
        ['cfg(windows)', false],
        ['cfg(r#unix)', true],
        ['cfg(target_os="linux")', true],
        ['cfg( target_os = "linux" )', true],
        ['cfg(r#target_os = "linux")', true],
        ['cfg(target_os = "lin")', false],
        ['cfg(target_feature = "sse2")', true],
        ['cfg(all())', true],
        ['cfg(any())', false],
        ['cfg(all(unix, target_os = "linux",))', true],
        ['cfg(all(unix, windows))', false],
        ['cfg(any(windows, not(windows)))', true],
        ['cfg(not(unix))', false],
        ['cfg(true)', true],
        ['cfg(false)', false],
        ['cfg(r#true)', true],
        ['cfg(true = "1")', false],
        ['cfg(all = "x")', false],
        ['cfg(proc_macro)', false],
        ['cfg(feature = "std")', false],
        ['cfg(debug_assertions)', true],
        ['cfg(tokio_unstable)', false],
    ])('%s', (text, expected) => {
        const platform = parsePlatform(text);
        // A word that opens a list cannot be compared.
        if (text === 'cfg(all = "x")') expect(platform).toBeUndefined();
        else expect(platform && platformMatches(platform, facts)).toBe(expected);
    });

    it.each([
        '',
        'a b',
        'cfg()',
        'cfg(',
        'cfg(unix',
        'cfg(unix windows)',
        'cfg(all(unix)',
        'cfg(all(unix windows))',
        'cfg(all(,))',
        'cfg(not())',
        'cfg(not(unix, windows))',
        'cfg(not(unix,))',
        'cfg(target_os = linux)',
        'cfg(target_os = "linux)',
        'cfg(target_os =)',
        'cfg("linux")',
        'cfg(1)',
        'cfg(a-b)',
        'cfg(r#)',
        'cfg(unix\t)',
    ])('is not %j', (text) => expect(parsePlatform(text)).toBeUndefined());

    it('knows what rustc prints, on every system', () => {
        expect([...parseCfgLines('unix\r\nproc_macro\r\ntarget_os="linux"\r\n')]).toEqual([
            'unix',
            'target_os="linux"',
        ]);
    });
});
