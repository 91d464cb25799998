// The settings that the sources of a release read, out of the declarations in src/bootstrap.
import { type RustField, type RustStruct, structsOf } from './rust-structs.ts';
import type { SettingType } from './setting-types.ts';

export interface SourceFile {
    readonly path: string;
    readonly text: string;
}

export interface ReadSchema {
    readonly keys: ReadonlyMap<string, SettingType>;
    /** Keys of a type of Rust that rpkg does not know: a row in `setting-types.ts` is missing. */
    readonly unknown: readonly { readonly key: string; readonly type: string }[];
}

/** The struct that the whole file is read into. */
const root = 'TomlConfig';

const types: Readonly<Record<string, SettingType>> = {
    bool: 'boolean',
    String: 'string',
    PathBuf: 'path',
    StringOrBool: 'string-or-boolean',
    CompilerBuiltins: 'path-or-boolean',
    RustOptimize: 'optimize',
    DebuginfoLevel: 'debuginfo-level',
    LldMode: 'lld-mode',
    BootstrapOverrideLld: 'lld-mode',
    DefaultLinuxLinkerOverride: 'linux-linker',
    CompressDebuginfo: 'compress-debuginfo',
    ChangeId: 'change-id',
};

/** Undefined when the sources do not declare their configuration in a way that is known here. */
export function readSchema(files: readonly SourceFile[]): ReadSchema | undefined {
    const all = files.flatMap(({ text }) => structsOf(text));
    // Bootstrap has other structs of the same names: what it makes of the settings later.
    const tables = new Map(all.filter(({ isConfig }) => isConfig).map((each) => [each.name, each]));
    const plain = new Map(all.filter(({ isConfig }) => !isConfig).map((each) => [each.name, each]));
    const top = plain.get(root);
    if (top === undefined || tables.size === 0) return undefined;
    const keys = new Map<string, SettingType>();
    const unknown: { key: string; type: string }[] = [];
    const read = (prefix: string, struct: RustStruct): void => {
        for (const field of struct.fields) {
            const key = `${prefix}${keyOf(field)}`;
            const { isMap, type } = unwrapped(field.type);
            const flat = field.isFlat ? plain.get(type) : undefined;
            const inner = tables.get(type);
            if (flat !== undefined) read(prefix, flat);
            else if (inner !== undefined) read(`${key}${isMap ? '.*' : ''}.`, inner);
            else {
                const known = settingType(field.type);
                if (known === undefined) unknown.push({ key, type: field.type });
                else keys.set(key, known);
            }
        }
    };
    read('', top);
    return { keys, unknown };
}

/** The root struct is read with `rename_all = "kebab-case"`; the macro gives names itself. */
function keyOf({ key, isNamed }: RustField): string {
    return isNamed ? key : key.replaceAll('_', '-');
}

/** `HashMap<String, TomlTarget>` → `TomlTarget`, and that names are free. */
function unwrapped(type: string): { readonly isMap: boolean; readonly type: string } {
    const match = /^(?:Hash|BTree)Map<String, (.+)>$/.exec(type);
    return match === null ? { isMap: false, type } : { isMap: true, type: match[1] ?? '' };
}

function settingType(type: string): SettingType | undefined {
    if (Object.hasOwn(types, type)) return types[type];
    if (/^[iu](?:8|16|32|64|size)$/.test(type)) return 'integer';
    if (/^(?:Vec|HashSet|BTreeSet)<String>$/.test(type)) return 'strings';
    if (/^(?:Vec|HashSet|BTreeSet)<PathBuf>$/.test(type)) return 'paths';
    if (/^(?:Hash|BTree)Map<String, String>$/.test(type)) return 'string-table';
    return undefined;
}

/** Settings that the example file of the sources speaks of, as keys of the schema. */
export function documentedKeys(example: string): ReadonlySet<string> {
    const keys = new Set<string>();
    let section = '';
    for (const line of example.split('\n')) {
        const header = /^#? ?\[([a-z][\w.<>-]*)\]\s*$/.exec(line)?.[1];
        if (header !== undefined) section = `${header.replace(/^target\..+$/, 'target.*')}.`;
        const key = /^#?([a-z][\w.-]*) = /.exec(line)?.[1];
        if (key !== undefined)
            keys.add((isWhole(key) ? key : `${section}${key}`).replace(/^build\.tool\.[^.]+\./, 'build.tool.*.'));
    }
    return keys;
}

/** Newer example files name the section in each line: `#rust.channel = …`. */
function isWhole(key: string): boolean {
    return /^(?:build|dist|gcc|install|llvm|pgo|rust)\./.test(key);
}
