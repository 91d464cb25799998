// Rows that several kinds share.
import {
    type FieldRow,
    type GroupRow,
    argv,
    bool,
    commit,
    defaultBool,
    defaultInt,
    defaultQuantity,
    duration,
    field,
    group,
    hash,
    int,
    label,
    labelled,
    map,
    ref,
    required,
    setOf,
    size,
    string,
    strings,
    text,
    union,
    url,
    version,
    word,
} from './types.ts';

const versionText = union(version, string);

export const optionalVersion = field(versionText, 'Version of what is packaged.', { constant: true });
export const requiredVersion = required(versionText, 'Version of what is packaged.', { constant: true });

export const commonFields: Readonly<Record<string, FieldRow>> = {
    license: field(string, 'SPDX licence expression.'),
    summary: field(string, 'What it is, in one line.'),
    homepage: field(url, 'Where users find out more.'),
    revision: field(int(0, 1_000_000), 'Counts packagings of the same version.'),
    epoch: field(int(0, 253_402_300_799), 'SOURCE_DATE_EPOCH: the time that outputs carry, in seconds.', {
        default: defaultInt(1),
        constant: true,
    }),
};

export const commonGroups: Readonly<Record<string, GroupRow>> = {
    distro: group('The distribution that is packaged for.', {
        id: field(word, 'As in os-release: `debian`, `alpine`.', { constant: true }),
        version: field(union(version, string, int(0, 1_000_000)), 'As in os-release: `13`, `3.22`.', {
            constant: true,
        }),
    }),
    option: labelled(
        group('A choice that the command line can override.', {
            default: required(union(bool, word, string), 'Value unless the command line says otherwise.', {
                constant: true,
            }),
            description: field(string, 'What it changes, in one line.'),
        }),
    ),
};

/** Limits of every action. `weight` has no default: a run of Cargo can use all jobs, everything else one. */
export const rootLimits: GroupRow = group('Limits of every action.', {
    timeout: field(duration, 'Wall clock time.', { default: defaultQuantity(3600, '1h') }),
    memory: field(size, 'Address space of each process.'),
    weight: field(
        int(0, 64),
        'Jobs an action can use; 0 stands for as many as there are. One unless said otherwise, but all for a run of Cargo.',
    ),
});

/** Limits of a step or of tests: what is missing is taken from the recipe's. */
export const stepLimits = group('Limits of this step.', {
    timeout: field(duration, 'Wall clock time.'),
    memory: field(size, 'Address space of each process.'),
    weight: field(int(0, 64), 'Jobs it can use; 0 stands for as many as there are.'),
});

export const env = map(string, 'Environment variables.');

export const environment = field(ref('environment'), 'What surrounds the actions; the host unless said otherwise.');

export const source = labelled(
    group(
        'Where files come from.',
        {
            path: field(string, "A folder, relative to the recipe's."),
            exclude: field(strings, 'Names and paths in the folder that are left out.'),
            url: field(
                url,
                'An archive, or a Debian package; `debian:///pool/…` is a file of the mirrors that apt knows.',
            ),
            urls: field(strings, 'The same archive at several places.'),
            strip: field(int(0, 16), 'Leading path segments of the archive that are dropped.', {
                default: defaultInt(1),
            }),
            file: field(url, 'A single file.'),
            name: field(string, 'Name of the single file in the tree.'),
            executable: field(bool, 'Whether the single file can be run.', { default: defaultBool(false) }),
            git: field(url, 'A repository.'),
            commit: field(commit, 'The commit, in full.'),
            crate: field(string, 'A crate of the registry: `NAME@VERSION`.'),
            hash: field(hash, 'SHA-256 of what is fetched; `todo` until it is known.'),
        },
        {},
        [
            { by: ['path'], needs: [], allows: ['exclude'] },
            { by: ['url', 'urls'], needs: ['hash'], allows: ['strip'] },
            { by: ['file'], needs: ['hash'], allows: ['name', 'executable'] },
            { by: ['git'], needs: ['commit'], allows: [] },
            { by: ['crate'], needs: ['hash'], allows: [] },
        ],
    ),
);

export const step = labelled(
    group(
        'Commands with their own sandbox.',
        {
            after: field(setOf(label('step')), 'Steps whose outputs it sees.', { acyclic: true }),
            sources: field(setOf(label('source')), 'Sources it sees; all unless said otherwise.'),
            writable: field(bool, 'Whether it works on a private copy of the sources.', {
                default: defaultBool(false),
            }),
            script: field(text, 'POSIX shell, run with `-eu`.'),
            run: field(argv, 'Program and arguments.'),
        },
        { env, limits: stepLimits },
        [
            { by: ['script'], needs: [], allows: [] },
            { by: ['run'], needs: [], allows: [] },
        ],
    ),
);
