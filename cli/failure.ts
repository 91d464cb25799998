// Runtime failures → what the user reads, and the exit code of their class.
import { placeholderHash } from '../compiler/lower/sources.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Failure } from '../runtime/failure.ts';
import { knownReason } from './action-log.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

interface Wording {
    readonly code: string;
    readonly exit: ExitCode;
    readonly message: string;
    readonly help: string;
}

/** One diagnostic without a place in a recipe; the code has a page in `spec/diagnostics/`. */
export function failureDiagnostic(failure: Failure): Diagnostic {
    const { code, message, help } = wordingOf(failure);
    return { code, severity: 'error', message, labels: [], help };
}

export function failureExit(failure: Failure): ExitCode {
    return wordingOf(failure).exit;
}

function wordingOf(failure: Failure): Wording {
    switch (failure.kind) {
        case 'unreachable':
            return source(
                'unreachable',
                `cannot fetch ${failure.what}: ${failure.cause}`,
                'check the address and the network; nothing was changed',
            );
        case 'hash-mismatch':
            return mismatchWording(failure);
        case 'bad-tree':
            if (failure.rule === 'store-version') return storeVersionWording(failure);
            return source(
                'bad-tree',
                `${failure.what} is refused (${failure.rule}): ${[failure.entry, failure.detail].filter((part) => part !== '').join(': ')}`,
                'rpkg takes files, folders and links that stay inside; ask for a clean archive, or make one',
            );
        case 'missing-path':
            return source(
                'missing-path',
                `${failure.what}: there is no ${failure.path}`,
                'correct the path; it is relative to the folder of the recipe',
            );
        case 'lock-mismatch':
            return lockWording(failure);
        case 'offline':
            return source(
                'offline',
                `${failure.what} is not in the store, and fetching is not allowed here`,
                'run `rpkg fetch RECIPE` once with network',
            );
        case 'missing-tool':
            return {
                code: 'sandbox/missing-tool',
                exit: exitCodes.sandbox,
                message: `\`${failure.tool}\` is needed for ${failure.neededFor} and is not installed`,
                help: failure.remedy,
            };
        case 'packages':
            return packagesWording(failure);
        case 'sandbox-unavailable':
            return {
                code: 'sandbox/unavailable',
                exit: exitCodes.sandbox,
                message: `no sandbox (${failure.tier}): ${failure.cause}`,
                help: `${failure.remedy}; \`rpkg doctor\` shows what this machine offers`,
            };
        case 'action-failed':
        case 'action-timeout':
        case 'bad-output':
        case 'bad-union':
        case 'not-reproducible':
        case 'interrupted':
            return actionWording(failure);
        case 'corrupt-object':
            return {
                code: 'store/corrupt-object',
                exit: exitCodes.store,
                message: `a store object is damaged: ${failure.path}: ${failure.detail}`,
                help: '`rpkg store verify --repair` sets it aside; the next build makes it again',
            };
        case 'system':
            return {
                code: `store/${failure.code.toLowerCase()}`,
                exit: exitCodes.store,
                message: `cannot ${failure.operation} ${failure.path}: ${systemText(failure.code)}`,
                help: systemHelp(failure.code),
            };
    }
}

function packagesWording({ problem, what, detail }: Extract<Failure, { kind: 'packages' }>): Wording {
    const wording = (message: string, help: string): Wording => ({
        code: `environment/${problem}`,
        exit: problem === 'install' ? exitCodes.actionFailed : exitCodes.source,
        message,
        help,
    });
    switch (problem) {
        case 'no-mirror':
            return wording(
                'the apt of this machine knows no mirror of Debian',
                'name a file of apt sources for the suite in RPKG_APT_SOURCES, an absolute path; on Debian itself, run `apt-get update` once',
            );
        case 'unknown-suite':
            return wording(
                `no mirror has the suite \`${what}\`: ${detail}`,
                'correct `suite` and `pockets`, or name a file of apt sources that has it in RPKG_APT_SOURCES',
            );
        case 'unknown-package':
            return wording(
                `there is no package \`${what}\`: ${detail}`,
                'correct the name in `packages`, or add the component or pocket that has it',
            );
        case 'unsatisfied':
            return wording(
                `the packages cannot be installed together from ${what}: ${detail}`,
                'remove one of those that exclude each other, or add the pocket that has what is missing',
            );
        case 'gone':
            return wording(
                `the mirrors no longer have ${what} as pinned`,
                'point RPKG_APT_SOURCES at a file of apt sources for a snapshot of the archive from the time of the lock, or remove the environment from rpkg.lock to choose its packages anew',
            );
        case 'install':
            return wording(
                `a package cannot be installed: ${what}`,
                `leave it out of \`packages\` if nothing needs it; log: ${detail}`,
            );
    }
}

function storeVersionWording({ what, detail }: Extract<Failure, { kind: 'bad-tree' }>): Wording {
    return {
        code: 'store/version',
        exit: exitCodes.store,
        message: `${what} is ${detail}`,
        help: 'use an empty or new folder as the store: RPKG_STORE or `--store` names it',
    };
}

