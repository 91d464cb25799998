// The plan: the only thing compiler and runtime share. Plain JSON; `spec/plan.schema.json` mirrors these types.
// A plan is a graph of actions. Every action gives one or more file trees, and every path an action sees is a tree
// that another action gave; nothing else enters the sandbox but the environment.

export interface Plan {
    readonly schema: 'rpkg.plan/1';
    readonly digest: PlanDigest;
    readonly subject: Subject;
    readonly context: Context;
    /** From the base recipe to the topmost overlay. Document only. */
    readonly layers: readonly Layer[];
    /** What an action finds outside `/rpkg`. */
    readonly environments: Readonly<Record<string, Environment>>;
    /** By logical id: `fetch.main`, `vendor`, `build`. */
    readonly actions: Readonly<Record<string, Action>>;
    /** What the user asked for: name → tree. */
    readonly outputs: Readonly<Record<string, TreeRef>>;
    /** Document only. */
    readonly provenance: Provenance;
}

/** Both `sha256:HEX`. `execution` covers what can change the bytes of outputs; `document` covers the whole plan. */
export interface PlanDigest {
    readonly execution: string;
    readonly document: string;
}

export interface Subject {
    readonly name: string;
    readonly version: string;
    readonly kind: string;
    /** SOURCE_DATE_EPOCH, seconds. */
    readonly epoch: number;
}

export interface Context {
    /** Rust target triples. */
    readonly host: string;
    readonly target: string;
    /** Facts that a condition or an interpolation could read, `target.arch` → `x86_64`. */
    readonly facts: Readonly<Record<string, string | boolean>>;
}

export interface Layer {
    readonly name: string;
    readonly file: string;
}

/** `ACTION` (its output `out`) or `ACTION#OUTPUT`. */
export type TreeRef = string;

export type Action = FetchAction | WriteAction | ComposeAction | SelectAction | RunAction;

/** Brings a pinned source. The only kind that may use the network; runs outside any sandbox, never runs package code. */
export interface FetchAction {
    readonly kind: 'fetch';
    readonly source: Source;
}

/** Files whose whole text stands in the plan. Paths are relative to the tree. */
export interface WriteAction {
    readonly kind: 'write';
    readonly files: Readonly<Record<string, WrittenFile>>;
}

export interface WrittenFile {
    readonly text: string;
    readonly executable?: boolean;
}

/** One tree that has other trees at the given relative paths; no path lies inside another one. */
export interface ComposeAction {
    readonly kind: 'compose';
    readonly entries: Readonly<Record<string, TreeRef>>;
    /**
     * Instead of entries: trees whose files lie side by side in this one. Each is an output of commands that is one folder
     * of regular files, or a union itself. The same file may come more than once; two files of one name are a failure.
     */
    readonly union?: readonly TreeRef[];
}

/** A tree without some of its paths: those that are not in it are ignored. */
export interface SelectAction {
    readonly kind: 'select';
    readonly tree: TreeRef;
    /** Relative, none inside another one. */
    readonly without: readonly string[];
}

/** Commands in the sandbox, without any network. */
export interface RunAction {
    readonly kind: 'run';
    /** Run in order; the first that fails ends the action. */
    readonly commands: readonly Command[];
    readonly environment: string;
    /** The root file system, when the environment is one: `Environment.tree`. */
    readonly root?: TreeRef;
    /** The complete environment. `$(jobs)` and `$(jobserver)` in a value stand for what the executor grants; that never enters a key. */
    readonly env: Readonly<Record<string, string>>;
    /** Absolute; below a mount or one of `scratch` and `outputs`. */
    readonly cwd: string;
    /** Sandbox path → tree. Paths lie one or two names below `/rpkg`, none inside another. */
    readonly mounts: Readonly<Record<string, Mount>>;
    /** Output name → sandbox directory, made empty before the first command. */
    readonly outputs: Readonly<Record<string, string>>;
    /**
     * Names of outputs that are complete as soon as they hold a regular file and no folder, although the commands go on.
     * A file gets its name there by a rename, when it is whole. What needs no more than these may start then. Changes no bytes
     * and is in no key.
     */
    readonly early?: readonly string[];
    /**
     * Outputs for which something else than their bytes stands in the keys of actions that use them. `rust-metadata`:
     * without the hashes of the source files, which `*.d` in the scratch directory names.
     */
    readonly identity?: Readonly<Record<string, 'rust-metadata'>>;
    /** Empty writable directory that is thrown away afterwards. */
    readonly scratch: string;
    readonly limits: Limits;
}

export interface Mount {
    readonly tree: TreeRef;
    /** True: the action works on a private copy. */
    readonly writable: boolean;
}

/** Either form is the whole command: an argument list (absolute program path first) or a POSIX shell script, run with `-eu`. */
export type Command = { readonly argv: readonly string[] } | { readonly script: string };

export interface Limits {
    /** Wall clock. Part of the action key, as in the Remote Execution API. */
    readonly timeoutSeconds: number;
    /** Address space of each process; absent means unlimited. */
    readonly memoryBytes?: number;
    /** How many jobs the action can use: 0 means as many as there are. */
    readonly weight: number;
}

