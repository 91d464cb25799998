import { expect, test } from 'vitest';
import { withoutCredentials } from '../../../runtime/fetch/credentials.ts';

test.each([
    ['https://user:secret@host/x', 'https://host/x'],
    ['https://token@host:8080/x@y', 'https://host:8080/x@y'],
    ['https://a:b@c@host', 'https://host'],
    [
        'fatal: unable to access `https://u:p@host/x/`: 403; https://u@other',
        'fatal: unable to access `https://host/x/`: 403; https://other',
    ],
    ['git@host:x', 'git@host:x'],
    ['https://host/?mail=a@b', 'https://host/?mail=a@b'],
    ['sha256:00', 'sha256:00'],
])('%s is shown as %s', (text, shown) => {
    expect(withoutCredentials(text)).toBe(shown);
});
