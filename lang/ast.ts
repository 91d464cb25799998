// The syntax tree of one file: readonly unions by `kind`, every node with its span. Nothing here is evaluated;
// literals are decoded (escapes, integers, sizes) because that needs no context.
import type { SourceFile, Span } from './source.ts';

export interface File {
    readonly kind: 'file';
    readonly source: SourceFile;
    /** The number after `rpkg` on the first line. */
    readonly edition: number;
    readonly uses: readonly Use[];
    readonly definitions: readonly Definition[];
    readonly span: Span;
}

export interface Name {
    readonly text: string;
    readonly span: Span;
}

/** `use "path" as alias sha256:…` */
export interface Use {
    readonly kind: 'use';
    readonly path: Name;
    readonly alias?: Name;
    /** `sha256:…` of the imported file's canonical text. */
    readonly hash?: Name;
    readonly span: Span;
}

export type Definition = Recipe | Overlay | Profile;

/** `recipe NAME is KIND { … }` or `recipe NAME from PATH { … }`: exactly one of `is` and `from` is there. */
export interface Recipe {
    readonly kind: 'recipe';
    readonly name: Name;
    readonly is?: Name;
    readonly from?: Path;
    readonly block: Block;
    readonly span: Span;
}

/** `overlay NAME on PATH, PATH { … }` */
export interface Overlay {
    readonly kind: 'overlay';
    readonly name: Name;
    readonly on: readonly Path[];
    readonly block: Block;
    readonly span: Span;
}

export interface Profile {
    readonly kind: 'profile';
    readonly name: Name;
    readonly block: Block;
    readonly span: Span;
}

export interface Block {
    readonly statements: readonly Statement[];
    readonly span: Span;
}

export type Statement = Assign | LabelledBlock | When | Apply | Assert;

export type Operator = '=' | ':=' | '?=' | '+=' | '-=' | '^=';

/** `a.b."c" = value because "…" until 1.2.3` */
export interface Assign {
    readonly kind: 'assign';
    readonly path: readonly Name[];
    readonly operator: Operator;
    readonly operatorSpan: Span;
    readonly value: Value;
    readonly because?: Name;
    /** Version literal. */
    readonly until?: Name;
    readonly span: Span;
}

/** `source main { … }`, `crate serde "1.0" { … }`, `llvm { … }` */
export interface LabelledBlock {
    readonly kind: 'block';
    readonly head: Name;
    readonly labels: readonly Name[];
    readonly block: Block;
    readonly span: Span;
}

/** `when C { } else when D { } else { }`: only the last branch may lack a condition. */
export interface When {
    readonly kind: 'when';
    readonly branches: readonly Branch[];
    readonly span: Span;
}

export interface Branch {
    readonly condition?: Condition;
    readonly block: Block;
}

export interface Apply {
    readonly kind: 'apply';
    readonly path: Path;
    readonly span: Span;
}

export interface Assert {
    readonly kind: 'assert';
    readonly condition: Condition;
    readonly message?: Name;
    readonly span: Span;
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition =
    | { readonly kind: 'or' | 'and'; readonly terms: readonly Condition[]; readonly span: Span }
    | { readonly kind: 'not'; readonly term: Condition; readonly span: Span }
    | { readonly kind: 'truth'; readonly atom: Atom; readonly span: Span }
    | {
          readonly kind: 'compare';
          readonly left: Atom;
          readonly operator: Comparison;
          readonly right: Atom;
          readonly span: Span;
      }
    | { readonly kind: 'in'; readonly left: Atom; readonly list: List; readonly span: Span };

export type Value = List | Atom;

export interface List {
    readonly kind: 'list';
    readonly items: readonly Atom[];
    readonly span: Span;
}

export type Atom =
    | Path
    | Text
    /** `'…'` and `'''…'''` (dedented): never interpolated. */
    | { readonly kind: 'raw'; readonly text: string; readonly span: Span }
    /** `sha256:…`, as written. */
    | { readonly kind: 'hash'; readonly text: string; readonly span: Span }
    /** `1.86.0`, as written. */
    | { readonly kind: 'version'; readonly text: string; readonly span: Span }
    /** `90min` in seconds, `200ms` rounded up to a second. */
    | { readonly kind: 'duration'; readonly seconds: number; readonly text: string; readonly span: Span }
    /** `4GiB` in bytes. */
    | { readonly kind: 'size'; readonly bytes: number; readonly text: string; readonly span: Span }
    | { readonly kind: 'int'; readonly value: number; readonly span: Span }
    | { readonly kind: 'bool'; readonly value: boolean; readonly span: Span };

/** `a.b.c`: an enum word, or a reference; which of them, the schema decides. */
export interface Path {
    readonly kind: 'path';
    readonly names: readonly Name[];
    readonly span: Span;
}

/** `"…"` with `\(a.b)` interpolations; escapes are decoded. */
export interface Text {
    readonly kind: 'text';
    readonly parts: readonly TextPart[];
    readonly span: Span;
}

export type TextPart = { readonly kind: 'literal'; readonly text: string } | Path;

/** A comment line or tail, kept for the formatter. `##` comments document the next definition or statement. */
export interface Comment {
    readonly text: string;
    readonly span: Span;
}
