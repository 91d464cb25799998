// What was found out about an application → the text of its first recipe, in the canonical format.
import { format } from '../../lang/format.ts';
import type { Package } from '../cargo/package.ts';

export interface RecipeFacts {
    readonly name: string;
    readonly package: Package;
    /** Whether the workspace has to be told which package is meant. */
    readonly isNamed: boolean;
    readonly programs: readonly string[];
    /** Programs that other features would give. */
    readonly otherPrograms: readonly string[];
    readonly features: readonly string[];
    /** Lines of the block `source main`. */
    readonly source: readonly string[];
    /** Lines of the block `vendor`; none when the registry has everything. */
    readonly vendor: readonly string[];
    readonly requiredRustc: { readonly version: string; readonly package: string } | undefined;
    /** A program that prints the version when it is asked for it. */
    readonly versionProgram: string | undefined;
    /** `SOURCE -> DESTINATION` */
    readonly files: readonly string[];
    readonly crates: readonly CrateNote[];
    readonly distro: { readonly id: string; readonly profiles: ReadonlyMap<string, string> } | undefined;
}

/** A crate with a native library. */
export interface CrateNote {
    readonly crate: string;
    readonly version: string;
    /** Text of the rule. */
    readonly rule: string | undefined;
    /** Modules that this machine lacks: the rule is there, but does nothing yet. */
    readonly missing: readonly string[];
}

export function recipeText(facts: RecipeFacts): string {
    const { name, package: owner, distro } = facts;
    const { id, about } = owner;
    const lines = [
        'rpkg 1',
        '',
        `## Upstream ${id.name}. ${distro === undefined ? 'No distribution policy lives here.' : 'What the distribution changes stands below.'}`,
        `recipe ${name} is app {`,
        `version = ${versionLiteral(id.version)}`,
        ...textField('summary', firstSentence(about.description)),
        ...textField('license', about.license.replaceAll('/', ' OR ')),
        ...textField('homepage', [about.homepage, about.repository].find(isUrl) ?? ''),
        '',
        'source main {',
        ...facts.source,
        '}',
        ...(facts.vendor.length === 0 ? [] : ['', 'vendor {', ...facts.vendor, '}']),
        '',
        ...rustcNote(facts),
        'driver = rustc',
        ...(facts.isNamed ? [`package = ${quote(id.name)}`] : []),
        ...programLines(facts),
        ...featureLines(facts),
        ...facts.crates.flatMap(crateLines),
        ...(facts.files.length === 0 ? [] : ['', 'install {', `files = [${facts.files.map(quote).join(', ')}]`, '}']),
        ...testLines(facts),
        '}',
        ...distroLines(facts),
    ];
    const text = `${lines.join('\n')}\n`;
    const formatted = format({ path: `${name}.rpkg`, text });
    if ('text' in formatted) return formatted.text;
    throw new Error(`the recipe cannot be read: ${formatted.diagnostics[0]?.message ?? ''}\n${text}`);
}

/** Of the first paragraph, on one line, without its full stop. */
function firstSentence(text: string): string {
    const [paragraph = ''] = text.trim().split(/\n\s*\n/);
    const [sentence = ''] = paragraph.replaceAll(/\s+/g, ' ').split(/(?<=[\p{L}\p{N})]{3}\.) /u);
    return sentence.replace(/\.$/, '');
}

function versionLiteral(version: string): string {
    return /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(version) ? version : quote(version);
}

function textField(name: string, value: string): readonly string[] {
    return value === '' ? [] : [`${name} = ${quote(value)}`];
}

function isUrl(text: string): boolean {
    return /^https?:\/\/[^\s"]+$/.test(text);
}

/** Interpolation and escapes are the language's own; control characters have no place in one line. */
function quote(text: string): string {
    const plain = text
        .replaceAll(/\p{Cc}+/gu, ' ')
        .replaceAll('\\', '\\\\')
        .replaceAll('"', '\\"');
    return `"${plain.replaceAll(/[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu, '')}"`;
}

function rustcNote({ requiredRustc }: RecipeFacts): readonly string[] {
    if (requiredRustc === undefined) return [];
    return [`# Needs rustc ${requiredRustc.version} or newer: ${requiredRustc.package} does.`];
}

function wordOrText(text: string): string {
    return /^[A-Za-z_][A-Za-z0-9_]*(?:-+[A-Za-z0-9_]+)*$/.test(text) && !reserved.has(text) ? text : quote(text);
}

const reserved = new Set([
    'when',
    'else',
    'assert',
    'apply',
    'because',
    'until',
    'and',
    'or',
    'not',
    'in',
    'true',
    'false',
]);

function programLines({ programs, otherPrograms }: RecipeFacts): readonly string[] {
    const others = otherPrograms.length === 0 ? [] : [`# With other features also: ${otherPrograms.join(', ')}.`];
    return [...others, `bins = [${programs.map(wordOrText).join(', ')}]`];
}

function featureLines({ package: { features }, features: chosen }: RecipeFacts): readonly string[] {
    const names = [...features.keys()].filter((name) => name !== 'default');
    const byDefault = features.get('default') ?? [];
    if (names.length === 0) return [];
    const standard = byDefault.length === 0 ? 'none is on by default' : `on by default: ${byDefault.join(', ')}`;
    return [
        '',
        ...wrapped(`Features: ${names.join(', ')}; ${standard}.`),
        ...(chosen.length === 0 ? [] : [`features = [${chosen.map(wordOrText).join(', ')}]`]),
    ];
}

/** Comment lines of at most so many characters. */
function wrapped(text: string, most = 96): readonly string[] {
    const lines: string[] = [];
    for (const word of text.split(' ')) {
        const last = lines.at(-1);
        if (last === undefined || last.length + word.length >= most) lines.push(`# ${word}`);
        else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines;
}

function crateLines({ crate, version, rule, missing }: CrateNote): readonly string[] {
    const name = `${crate} ${version}`;
    if (rule === undefined) {
        return [
            '',
            ...wrapped(
                `${name} has to do with a native library, and no shipped rule is for it: see what its build script does.`,
            ),
        ];
    }
    if (missing.length === 0)
        return ['', ...wrapped(`${name}: the shipped rule, so that the library is the one of the system.`), rule];
    return [
        '',
        ...wrapped(
            `${name} builds a copy of its library as long as pkg-config does not find ${missing.join(', ')}. With it installed, this rule takes the one of the system:`,
        ),
        ...rule.split('\n').map((line) => `# ${line.replace(/^ {4}/, '')}`),
    ];
}

function testLines({ versionProgram }: RecipeFacts): readonly string[] {
    if (versionProgram === undefined) return [];
    const run = `["bin/${versionProgram}", "--version"]`;
    return ['', 'test version {', `run = ${run}`, 'expect = "\\(version)"', '}'];
}

function distroLines({ name, distro }: RecipeFacts): readonly string[] {
    if (distro === undefined) return [];
    const profiles = [...distro.profiles];
    return [
        '',
        ...profiles.flatMap(([, text]) => [text, '']),
        `## What the distribution changes, and why. Nothing else differs.`,
        `overlay ${distro.id} on ${name} {`,
        `distro.id = ${distro.id}`,
        'revision = 1',
        '',
        ...profiles.map(([profile]) => `apply ${profile}`),
        '}',
    ];
}
