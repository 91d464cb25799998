// Kind `environment`: what surrounds the actions of other recipes.
import { commonFields, commonGroups, optionalVersion } from './common.ts';
import { type Kind, field, group, hash, name, oneOf, required, setOf, string, url, word } from './types.ts';

export const environmentKind: Kind = {
    name: 'environment',
    root: group(
        'What surrounds the actions of other recipes.',
        {
            version: optionalVersion,
            ...commonFields,
            provider: required(
                oneOf('host', 'debian', 'rootfs'),
                'Where its files come from: `host` is the machine rpkg runs on, `debian` packages of a suite of Debian, `rootfs` an archive or a container image.',
            ),
            suite: field(word, 'Of Debian, by its name: `trixie`.'),
            pockets: field(
                setOf(oneOf('updates', 'security', 'backports')),
                'Further suites named after the first, such as `trixie-security`.',
            ),
            components: field(setOf(word), 'Parts of the archive; `main` unless said otherwise.'),
            packages: field(
                setOf(name),
                'Packages of the suite, beside those that every system has. `NAME=VERSION` asks for a version.',
            ),
            path: field(
                string,
                "A root file system beside the recipe: a tar archive of it, or a container image in OCI's layout, an archive or a folder.",
            ),
            url: field(url, 'The same, an archive to fetch.'),
            hash: field(hash, "SHA-256 of the archive, or of the image's manifest when `path` is a folder."),
            tools: field(setOf(name), 'Programs it has: `cc`, `make`, `rustc`, `cargo`.'),
        },
        commonGroups,
    ),
};
