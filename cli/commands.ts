// Every command of rpkg, in the order in which `--help` lists them.
import type { CommandSpec, OptionSpec } from './command.ts';

const json: OptionSpec = { flags: '--json', text: 'print the answer, and diagnostics, as JSON on standard output' };
const target: OptionSpec = {
    flags: '--target <triple>',
    text: 'Rust target triple to build for (default: this machine)',
};
const option: OptionSpec = {
    flags: '--option <name=value>',
    text: 'set an option that the recipe declares; may be repeated',
    repeat: true,
};
const store: OptionSpec = {
    flags: '--store <folder>',
    text: 'folder of the store (default: $RPKG_STORE, else rpkg in the cache folder)',
};
const locked: OptionSpec = { flags: '--locked', text: 'fail when rpkg.lock would have to change' };
const offline: OptionSpec = { flags: '--offline', text: 'fetch nothing: fail when something is not in the store' };
const jobs: OptionSpec = {
    flags: '-j, --jobs <number>',
    text: 'jobs at the same time (default: number of processors)',
};
const sandbox: OptionSpec = {
    flags: '--sandbox <tier>',
    text: 'bwrap or unshare (default: bwrap, or unshare where bubblewrap is not installed)',
};
const quiet: OptionSpec = { flags: '-q, --quiet', text: 'no progress' };

const recipe = {
    name: 'recipe',
    text: 'FILE or FILE#NAME; NAME may be left away when only one recipe or overlay of the file is not a base of another',
    required: true,
};

const record: OptionSpec = {
    flags: '--record',
    text: 'write down every call of a compiler, linker or archiver, as a further output of each action',
};

/** How a plan is carried out, for commands that have nothing of their own to say in between. */
const running = [jobs, locked, offline, sandbox, store, quiet, json];

const evaluation = [target, option];
const planning = [...evaluation, record];

