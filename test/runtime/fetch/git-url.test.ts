import { expect, test } from 'vitest';
import { absoluteUrl, transportOf } from '../../../runtime/fetch/git-url.ts';

const transports: readonly (readonly [url: string, transport: string])[] = [
    ['https://host/a/b.git', 'https'],
    ['http://127.0.0.1:80/a', 'http'],
    ['ssh://git@host:22/a', 'ssh'],
    ['git@host:a/b.git', 'ssh'],
    ['git://host/a', 'git'],
    ['file:///srv/a.git', 'file'],
    ['/srv/a.git', 'file'],
    ['../a', 'file'],
    ['./a:b', 'file'],
    ['vendor/a', 'file'],
    ['ext::sh -c touch% /tmp/x', 'helper'],
    ['fd::17', 'helper'],
    ['ftp://host/a', 'helper'],
    ['evil://host/a', 'helper'],
    ['--upload-pack=touch x', 'helper'],
    ['https://host/a\0b', 'helper'],
];

test.each(transports)('%s is %s', (url, transport) => {
    expect(transportOf(url)).toBe(transport);
});

test('local paths start in the folder of the recipe', () => {
    expect(absoluteUrl('../x', '/recipes/a')).toBe('/recipes/x');
    expect(absoluteUrl('file:///x', '/recipes/a')).toBe('file:///x');
    expect(absoluteUrl('git@host:x', '/recipes/a')).toBe('git@host:x');
});
