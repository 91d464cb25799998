// Calls of a small workspace with one of everything; `npm run test:oracle` compares those of real applications.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/fresh-folder.ts';
import { unitWorkspace } from '../support/unit-workspace.ts';
import { freshPlace, write } from '../support/whole.ts';
import { checkCalls } from './check-calls.ts';

/** All that a script may say, each kind more than once and mixed with others. */
const saying = `
    for word in ["one", "two"] {
        println!("cargo::rustc-check-cfg=cfg({word})");
        println!("cargo::rustc-env=WORD_{word}={word} and more");
        println!("cargo::rustc-link-arg-bins=-Wl,--defsym,by_bins_{word}=1");
        println!("cargo::rustc-cfg={word}");
        println!("cargo::rustc-link-arg=-Wl,--defsym,by_all_{word}=1");
        println!("cargo::rustc-link-search=native=/usr/lib/{word}");
        println!("cargo::rustc-link-arg-bin=app=-Wl,--defsym,by_app_{word}=1");
    }
    println!("cargo::rustc-link-search={}/made", std::env::var("OUT_DIR").unwrap());
    println!("cargo::rustc-link-lib=m");
`;

test.each(['dev', 'release'])('calls are those of cargo build -vv, profile %s', async (profile) => {
    const place = freshPlace();
    const script = unitWorkspace['app/build.rs'] ?? '';
    write(place, {
        ...unitWorkspace,
        'app/build.rs': script.replace('fn main() {', `fn main() {${saying}`),
        'app.rpkg': (unitWorkspace['app.rpkg'] ?? '').replace('driver', `profile = "${profile}"\n    driver`),
    });
    const below = freshFolder();
    const workspace = `${fs.realpathSync(place.folder)}/app`;
    const sources = () => Promise.resolve({ workspace, crates: '/nowhere' });
    const checks = await checkCalls(place, { recipe: ['app.rpkg'], profile, sources, below });
    for (const { title, calls, equal, differences } of checks) {
        expect(differences.join('\n'), title).toBe('');
        expect(equal, title).toBe(calls);
        expect(calls, title).toBeGreaterThan(12);
    }
});