/** `rpkg.lock` is rpkg's own; every other lock belongs to what is packaged. */
function lockWording({ what, detail }: Extract<Failure, { kind: 'lock-mismatch' }>): Wording {
    if (what === 'rpkg.lock' || what.endsWith('/rpkg.lock')) {
        const help =
            'run `rpkg fetch RECIPE` without `--locked` and commit the new rpkg.lock; if the file is damaged, restore or remove it first';
        return source('lock-mismatch', `${what} does not fit: ${detail}`, help);
    }
    const help = 'update the lock file where it is maintained, or pin a release whose lock fits';
    return source('lock-mismatch', `the lock of ${what} does not fit: ${detail}`, help);
}

function mismatchWording({ what, expected, actual }: Extract<Failure, { kind: 'hash-mismatch' }>): Wording {
    if (expected === placeholderHash) {
        return source(
            'not-pinned',
            `${what} has the hash ${actual}`,
            `check it against what upstream publishes, then write \`hash = ${actual}\`; nothing was kept`,
        );
    }
    return source(
        'hash-mismatch',
        `${what} has the hash ${actual}, but ${expected} is pinned`,
        'if the new content is the right one, check it against upstream and change the pin; nothing was kept',
    );
}

type ActionFailure = Extract<
    Failure,
    { kind: 'action-failed' | 'action-timeout' | 'bad-output' | 'bad-union' | 'not-reproducible' | 'interrupted' }
>;

function actionWording(failure: ActionFailure): Wording {
    switch (failure.kind) {
        case 'action-failed':
            return failedWording(failure);
        case 'action-timeout':
            return {
                code: 'build/timeout',
                exit: exitCodes.timeout,
                message: `action \`${failure.action}\` did not end within ${failure.seconds} s`,
                help: `raise \`limits.timeout\` if it needs longer; log: ${failure.log}`,
            };
        case 'bad-output':
            return {
                code: 'build/bad-output',
                exit: exitCodes.actionFailed,
                message: `output \`${failure.output}\` of action \`${failure.action}\` cannot be kept: ${failure.entry}: ${failure.detail}`,
                help: `an output holds files, folders and links that stay inside of it; its folders are kept: \`rpkg shell ${failure.action}\` opens them`,
            };
        case 'bad-union':
            return {
                code: 'build/bad-union',
                exit: exitCodes.actionFailed,
                message: `the folder \`${failure.action}\` cannot be put together: ${[failure.file, failure.detail].filter((part) => part !== '').join(': ')}`,
                help: 'each file in it needs a name of its own; `rpkg plan` shows which actions give its parts',
            };
        case 'not-reproducible':
            return {
                code: 'build/not-reproducible',
                exit: exitCodes.notReproducible,
                message: `action \`${failure.action}\` gave ${failure.second} instead of ${failure.first} for output \`${failure.output}\``,
                help: `these differ: ${failure.paths.join(', ')}`,
            };
        case 'interrupted':
            return {
                code: 'build/interrupted',
                exit: failure.signal === 'SIGTERM' ? 143 : exitCodes.interrupted,
                message: `stopped by ${failure.signal}`,
                help: 'finished actions are kept: the next build goes on from there',
            };
    }
}

function failedWording(failure: Extract<Failure, { kind: 'action-failed' }>): Wording {
    const known = knownReason(failure);
    const reason = known === undefined ? '' : `: ${known.message}`;
    const look = `\`rpkg shell\` opens its folders as they were left; log: ${failure.log}`;
    return {
        code: 'build/action-failed',
        exit: exitCodes.actionFailed,
        message: `action \`${failure.action}\` failed: ${failure.exit}${reason}`,
        help: known === undefined ? look : `${known.help}; ${look}`,
    };
}

function source(code: string, message: string, help: string): Wording {
    return { code: `fetch/${code}`, exit: exitCodes.source, message, help };
}

const systemTexts: Readonly<Record<string, readonly [text: string, help: string]>> = {
    ENOSPC: [
        'the disk is full',
        'free some space, or set RPKG_STORE to a folder on another disk; nothing finished is lost',
    ],
    EDQUOT: [
        'the quota is used up',
        'free some space, or set RPKG_STORE to a folder on another disk; nothing finished is lost',
    ],
    EACCES: ['permission denied', 'use a store that is yours: RPKG_STORE names its folder'],
    EPERM: ['not permitted', 'use a store that is yours: RPKG_STORE names its folder'],
    EROFS: ['the file system is read-only', 'use a store on a writable file system: RPKG_STORE names its folder'],
    EMFILE: ['too many open files', 'raise the limit (`ulimit -n`) or lower `--jobs`'],
    EEXIST: ['there is something already', 'name a folder that is not there yet, or remove this one first'],
    ENOTEMPTY: ['the folder is not empty', 'name a folder that is not there yet, or empty this one first'],
    ENOENT: ['no such file or folder', 'correct the path, or make the folder first'],
    ENOTDIR: ['a part of the path is a file, not a folder', 'correct the path'],
    EISDIR: ['it is a folder', 'name a file'],
    EIO: ['the disk gave an error', 'look at the system log; `rpkg store verify` tells what is damaged'],
};

function systemText(code: string): string {
    return systemTexts[code]?.[0] ?? code;
}

function systemHelp(code: string): string {
    return systemTexts[code]?.[1] ?? 'the store is as it was; try again after the cause is gone';
}
