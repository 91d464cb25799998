// Calls that need not carry what the recipe asks for: a table, each row with its reason. A call that carries everything
// needs no exception.
import type { Invocation } from './invocation.ts';
import { inputsOf, type Purpose } from './purpose.ts';
import type { Channel, Requested } from './requested.ts';

export interface Exception {
    readonly name: string;
    readonly reason: string;
    /** Flags that may be missing; all when absent. */
    readonly channels?: readonly Channel[];
    /** The same by their words. */
    readonly flags?: RegExp;
    readonly applies: (call: Invocation, purpose: Purpose) => boolean;
}

export const exceptions: readonly Exception[] = [
    {
        name: 'question',
        reason: 'asks a tool about itself and makes nothing',
        applies: (_, { asks }) => asks,
    },
    {
        name: 'preprocessing',
        reason: 'stops after preprocessing: there is no code',
        applies: (_, { stopsEarly }) => stopsEarly === 'preprocessing',
    },
    {
        name: 'syntax',
        reason: 'a test of what the compiler accepts: no machine code is made',
        applies: (_, { stopsEarly }) => stopsEarly === 'syntax',
    },
    {
        name: 'discarded',
        reason: 'writes to /dev/null: a test of whether it can be compiled or linked',
        applies: ({ words }) => words.some((word, at) => word === '-o' && words[at + 1] === '/dev/null'),
    },
    {
        name: 'configure-test',
        reason: 'a test program of a configure script, thrown away when it was compiled',
        applies: ({ words }) => inputsOf(words).some((input) => /(?:^|\/)conftest\.\w+$/.test(input)),
    },
    {
        name: 'cmake-test',
        reason: 'a test program of CMake, thrown away when it was compiled',
        applies: ({ cwd, words }) =>
            [cwd, ...words].some((word) => /\/CMakeFiles\/(?:CMakeScratch|CMakeTmp|[\d.]+\/CompilerId\w+)/.test(word)),
    },
    {
        name: 'option-test',
        reason: 'the crate `cc` compiles an empty file to see whether an option is known',
        applies: ({ words }) => inputsOf(words).some((input) => /(?:^|\/)flag_check\.\w+$/.test(input)),
    },
    {
        name: 'assembly',
        reason: 'assembly is translated as it stands: options for generating code do nothing',
        channels: ['c', 'preprocessor'],
        applies: (_, { languages }) => languages.size === 1 && languages.has('assembly'),
    },
    {
        name: 'optimisation',
        reason: 'asks for another level of optimisation: a package may know better how far it is worth',
        channels: ['c', 'cxx'],
        flags: /^-O[1-3sz]?$/,
        applies: ({ words }) => words.some((word) => /^-O[1-3sz]$/.test(word)),
    },
    {
        name: 'relocatable',
        reason: 'joins object files into one: no program or library is made',
        channels: ['link'],
        applies: ({ words }) => words.some((word) => word === '-r' || word === '-Wl,-r' || word === '--relocatable'),
    },
];

/** The first that lets the call do without these flags. */
export function exceptionFor(call: Invocation, purpose: Purpose, missing: readonly Requested[]): Exception | undefined {
    return exceptions.find((exception) => exception.applies(call, purpose) && missing.every(isMeant(exception)));
}

function isMeant({ channels, flags }: Exception): (requested: Requested) => boolean {
    return ({ channel, words }) =>
        channels?.includes(channel) !== false && (flags === undefined || flags.test(words.join(' ')));
}
