// Tests of an application: they see what was built and the tools of the build, and can change nothing.
import { expect, test } from 'vitest';
import { freshPlace, type Place, rpkg, write } from '../support/whole.ts';

function greeter(testBlock: string): Place {
    const place = freshPlace();
    write(place, {
        'greet.rpkg': `rpkg 1

recipe greet is app {
    version = 0.1.0

    source main {
        path = "app"
    }

    test it {
${testBlock}
    }
}
`,
        'app/Cargo.toml': '[package]\nname = "greet"\nversion = "0.1.0"\nedition = "2021"\n',
        'app/Cargo.lock': 'version = 4\n\n[[package]]\nname = "greet"\nversion = "0.1.0"\n',
        'app/src/main.rs': 'fn main() { println!("hello"); }\n',
    });
    return place;
}

const script = (...lines: readonly string[]): string =>
    ["        script = '''", ...lines.map((line) => `            ${line}`), "        '''"].join('\n');

test.each([
    [
        'a script',
        script('"$OUT/usr/bin/greet" | tr a-z A-Z', 'rustc --version >/dev/null') + '\n        expect = "HELLO"',
    ],
    ['a script with an exit status', `${script('exit 7')}\n        expect-exit = 7`],
])('%s passes', async (_, block) => {
    const { exit, err } = await rpkg(greeter(block), ['build', 'greet.rpkg']);
    expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' });
});

test.each([
    ['stops at its first command that fails', script('false', 'true'), 'exit status 1'],
    ['must print what is expected', `${script('echo bye')}\n        expect = "hello"`, 'not printed: hello'],
    ['cannot change what was built', script('echo x >"$OUT/usr/bin/greet"'), 'Read-only file system'],
])('a script %s', async (_, block, message) => {
    const { exit, err } = await rpkg(greeter(block), ['build', 'greet.rpkg']);
    expect(exit).not.toBe(0);
    expect(err).toContain(message);
});
