// The smallest recipes that a test can build, and places that hold recipes.
import { answer, copyHello, freshPlace, type Place, write } from '../support/whole.ts';

/** A generic recipe whose only step runs a script; `fields` are lines of the recipe. */
export function tiny(script: string, fields: readonly string[] = []): string {
    return [
        'rpkg 1',
        '',
        'recipe tiny is generic {',
        '    version = 1.0.0',
        ...fields.map((line) => (line === '' ? '' : `    ${line}`)),
        '',
        '    step go {',
        "        script = '''",
        ...script.split('\n').map((line) => `            ${line}`),
        "        '''",
        '    }',
        '',
        '    output out {',
        '        step = go',
        '    }',
        '}',
        '',
    ].join('\n');
}

/** Upstream and a distribution that changes one flag; the flag stands in line 5 of `policy.rpkg`. */
export const layered = {
    'upstream.rpkg': tiny('echo "$GREETING" >"$OUT/greeting"', ['env.GREETING ?= "hello"']),
    'policy.rpkg': `rpkg 1

## The distribution's policy.
profile loud {
    env.GREETING := "HELLO" because "policy 7.3: greetings are loud"
}
`,
    'distro.rpkg': `rpkg 1

use "policy.rpkg" as policy
use "upstream.rpkg" as upstream

overlay distro on upstream.tiny {
    apply policy.loud
}
`,
};

/** A place in which the example was built once. */
export async function builtHello(): Promise<Place & { readonly recipe: string }> {
    const place = freshPlace();
    const recipe = copyHello(place);
    await answer(place, ['build', 'hello/hello.rpkg']);
    return { ...place, recipe };
}

export function layeredPlace(): Place {
    const place = freshPlace();
    write(place, layered);
    return place;
}
