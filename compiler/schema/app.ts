// Kind `app`: a Rust application built from its Cargo package.
import {
    commonFields,
    commonGroups,
    env,
    environment,
    requiredVersion,
    rootLimits,
    source,
    step,
    stepLimits,
} from './common.ts';
import {
    type FieldRow,
    type GroupRow,
    type Kind,
    argv,
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
    setOf,
    string,
    strings,
    text,
    union,
} from './types.ts';

const vendor: GroupRow = group('Where the crates come from that Cargo.lock names.', {
    from: field(
        oneOf('crates', 'directory', 'bundled'),
        'The registry, a folder of crates, or a folder inside the sources.',
        {
            default: defaultWord('crates'),
        },
    ),
    lock: field(path, 'The lock file in the sources.', { default: defaultString('Cargo.lock') }),
    path: field(string, 'The folder of crates.'),
    unlocked: field(bool, 'Whether the lock file is dropped, so that the crates of the folder decide.', {
        default: defaultBool(false),
    }),
    'lock-policy': field(
        oneOf('require', 'patch', 'resolve'),
        '`require`: the versions of the lock file; `patch`: those, but for the crates of `unlock`; `resolve`: the newest that are there and fit. Driver `rustc` only.',
        { default: defaultWord('require') },
    ),
    unlock: field(setOf(name), 'Crates whose version what is there decides, with `lock-policy = patch`.'),
});

const profileRelease: GroupRow = group('Cargo profile `release`.', {
    'opt-level': field(union(int(0, 3), oneOf('s', 'z')), 'How far to optimise.'),
    debug: field(
        union(bool, int(0, 2), oneOf('none', 'line-directives-only', 'line-tables-only', 'limited', 'full')),
        'How much debug information.',
    ),
    lto: field(oneOf('off', 'thin', 'fat', 'thin-local'), 'Link-time optimisation.'),
    'codegen-units': field(int(1, 65_535), 'Pieces a crate is compiled in.'),
    panic: field(oneOf('unwind', 'abort'), 'What a panic does.'),
    strip: field(oneOf('none', 'debuginfo', 'symbols'), 'What is removed from programs.'),
    'overflow-checks': field(bool, 'Whether integer overflow panics.'),
    'debug-assertions': field(bool, 'Whether `debug_assert!` is on.'),
    incremental: field(bool, 'Whether to compile incrementally.'),
    'split-debuginfo': field(oneOf('off', 'packed', 'unpacked'), 'Where debug information lies.'),
});

const install: GroupRow = group(
    'Where things go.',
    {
        prefix: field(string, 'Root of what is installed.', { default: defaultString('/usr') }),
        bindir: field(string, 'Folder of programs, below the prefix.', { default: defaultString('bin') }),
        libdir: field(string, 'Folder of libraries, below the prefix.', { default: defaultString('lib') }),
        files: field(strings, '`SOURCE -> DESTINATION`, or one path that is both.'),
    },
    { rename: map(string, 'Installed path → new path, both below the prefix.') },
);

const library: GroupRow = labelled(
    group('A library of the workspace that is built and installed; driver `rustc` only.', {
        kinds: field(
            setOf(oneOf('rlib', 'dylib', 'cdylib', 'staticlib')),
            'What is installed of the kinds that its manifest names; all unless said otherwise.',
        ),
        folder: field(string, 'Where it goes, below the prefix; `install.libdir` unless said otherwise.'),
        soname: field(string, 'Name by which programs that link the shared library look for it.'),
        file: field(string, 'Name of the shared library; the soname unless said otherwise.'),
        links: field(strings, 'Links to the shared library beside it: `libword.so`.'),
    }),
);

const test: GroupRow = labelled(
    group(
        'Runs what was built.',
        {
            run: field(argv, 'Program and arguments.'),
            script: field(
                text,
                'POSIX shell, run with `-eu`; it finds the built tree in `$OUT`, and in `$RUNNER` what runs its programs.',
            ),
            expect: field(string, 'Text that must be printed.'),
            'expect-exit': field(int(0, 255), 'Exit status that is right.', { default: defaultInt(0) }),
        },
        {},
        [
            { by: ['run'], needs: [], allows: ['expect', 'expect-exit'] },
            { by: ['script'], needs: [], allows: ['expect', 'expect-exit'] },
        ],
    ),
);

const cargoTest: GroupRow = labelled(
    group(
        'Runs the tests of the package itself, as `cargo test` would; driver `rustc` only. What `cargo test` runs is run unless targets are chosen.',
        {
            packages: field(setOf(name), "Packages of the workspace; the recipe's unless said otherwise."),
            library: field(bool, 'Whether the tests inside the library are chosen.'),
            bins: field(setOf(name), 'Programs whose own tests are chosen.'),
            tests: field(setOf(name), 'Integration tests that are chosen; `*` stands for any part of a name.'),
            examples: field(setOf(name), 'Examples that are chosen.'),
            benches: field(setOf(name), 'Benchmarks that are chosen, run as tests.'),
            features: field(setOf(name), 'Features that are turned on in addition.'),
            profile: field(string, "Cargo profile; the recipe's unless said otherwise."),
            only: field(strings, 'Runs only tests whose path contains one of these.'),
            skip: field(strings, 'Leaves out tests whose path contains one of these; say why with `because`.'),
            args: field(argv, 'Arguments for the test programs.'),
            'allow-failures': field(bool, 'Whether tests may fail: the outcome is recorded, and the build goes on.', {
                default: defaultBool(false),
            }),
            writable: field(bool, 'Whether tests work on a private copy of the sources.', {
                default: defaultBool(false),
            }),
            inputs: field(setOf(label('source')), "Sources that tests see beside the package's."),
        },
        { env, limits: stepLimits },
    ),
);

