// Wording of what can be wrong with the environment of a recipe.
import type { Diagnostic } from '../../lang/diagnostic.ts';
import type { Place } from '../../lang/source.ts';

function problem(code: string, message: string, place: Place | undefined, remark: string, help: string): Diagnostic {
    const labels = place === undefined ? [] : [{ ...place, text: remark, primary: true }];
    return { code: `plan/${code}`, severity: 'error', message, labels, help };
}

export function environmentField(
    provider: string,
    field: string,
    what: 'missing' | 'stray',
    place: Place | undefined,
): Diagnostic {
    const message =
        what === 'missing'
            ? `an environment with \`provider = ${provider}\` needs \`${field}\``
            : `\`${field}\` says nothing about an environment with \`provider = ${provider}\``;
    const help = what === 'missing' ? `set \`${field}\`` : `remove it, or choose the provider that it belongs to`;
    return problem('environment-field', message, place, what === 'missing' ? 'this environment' : 'set here', help);
}

export function twoPlaces(place: Place | undefined): Diagnostic {
    return problem(
        'environment-field',
        'a root file system has a `path` or a `url`, and here it has both',
        place,
        'the second place',
        'remove one of them',
    );
}

export function badPackageName(text: string, place: Place | undefined): Diagnostic {
    return problem(
        'package-name',
        `\`${text}\` is not the name of a Debian package`,
        place,
        'small letters, digits and `+ - .`, and `=VERSION` if need be',
        'write the name as `apt-cache search` shows it',
    );
}

export function noArchitecture(triple: string, place: Place | undefined): Diagnostic {
    return problem(
        'environment-architecture',
        `Debian has no packages for ${triple}`,
        place,
        'made of packages for the machine that builds',
        'build on a machine that Debian supports, or use another provider',
    );
}
