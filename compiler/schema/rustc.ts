// Kind `rustc`: Rust's compiler, standard library and tools, built by their own build system (spec/rustc-recipes.md).
import { settingTypes } from '../rustc/setting-types.ts';
import {
    commonFields,
    commonGroups,
    env,
    environment,
    requiredVersion,
    rootLimits,
    source,
    stepLimits,
} from './common.ts';
import {
    type FieldRow,
    type GroupRow,
    type Kind,
    any,
    bool,
    defaultBool,
    defaultInt,
    defaultString,
    defaultWord,
    field,
    flags,
    group,
    int,
    label,
    labelled,
    map,
    name,
    oneOf,
    path,
    required,
    setOf,
    string,
    strings,
    text,
    triple,
    version,
} from './types.ts';

const patches: GroupRow = group('What is changed in the sources before anything is built.', {
    series: field(
        strings,
        '`SOURCE/FILE`: lists of patches as quilt has them; what they name lies beside the list. Applied in this order.',
    ),
    files: field(strings, '`SOURCE/FILE`: patches, applied after those of `series`.'),
    skip: field(setOf(string), 'Names in `series` that are left out; say why with `because`.'),
});

const prepare: GroupRow = group('A last change of the sources, after the patches.', {
    script: field(text, 'POSIX shell, run with `-eu` in the source tree.'),
    changes: field(strings, 'Vendored files that it changes: their checksums are written anew.'),
});

const vendor: GroupRow = group('The crates beside the sources, in `vendor`.', {
    add: field(setOf(label('source')), 'Sources that are crates, or folders of crates, to put beside the others.'),
    pruned: field(bool, 'Whether files may be missing that a crate lists in its checksums.', {
        default: defaultBool(false),
    }),
    'lock-policy': field(
        oneOf('require', 'resolve'),
        '`require`: what the lock files say; `resolve`: they are made anew from the crates that are there.',
        { default: defaultWord('require') },
    ),
    locks: field(setOf(path), 'Lock files that are made anew.'),
});

const bootstrap: GroupRow = group('The compiler that compiles the first stage.', {
    from: field(
        setOf(label('source')),
        "Sources that together hold it, laid out as below `/` or a prefix; the environment's rustc and cargo unless said otherwise.",
    ),
    version: field(version, 'Its version; must be said for one that comes from sources.'),
    cargo: field(version, 'Version of its Cargo as rustc counts; that of the compiler unless said otherwise.'),
    stage: field(int(1, 2), 'How often the compiler is built: 2 gives one that was compiled by itself.', {
        default: defaultInt(2),
    }),
    unstable: field(bool, 'Whether the tests and tools may use unstable features of a stable compiler.', {
        default: defaultBool(false),
    }),
});

const llvm: GroupRow = group('The code generator.', {
    link: field(oneOf('bundled', 'system-static', 'system-dynamic'), 'Which LLVM, and how it is linked.', {
        default: defaultWord('bundled'),
    }),
    config: field(string, 'Its `llvm-config`, in the environment: `llvm-config-19`.'),
    targets: field(setOf(name), 'Targets of a bundled LLVM, in the words of LLVM.'),
});

const install: GroupRow = group(
    'Where things go.',
    {
        prefix: field(string, 'Root of what is installed.', { default: defaultString('/usr') }),
        bindir: field(string, 'Folder of programs, below the prefix.', { default: defaultString('bin') }),
        libdir: field(string, 'Folder of libraries, below the prefix.', { default: defaultString('lib') }),
        datadir: field(string, 'Folder of data, below the prefix.', { default: defaultString('share') }),
        mandir: field(string, 'Folder of manual pages, below the prefix.', { default: defaultString('share/man') }),
        docdir: field(string, 'Folder of documents, below the prefix.', { default: defaultString('share/doc/rust') }),
        sysconfdir: field(string, 'Folder of settings.', { default: defaultString('/etc') }),
        rpath: field(bool, 'Whether programs find their libraries relative to themselves.', {
            default: defaultBool(true),
        }),
        remove: field(strings, 'Paths below the prefix that are removed; `*` stands for any part of a name.'),
    },
    {
        move: map(
            string,
            'Paths below the prefix → where they go instead; with `*`, which stands for any part of a name, the folder that they go into.',
        ),
        link: map(string, 'Links to make below the prefix → what they lead to.'),
    },
);

const tests: GroupRow = group(
    "Tests by the compiler's own build system.",
    {
        suites: field(
            strings,
            'What is tested, in its words: `tests/ui`, `library/std`. Nothing unless said otherwise.',
        ),
    },
    {
        'allow-failures': map(
            string,
            'Test, as it is called in what the tests print → why it may fail; `*` stands for anything.',
        ),
        limits: stepLimits,
    },
);