/** Where bytes come from, pinned so that nothing else is accepted. */
export type Source =
    /** A directory of the user's; `tree` was computed when planning. `path` is relative to the recipe's folder or absolute. */
    | { readonly type: 'local'; readonly path: string; readonly exclude: readonly string[]; readonly tree: string }
    /** A tar archive (plain, gzip, xz, zstd); `strip` leading path segments are dropped. */
    | { readonly type: 'archive'; readonly urls: readonly string[]; readonly hash: string; readonly strip: number }
    /** One file, put into an otherwise empty tree as `name`. */
    | {
          readonly type: 'file';
          readonly urls: readonly string[];
          readonly hash: string;
          readonly name: string;
          readonly executable: boolean;
      }
    /** A commit of a repository, without its history. `tree` is the pinned content, since a SHA-1 alone is no proof. */
    | { readonly type: 'git'; readonly url: string; readonly commit: string; readonly tree: string }
    /**
     * Packages of a Debian suite, installed into a root file system: maintainer scripts are run in a sandbox, without network.
     * `tree` is what that gives, always the same.
     */
    | {
          readonly type: 'debian';
          readonly suite: string;
          readonly pockets: readonly string[];
          readonly components: readonly string[];
          readonly architecture: string;
          readonly packages: readonly DebianPackage[];
          readonly tree: string;
      }
    /**
     * A root file system: a tar archive of it, or a container image in the layout of OCI, an archive or a folder at `path`.
     * `hash` is that of the archive, or of the image's manifest. `tree` is what that gives.
     */
    | {
          readonly type: 'image';
          readonly path?: string;
          readonly urls: readonly string[];
          readonly hash: string;
          readonly architecture: string;
          readonly tree: string;
      }
    /** A crate of a registry, unpacked and with Cargo's `.cargo-checksum.json`; `hash` is that of the `.crate` file. */
    | { readonly type: 'crate'; readonly name: string; readonly version: string; readonly hash: string };

/** One file of a Debian archive. */
export interface DebianPackage {
    readonly name: string;
    readonly version: string;
    /** `amd64` or `all`. */
    readonly architecture: string;
    readonly size: number;
    readonly hash: string;
    /** In every mirror of the archive: `pool/main/h/hello/hello_2.10-3_amd64.deb`. */
    readonly path: string;
    /** Part of every system, so it is there before other packages are configured. */
    readonly essential?: boolean;
}

export type Environment = HostEnvironment | RootEnvironment;

/** A root file system, whose folders are bound read-only. */
export interface RootEnvironment {
    readonly kind: 'rootfs';
    /** The action that gives it. */
    readonly tree: TreeRef;
    /** The tree's digest, which is all that makes one environment differ from another. */
    readonly digest: string;
    /** The tools in it that this plan uses. */
    readonly tools: Readonly<Record<string, HostTool>>;
}

/** Host directories bound read-only, and the tools in them that this plan declares it uses. */
export interface HostEnvironment {
    readonly kind: 'host';
    /** Tool name → identity. Changing one changes the key of every action in this environment. */
    readonly tools: Readonly<Record<string, HostTool>>;
}

export interface HostTool {
    /** As found in the environment. Not part of any digest when `mount` is there. */
    readonly path: string;
    /** Where the tool's root appears in the sandbox when it does not live in /usr: `/rpkg/tools/rust`. */
    readonly mount?: string;
    /** Host directory that `mount` shows. */
    readonly root?: string;
    /** `sha256:HEX` over the content of all files that make up the tool. */
    readonly digest: string;
    /** What the tool says of itself, one line. */
    readonly version: string;
    /** Distribution packages that own it: name → version. */
    readonly packages: Readonly<Record<string, string>>;
}

export interface Provenance {
    /** Recipe files, relative to the main recipe's folder. */
    readonly files: readonly string[];
    /** Recipe field → everything that touched it, in order. */
    readonly fields: Readonly<Record<string, FieldOrigin>>;
    /** JSON pointer into this plan → the fields that gave it. */
    readonly values: Readonly<Record<string, readonly string[]>>;
    /** There when something else than the lock file decided versions of crates. */
    readonly crates?: CratesOrigin;
}

/** How the crates of a build differ from a lock file. */
export interface CratesOrigin {
    readonly policy: string;
    /** The lock file, when there is one. */
    readonly lock?: string;
    /** How many packages were chosen. */
    readonly count: number;
    /** By name: what the lock file has, and what is used instead. */
    readonly changes: readonly {
        readonly name: string;
        readonly locked: readonly string[];
        readonly used: readonly string[];
    }[];
}

export interface FieldOrigin {
    /** The effective value in the language's own spelling. */
    readonly value: string;
    readonly chain: readonly Touch[];
}

/** One statement that touched a field. */
export interface Touch {
    readonly layer: string;
    /** Index into `Provenance.files`. */
    readonly file: number;
    readonly line: number;
    readonly column: number;
    readonly operator: string;
    /** The operand, in the language's own spelling. */
    readonly operand: string;
    /** Profile it came through, innermost last: `policy.hardening`. */
    readonly via?: readonly string[];
    /** The condition it stood under, as written. */
    readonly when?: string;
    readonly because?: string;
    readonly until?: string;
}