const crate: GroupRow = labelled(
    group(
        'What is changed for the crate with this name; driver `rustc` only.',
        {
            version: field(string, 'Which versions are meant, as in Cargo.toml; all unless said otherwise.'),
            source: field(
                label('source'),
                'A source of the recipe that stands in for the crate: what counts as the version that it has is taken from there.',
            ),
            features: field(setOf(name), 'Features that are turned on in addition.'),
            rustflags: field(flags, 'For every rustc call of this crate.'),
            'link-args': field(flags, "Linker arguments of this crate's programs and libraries."),
            link: field(
                oneOf('system', 'forbid'),
                '`system`: its native library is the one of `system-library`; `forbid` refuses builds that contain the crate.',
            ),
            'system-library': field(strings, 'pkg-config modules that must be there, `libgit2 >= 1.9`.'),
            'build-script': field(oneOf('run', 'skip', 'directives'), 'What happens with its build script.', {
                default: defaultWord('run'),
            }),
            directives: field(strings, 'Lines that stand in for what the script would print.'),
            writable: field(bool, 'Whether the build script works on a private copy of the sources.', {
                default: defaultBool(false),
            }),
            workspace: field(bool, 'Whether a member of the workspace sees the folders of all other members.', {
                default: defaultBool(false),
            }),
            unstable: field(bool, 'Whether it may use unstable features (`RUSTC_BOOTSTRAP`).', {
                default: defaultBool(false),
            }),
            patches: field(strings, '`SOURCE/FILE`: patches in the sources of the recipe, applied in this order.'),
            inputs: field(setOf(label('source')), 'Sources that its build script and compilation see beside its own.'),
        },
        { env },
    ),
);

const target: GroupRow = labelled(
    group('How things are built and run for the target with this triple.', {
        std: field(
            union(oneOf('toolchain'), label('source')),
            'Its standard library: a source that holds `lib/rustlib/TRIPLE`, or `toolchain` for what is installed beside rustc.',
        ),
        linker: field(string, 'Program that links; `cc` unless said otherwise.'),
        cc: field(string, 'C compiler.'),
        cxx: field(string, 'C++ compiler.'),
        ar: field(string, 'Program that makes archives.'),
        'pkg-config': field(string, 'Program that knows the libraries of the target.'),
        runner: field(argv, 'Program and arguments that run programs of the target; empty when nothing is needed.'),
        cflags: field(flags, 'For every C compilation, after those of the recipe.'),
        cppflags: field(flags, 'For every C and C++ preprocessing, after those of the recipe.'),
        cxxflags: field(flags, 'For every C++ compilation, after those of the recipe.'),
        ldflags: field(flags, 'For every link, after those of the recipe.'),
        rustflags: field(flags, 'For every rustc call, after those of the recipe.'),
    }),
);

const fields: Readonly<Record<string, FieldRow>> = {
    environment,
    driver: field(oneOf('cargo', 'rustc'), 'What builds it: one cargo, or rustc for each crate without any cargo.', {
        default: defaultWord('cargo'),
    }),
    salt: field(string, 'Tells the crates of this build apart from those of others; driver `rustc` only.'),
    package: field(string, 'Package of the workspace.'),
    bins: field(setOf(name), 'Programs to build; all unless said otherwise.'),
    examples: field(setOf(name), 'Examples to build and install; driver `rustc` only.'),
    features: field(setOf(name), 'Cargo features to turn on.'),
    'default-features': field(bool, "Whether the package's default features are on.", { default: defaultBool(true) }),
    'ignore-rust-version': field(bool, 'Whether packages that ask for a newer rustc are built nevertheless.', {
        default: defaultBool(false),
    }),
    profile: field(string, 'Cargo profile.', { default: defaultString('release') }),
    cflags: field(flags, 'For every C compilation for the target.'),
    cppflags: field(flags, 'For every C and C++ preprocessing for the target.'),
    cxxflags: field(flags, 'For every C++ compilation for the target.'),
    ldflags: field(flags, 'For every link for the target.'),
    rustflags: field(flags, 'For every rustc call that compiles for the target.'),
    'host-cflags': field(
        flags,
        'For every C compilation for the build machine; driver `rustc` only, as the next four.',
    ),
    'host-cppflags': field(flags, 'For every C and C++ preprocessing for the build machine.'),
    'host-cxxflags': field(flags, 'For every C++ compilation for the build machine.'),
    'host-ldflags': field(flags, 'For every link for the build machine.'),
    'host-rustflags': field(flags, 'For every rustc call that compiles for the build machine.'),
    linker: field(string, 'Program that links.'),
    'remap-paths': field(bool, 'Whether outputs forget where they were built.', { default: defaultBool(true) }),
    vary: field(
        setOf(oneOf('path', 'jobs', 'hostname', 'locale', 'timezone', 'umask', 'fs-order', 'user')),
        'What a reproducibility check changes between two builds.',
    ),
};

export const appKind: Kind = {
    name: 'app',
    root: group(
        'A Rust application.',
        { version: requiredVersion, ...commonFields, ...fields },
        {
            ...commonGroups,
            source,
            vendor,
            'profile-release': profileRelease,
            env,
            limits: rootLimits,
            crate,
            library,
            target,
            install,
            step,
            test,
            'cargo-test': cargoTest,
        },
    ),
};