const pgo: GroupRow = group(
    'Optimizes the compiler with what it does.',
    {
        script: field(
            text,
            'POSIX shell, run with `-eu` in the sources: work for the instrumented compiler, `$RUSTC`, with `$CARGO`. Enables all of this.',
        ),
        profdata: field(string, 'The `llvm-profdata` of the LLVM that is linked: `llvm-profdata-19`.', {
            default: defaultString('llvm-profdata'),
        }),
    },
    { limits: stepLimits },
);

const output: GroupRow = labelled(
    group('A part of what is installed. With such blocks, every file has to be in one of them.', {
        files: required(
            strings,
            'Paths below the prefix, or from the root on; a folder stands for all that is below it, `*` for any part of a name. The longest path counts.',
        ),
    }),
);

const extend: GroupRow = labelled(
    group('A setting of the configuration that a patch adds, by its name: `target.*.self-contained`.', {
        type: required(oneOf(...settingTypes), 'What values it takes.'),
        patch: required(
            string,
            '`SOURCE/FILE`: the patch that adds it to the build system, one of those that are applied.',
        ),
    }),
);

const target: GroupRow = labelled(
    group(
        'Programs, processor and flags of the platform with this triple, which the compiler runs on, is built on or is for.',
        {
            cc: field(string, 'C compiler.'),
            cxx: field(string, 'C++ compiler.'),
            ar: field(string, 'Program that makes archives.'),
            ranlib: field(string, 'Program that indexes archives.'),
            linker: field(string, 'Program that links.'),
            cflags: field(flags, 'For every C compilation for this platform, unless it is the one of the compiler.'),
            cpu: field(
                name,
                'Oldest processor that code for this platform has to run on, as `-C target-cpu` calls it.',
            ),
            features: field(
                flags,
                'Features of processors that code for this platform may use (`+avx2`) or must not use (`-x87`), whatever `cpu` has.',
            ),
            rustflags: field(flags, 'For every rustc call that compiles for this platform.'),
        },
    ),
);

const fields: Readonly<Record<string, FieldRow>> = {
    environment,
    channel: field(oneOf('stable', 'beta', 'nightly', 'dev'), 'What the compiler says it is.', {
        default: defaultWord('stable'),
    }),
    goal: field(
        oneOf('dry-run', 'library', 'install'),
        '`dry-run`: only the sources, and whether their own build system accepts the configuration; `library`: only the standard library, for `targets`, made by the bootstrap compiler and for it; `install`: everything.',
        { default: defaultWord('install') },
    ),
    description: field(string, 'What the compiler says of itself beside its version.'),
    salt: field(
        name,
        'Tells this compiler from others of its release: it is part of its description, and of the identity of every crate that it makes.',
    ),
    tools: field(
        setOf(name),
        'Tools beside compiler and rustdoc, in the words of its build system: `cargo`, `clippy`, `rustfmt`.',
    ),
    docs: field(bool, 'Whether the documentation is built and installed.', { default: defaultBool(false) }),
    targets: field(setOf(triple), 'Platforms to build the standard library for, beside the one of the compiler.'),
    cflags: field(flags, 'For every C compilation for the target.'),
    cxxflags: field(flags, 'For every C++ compilation for the target.'),
    cppflags: field(flags, 'For every C and C++ preprocessing for the target.'),
    ldflags: field(flags, 'For every link for the target.'),
    rustflags: field(flags, 'For every rustc call after the first stage.'),
    'host-cflags': field(flags, 'For every C compilation for the build machine, where it is another one.'),
    'host-cxxflags': field(flags, 'For every C++ compilation for the build machine, where it is another one.'),
    'host-cppflags': field(flags, 'For every preprocessing for the build machine, where it is another one.'),
    'bootstrap-rustflags': field(flags, 'For every rustc call of the bootstrap compiler.'),
};

export const rustcKind: Kind = {
    name: 'rustc',
    root: group(
        "Rust's compiler, standard library and tools.",
        { version: requiredVersion, ...commonFields, ...fields },
        {
            ...commonGroups,
            source,
            patches,
            prepare,
            vendor,
            bootstrap,
            llvm,
            install,
            output,
            tests,
            pgo,
            target,
            extend,
            config: labelled(
                map(any, 'Keys of one section of the configuration, where the recipe has no words of its own.'),
            ),
            env,
            limits: rootLimits,
        },
    ),
};