export const commands: readonly CommandSpec[] = [
    {
        name: 'build',
        summary: 'fetch what is missing, run the plan in the sandbox, print where the outputs are',
        operands: [recipe],
        options: [
            ...planning,
            jobs,
            { flags: '-k, --keep-going', text: 'after a failure, go on with what does not need it' },
            { flags: '-o, --output <folder>', text: 'copy the outputs to a folder' },
            locked,
            offline,
            sandbox,
            store,
            quiet,
            json,
        ],
        load: async () => (await import('./commands/build.ts')).build,
    },
    {
        name: 'init',
        summary: 'write a first recipe for the application in a folder with a Cargo.toml',
        details:
            'Version, summary, licence, programs, required rustc and crates with native libraries are read from manifests and Cargo.lock. The sources are the folder, unless `--git`, `--url` or `--crate` says otherwise.',
        operands: [{ name: 'folder', text: 'folder of a Cargo package or workspace', required: true }],
        options: [
            { flags: '--name <name>', text: 'name of the recipe (default: the package)' },
            { flags: '-o, --output <file>', text: 'where to write it (default: NAME.rpkg)' },
            { flags: '-p, --package <spec>', text: 'the member that it is for' },
            { flags: '--distro <id>', text: 'add an overlay with the policy of debian or alpine' },
            { flags: '--git <url>', text: 'take the sources from a repository' },
            { flags: '--commit <hash>', text: 'the commit of `--git` (default: the one that the folder is at)' },
            { flags: '--url <url>', text: 'take the sources from an archive' },
            { flags: '--crate <name@version>', text: 'take the sources from the registry' },
            {
                flags: '--hash <hash>',
                text: 'SHA-256 of the archive or crate (default: `todo`, which `rpkg fetch` resolves)',
            },
            { flags: '--crates <folder>', text: 'where the fetched crates lie' },
            { flags: '--force', text: 'replace a recipe that is there' },
            offline,
            store,
        ],
        load: async () => (await import('./commands/init.ts')).init,
    },
    {
        name: 'check',
        summary: 'read recipes and report what is wrong with them; builds and fetches nothing',
        operands: [{ ...recipe, name: 'recipe...' }],
        options: [...evaluation, json],
        load: async () => (await import('./commands/check.ts')).check,
    },
    {
        name: 'fmt',
        summary: 'bring recipe files into the one canonical format',
        operands: [{ name: 'file...', text: 'recipe files', required: true }],
        options: [{ flags: '--check', text: 'change nothing; exit 1 when a file is not formatted' }, json],
        load: async () => (await import('./commands/fmt.ts')).fmt,
    },
    {
        name: 'plan',
        summary: 'print the plan as canonical JSON; offline, the same on every machine but for host tools',
        operands: [recipe],
        options: [...planning, { flags: '-o, --output <file>', text: 'write it to a file' }, locked, store, json],
        load: async () => (await import('./commands/plan.ts')).plan,
    },
    {
        name: 'diff',
        summary: 'what changes between two plans, grouped under the recipe edits that caused it',
        details:
            'Each side is a recipe (FILE or FILE#NAME) or a plan written by `rpkg plan`. Exit 1 when execution differs. With --shared, for two applications: how many actions are the same and run once for both, and why others of the same crates are not.',
        operands: [
            { name: 'before', text: 'recipe or plan file', required: true },
            { name: 'after', text: 'recipe or plan file', required: true },
        ],
        options: [
            ...planning,
            { flags: '--shared', text: 'show what the two have in common instead' },
            { flags: '--full', text: 'show all changed values' },
            store,
            json,
        ],
        load: async () => (await import('./commands/diff.ts')).diff,
    },
    {
        name: 'compare',
        summary: 'fields of recipes side by side: who has which value, and why',
        details:
            'For overlays of several distributions, or versions of a recipe. Only fields that differ are shown. Nothing is fetched and nothing of this machine is asked, so recipes for other systems can be compared too. Exit 1 when anything differs.',
        operands: [
            { name: 'one', text: 'FILE or FILE#NAME', required: true },
            { name: 'others...', text: 'further recipes', required: true },
        ],
        options: [...evaluation, { flags: '--all', text: 'show fields that are the same too' }, json],
        load: async () => (await import('./commands/compare.ts')).compare,
    },
    {
        name: 'why',
        summary: 'everything that touched a value: layer, file, line, operator, reason',
        details:
            'QUESTION is a field (`ldflags`), a pointer into the plan (`/actions/build/env/LDFLAGS`) or a word to look for (`-Wl,-z,now`).',
        operands: [recipe, { name: 'question', text: 'field, pointer or word', required: true }],
        options: [...planning, store, json],
        load: async () => (await import('./commands/why.ts')).why,
        dashedOperands: true,
    },
    {
        name: 'crates',
        summary: 'which crates are of other versions than in Cargo.lock, where the recipe lets what is there decide',
        details: 'See `vendor.lock-policy`. Exit 1 when there is a difference.',
        operands: [recipe],
        options: [...evaluation, locked, offline, store, quiet, json],
        load: async () => (await import('./commands/crates.ts')).crates,
    },
    {
        name: 'fetch',
        summary: 'bring all sources into the store and pin them in rpkg.lock; the only step that needs network',
        operands: [recipe],
        options: [...evaluation, locked, store, quiet, json],
        load: async () => (await import('./commands/fetch.ts')).fetch,
    },
    {
        name: 'emit',
        summary: 'write the plan as a Makefile or a POSIX shell script that needs no rpkg',
        details: 'FORMAT is `make` (Makefile, build.sh and sources), `sh` (build.sh and sources) or `json` (the plan).',
        operands: [{ name: 'format', text: 'make, sh or json', required: true }, recipe],
        options: [
            ...planning,
            {
                flags: '-o, --output <folder>',
                text: 'folder to write to; without it the script alone goes to standard output',
            },
            locked,
            offline,
            store,
            quiet,
        ],
        load: async () => (await import('./commands/emit.ts')).emit,
    },
    {
        name: 'units',
        summary:
            'what cargo would compile and run for a workspace, in the form of its `--unit-graph`; cargo is not run',
        details:
            'Crates are taken from `--crates`, else from a folder that replaces the registry in `.cargo/config.toml`, else from what cargo has unpacked.',
        operands: [{ name: 'folder', text: 'folder of a Cargo package or workspace', required: true }],
        options: [
            {
                flags: '-p, --package <spec>',
                text: 'a package to build: a member, or any that Cargo.lock has; may be repeated',
                repeat: true,
            },
            { flags: '--for <command>', text: 'build, test, bench or doc (default: build)' },
            { flags: '--release', text: 'the profile `release`' },
            { flags: '--profile <name>', text: 'a profile by name' },
            target,
            { flags: '--features <names>', text: 'features to turn on; may be repeated', repeat: true },
            { flags: '--all-features', text: 'turn on all features' },
            { flags: '--no-default-features', text: 'leave `default` off' },
            { flags: '--all-targets', text: 'library, programs, examples, tests and benchmarks' },
            { flags: '--lib', text: 'the library' },
            { flags: '--bin <name>', text: 'a program; may be repeated', repeat: true },
            { flags: '--bins', text: 'all programs' },
            { flags: '--example <name>', text: 'an example; may be repeated', repeat: true },
            { flags: '--examples', text: 'all examples' },
            { flags: '--test <name>', text: 'an integration test; may be repeated', repeat: true },
            { flags: '--tests', text: 'all that has tests' },
            { flags: '--bench <name>', text: 'a benchmark; may be repeated', repeat: true },
            { flags: '--benches', text: 'all that has benchmarks' },
            { flags: '--ignore-rust-version', text: 'do not mind packages that ask for a newer rustc' },
            { flags: '--crates <folder>', text: 'where the fetched crates lie' },
            { flags: '--resolve', text: 'leave Cargo.lock aside: the newest crates that are there and fit' },
            { flags: '--stage <stage>', text: 'manifests, graph, features or units (default: units)' },
        ],
        load: async () => (await import('./commands/units.ts')).units,
    },
    {
        name: 'verify',
        summary: 'run every command again and compare with what the store has, byte for byte',
        details:
            'With --certificate, for a chain: nothing is built. The seals of the certificate, the plans that the recipe gives, and the trees that the store has must be what it says; exit 1 otherwise.',
        operands: [recipe],
        options: [
            ...planning,
            { flags: '--certificate <file>', text: 'check this certificate of a chain instead' },
            jobs,
            locked,
            offline,
            sandbox,
            store,
            quiet,
            json,
        ],
        load: async () => (await import('./commands/verify.ts')).verify,
    },
    {
        name: 'flags',
        summary: 'which compiler calls carry the flags that the recipe asks for, and what of them the built files show',
        details:
            'Builds with `--record`, then compares every call of a compiler or linker, and every ELF file of the outputs, with the flags of the recipe, for the target and for the build machine. Exit 1 when a call lacks a flag and no exception applies, or a file lacks what it must show.',
        operands: [recipe],
        options: [...evaluation, { flags: '--full', text: 'show every call' }, ...running],
        load: async () => (await import('./commands/flags.ts')).flags,
    },
    {
        name: 'lineage',
        summary: 'the releases to build, one with the other, from the compiler at hand to the wanted one',
        details:
            'A release of rustc is built by any point release of the minor version before it. For a recipe, the links of its plan. Nothing is fetched or built. The estimates are for an order of magnitude.',
        operands: [
            { name: 'what', text: '`rustc`, or a recipe of kind `chain`', required: true },
            { name: 'version', text: 'the wanted release, of `rustc`', required: false },
        ],
        options: [
            { flags: '--have <version>', text: 'the release at hand' },
            {
                flags: '--via <version>',
                text: 'take this point release on the way (default: the last ones); may be repeated',
                repeat: true,
            },
            {
                flags: '--llvm <majors>',
                text: 'major versions of LLVM that there are, as 19,21 (default: any)',
            },
            { flags: '--by-itself', text: 'build the wanted release once more, by itself' },
            ...evaluation,
            json,
        ],
        load: async () => (await import('./commands/lineage.ts')).lineage,
    },
    {
        name: 'rustc-schema',
        summary: 'the settings that the bootstrap in a source tree of rustc reads, compared with the tables of rpkg',
        details:
            'Exit 1 when the tables say something else. With `--table`, the table of settings with this release in it, as compiler/rustc/schema-table.json: how a new release becomes known.',
        operands: [{ name: 'sources', text: 'folder of the unpacked sources of rustc', required: true }],
        options: [
            { flags: '--table', text: 'print the whole table with this release in it' },
            { flags: '--source <text>', text: 'with --table: where the sources came from' },
            json,
        ],
        load: async () => (await import('./commands/rustc-schema.ts')).rustcSchema,
    },
    {
        name: 'verify-flags',
        summary: 'what built programs, libraries and archives show: of the flags of a recipe, or of any file or folder',
        details:
            'Reads ELF files and the objects in `.a` and `.rlib` archives: hardening, who made them with which switches, and by disassembly which instruction sets they use. A recipe is built first, and its flags are compared with what its outputs show. Exit 1 when a flag is not seen without a known reason, or when a forbidden instruction set is used.',
        operands: [
            {
                name: 'subject',
                text: 'recipe (FILE.rpkg or FILE.rpkg#NAME), or a file or folder to read',
                required: true,
            },
        ],
        options: [
            {
                flags: '--forbid <sets>',
                text: 'instruction sets that no file may use, with commas between: `sse,sse2`; may be repeated',
                repeat: true,
            },
            {
                flags: '--allow-in <pattern>',
                text: 'functions that may use any set, since they ask the processor first; `*` is any text; may be repeated',
                repeat: true,
            },
            { flags: '--no-disassembly', text: 'leave instruction sets out, which need objdump' },
            ...evaluation,
            ...running,
        ],
        load: async () => (await import('./commands/verify-flags.ts')).verifyFlags,
    },
    {
        name: 'log',
        summary: 'what an action printed, or the events of a run',
        operands: [{ name: 'action', text: 'id of an action; without it the events of the run', required: false }],
        options: [
            { flags: '--run <run>', text: 'a run by name (default: the last one)' },
            { flags: '--runs', text: 'list the runs' },
            store,
            json,
        ],
        load: async () => (await import('./commands/log.ts')).log,
    },
    {
        name: 'shell',
        summary: 'a shell with the exact environment and mounts of an action that failed',
        operands: [{ name: 'action', text: 'id of the action (default: the last that failed)', required: false }],
        options: [{ flags: '-c, --command <text>', text: 'run this in the shell instead of asking' }, sandbox, store],
        load: async () => (await import('./commands/shell.ts')).shell,
    },
    {
        name: 'store',
        summary: 'look after the store: `verify` checks every object against its name, `path` prints where it is',
        operands: [{ name: 'task', text: 'verify or path', required: true }],
        options: [{ flags: '--repair', text: 'set damaged objects aside, so that they are made again' }, store, json],
        load: async () => (await import('./commands/store.ts')).store,
    },
    {
        name: 'doctor',
        summary: 'what this machine offers (sandbox, namespaces, tools), and what to do about what is missing',
        operands: [],
        options: [store, json],
        load: async () => (await import('./commands/doctor.ts')).doctor,
    },
];
