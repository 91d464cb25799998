// Steps of an application: they work on one tree, in the order that `after` asks for.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { buildOne, freshPlace, write } from '../support/whole.ts';

test('a step that is defined first may come after another one, and may leave the main source out', async () => {
    const place = freshPlace();
    write(place, {
        'count.rpkg': `rpkg 1

recipe count is app {
    version = 0.1.0

    source main {
        path = "app"
    }

    source notes {
        path = "notes"
    }

    step second {
        after = [first]
        sources = [notes]
        script = '''
            cat /rpkg/src-notes/text >>"$OUT/order"
        '''
    }

    step first {
        script = '''
            echo first >"$OUT/order"
        '''
    }
}
`,
        'notes/text': 'second\n',
        'app/Cargo.toml': '[package]\nname = "count"\nversion = "0.1.0"\nedition = "2021"\n',
        'app/Cargo.lock': 'version = 4\n\n[[package]]\nname = "count"\nversion = "0.1.0"\n',
        'app/src/main.rs': 'fn main() {}\n',
    });
    const { path } = await buildOne(place, ['count.rpkg']);
    expect(fs.readFileSync(`${path}/order`, 'utf8')).toBe('first\nsecond\n');
});
