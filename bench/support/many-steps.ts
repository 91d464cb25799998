// The same trivial and independent actions, as a recipe for rpkg and as derivations for Nix.

/** What every action writes into its output. */
export const writtenFile = 'x';

/** A recipe whose steps each write one small file. With another comment it is another text that means the same. */
export function manySteps(count: number, comment: string): string {
    const steps = Array.from({ length: count }, (_, at) => {
        const script = `echo ${at} >\\"$OUT/${writtenFile}\\"`;
        return `\n    step s${at} {\n        script = "${script}"\n    }\n`;
    });
    return `rpkg 1\n\n## ${comment}\nrecipe many is generic {\n    version = 1.0.0\n${steps.join('')}}\n`;
}

/** Derivations that do no more: their output is the file itself, as nothing makes a directory for them. */
export function manyDerivations(count: number): string {
    return `builtins.genList (i: derivation {
    name = "s\${toString i}";
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" "echo \${toString i} >$out" ];
}) ${count}
`;
}

/** A derivation that can only be built where it does not see a file. */
export function isolationProbe(file: string): string {
    return `derivation {
    name = "probe";
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" ''if [ -e ${JSON.stringify(file)} ]; then exit 1; fi; echo >$out'' ];
}
`;
}
