// The small workspace with one of everything, and on top of it what only shows in arguments: all that a build script may say,
// and libraries of several kinds at once.
import { unitWorkspace } from '../support/unit-workspace.ts';

/** Each kind more than once and mixed with others. */
const said = `
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

const saidByMixed = `fn main() {
    println!("cargo::rustc-link-arg=-Wl,--defsym,mixed_all=1");
    println!("cargo::rustc-link-arg-cdylib=-Wl,--defsym,mixed_cdylib=1");
    println!("cargo::rustc-link-arg=-Wl,--defsym,mixed_again=1");
    println!("cargo::metadata=word=none");
}
`;

/** Files of the workspace, whose recipe builds in a profile. */
export function callsWorkspace(profile: string): Readonly<Record<string, string>> {
    return {
        ...unitWorkspace,
        ...changed('app.rpkg', 'driver', `profile = "${profile}"\n    driver`),
        ...changed('app/Cargo.toml', '[dependencies]', `[dependencies]\n${libraries.map(dependency).join('')}`),
        ...changed('app/build.rs', 'fn main() {', `fn main() {${said}`),
        ...changed('app/Cargo.lock', '"maths",', '"maths", "mixed", "moving",'),
        ...Object.fromEntries(libraries.flatMap(filesOf)),
        'app/crates/mixed/build.rs': saidByMixed,
    };
}

interface Library {
    readonly name: string;
    readonly crateTypes: string;
    readonly needs: readonly string[];
}

const libraries: readonly Library[] = [
    { name: 'mixed', crateTypes: '["cdylib", "rlib"]', needs: ['moving'] },
    { name: 'moving', crateTypes: '["rlib", "dylib"]', needs: [] },
];

function dependency({ name }: Library): string {
    return `${name} = { path = "crates/${name}" }\n`;
}

function filesOf({ name, crateTypes, needs }: Library): readonly (readonly [string, string])[] {
    const lines = needs.map((need) => `${need} = { path = "../${need}" }\n`).join('');
    return [
        [
            `app/crates/${name}/Cargo.toml`,
            `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\ncrate-type = ${crateTypes}\n\n[dependencies]\n${lines}`,
        ],
        [`app/crates/${name}/src/lib.rs`, `pub fn ${name}() -> u32 { 1 }\n`],
    ];
}

function changed(file: string, from: string, to: string): Readonly<Record<string, string>> {
    const text = unitWorkspace[file] ?? '';
    const packages = libraries.map(({ name, needs }) => {
        const list = needs.map((need) => `"${need}"`).join(', ');
        return `\n[[package]]\nname = "${name}"\nversion = "0.1.0"\n${list === '' ? '' : `dependencies = [${list}]\n`}`;
    });
    return { [file]: `${text.replace(from, to)}${file.endsWith('.lock') ? packages.join('') : ''}` };
}
