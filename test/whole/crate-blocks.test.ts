// What a `crate` block gives to one crate, seen in what is built: features, linker arguments, sources of its own, a private copy.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { unitWorkspace } from '../support/unit-workspace.ts';
import { buildOne, freshPlace, type Place, rpkg, run, write } from '../support/whole.ts';

function workspace(block: string, changes: Readonly<Record<string, string>> = {}): Place {
    const place = freshPlace();
    write(place, { ...unitWorkspace, ...changes });
    change(place, 'app.rpkg', '    bins = [app]\n', `    bins = [app]\n\n${block}`);
    return place;
}

function change(place: Place, file: string, from: string, to: string): void {
    const at = path.join(place.folder, file);
    const text = fs.readFileSync(at, 'utf8');
    expect(text).toContain(from);
    fs.writeFileSync(at, text.replace(from, to));
}

async function failure(place: Place): Promise<string> {
    const { exit, err } = await rpkg(place, ['build', 'app.rpkg']);
    expect(exit).toBe(5);
    return err;
}

interface Planned {
    readonly actions: Record<
        string,
        { readonly commands?: unknown; readonly mounts?: Record<string, { readonly writable: boolean }> } | undefined
    >;
}

async function planOf(place: Place): Promise<Planned['actions']> {
    const { exit, out, err } = await rpkg(place, ['plan', 'app.rpkg']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    return (JSON.parse(out) as Planned).actions;
}

test('features are turned on in addition, with what they bring', async () => {
    const manifest = unitWorkspace['app/crates/deep/Cargo.toml'] ?? '';
    const changes = {
        'app/crates/deep/Cargo.toml': manifest.replace('fast = []', 'fast = []\nmore = ["most"]\nmost = []'),
        'app/crates/deep/src/lib.rs':
            '#[cfg(not(all(feature = "fast", feature = "more", feature = "most")))]\ncompile_error!("a feature is off");\n\npub fn add(x: u32, y: u32) -> u32 { x + y }\n',
    };
    const block = '    crate deep {\n        features = [more]\n    }\n';
    await buildOne(workspace(block, changes), ['app.rpkg']);
    expect(await failure(workspace('    crate deep {\n        version = "0.1"\n    }\n', changes))).toContain(
        'a feature is off',
    );
});

test('an optional dependency comes with the feature that a block turns on', async () => {
    const place = workspace('    crate maths {\n        features = [tripled]\n    }\n', {
        'app/crates/maths/Cargo.toml': `[package]
name = "maths"
version = "0.1.0"
edition.workspace = true

[features]
tripled = ["dep:renamed"]

[dependencies]
deep = { workspace = true, features = ["fast"] }
renamed = { path = "../renamed", optional = true }
`,
        'app/crates/maths/src/lib.rs':
            'pub fn double(x: u32) -> u32 { assert_eq!(renamed::name(), "renamed"); deep::add(x, x) }\n',
    });
    change(place, 'app/Cargo.lock', 'dependencies = ["deep"]', 'dependencies = ["deep", "renamed"]');
    await buildOne(place, ['app.rpkg']);
    change(place, 'app.rpkg', 'features = [tripled]', 'features = [tripeld]');
    const { exit, err } = await rpkg(place, ['plan', 'app.rpkg']);
    expect(exit).toBe(3);
    expect(err.match(/^error\[.*/gm)).toHaveLength(1);
    expect(err).toContain('tripeld');
});

test('linker arguments reach the programs and libraries of the crate, and nothing else', async () => {
    const place = workspace(
        '    crate app {\n        link-args = ["-Wl,-rpath,/opt/words", "-Wl,-soname,x y"]\n    }\n',
    );
    const built = await buildOne(place, ['app.rpkg']);
    const { out } = await run(place, ['readelf', '-d', `${built.path}/usr/bin/app`]);
    expect(out).toContain('[/opt/words]');
    const actions = await planOf(place);
    const withArgument = Object.keys(actions).filter((id) =>
        JSON.stringify(actions[id]?.commands ?? '').includes('rpath,/opt/words'),
    );
    expect(withArgument).toEqual(['unit.app-1.2.3.bin.app']);
});

test('sources of the recipe are seen by the build script and the compilation of the crate, and by no other', async () => {
    const place = workspace(
        '    source words {\n        path = "words"\n    }\n\n    crate native-sys {\n        inputs = [words]\n    }\n',
        {
            'words/word.txt': 'of the recipe',
            'app/crates/native-sys/src/lib.rs': `extern "C" {
    pub fn native_word() -> *const std::ffi::c_char;
}

const _: &str = include_str!("/rpkg/src-words/word.txt");
`,
        },
    );
    change(
        place,
        'app/crates/native-sys/build.rs',
        'println!("cargo:word=told-by-script");',
        'println!("cargo:word={}", std::fs::read_to_string("/rpkg/src-words/word.txt").unwrap());',
    );
    change(place, 'app.rpkg', 'told-by-script', 'of the recipe');
    await buildOne(place, ['app.rpkg']);
    const actions = await planOf(place);
    const seeing = Object.keys(actions).filter((id) => actions[id]?.mounts?.['/rpkg/src-words'] !== undefined);
    expect(seeing.sort()).toEqual([
        'unit.native-sys-0.1.0.lib',
        'unit.native-sys-0.1.0.run',
        'unit.native-sys-0.1.0.script',
    ]);
    // A change there is one of the crate's.
    fs.writeFileSync(`${place.folder}/words/word.txt`, 'other');
    change(place, 'app.rpkg', 'of the recipe', 'other');
    await buildOne(place, ['app.rpkg']);
});

test('a script that writes into its sources needs a private copy, which nobody else sees', async () => {
    const writing = (place: Place): Place => {
        change(
            place,
            'app/crates/native-sys/build.rs',
            'let out =',
            'std::fs::write("word.c", "const char *native_word(void) { return \\"written\\"; }").unwrap();\n    let out =',
        );
        return place;
    };
    const error = await failure(writing(workspace('    crate native-sys {\n        version = "0.1"\n    }\n')));
    expect(error).toContain('unit.native-sys-0.1.0.run');
    expect(error).toMatch(/Read-only file system|ReadOnlyFilesystem/);
    const place = writing(workspace('    crate native-sys {\n        writable = true\n    }\n'));
    change(place, 'app.rpkg', '7 native', '7 written');
    await buildOne(place, ['app.rpkg']);
    expect(fs.readFileSync(`${place.folder}/app/crates/native-sys/word.c`, 'utf8')).toContain('"native"');
    const actions = await planOf(place);
    const writable = Object.keys(actions).filter((id) =>
        Object.values(actions[id]?.mounts ?? {}).some((mount) => mount.writable),
    );
    expect(writable).toEqual(['unit.native-sys-0.1.0.run']);
});
