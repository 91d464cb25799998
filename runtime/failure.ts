// Everything in the world that can go wrong, as data. Words and exit codes are made from it in `cli/failure.ts`.

export type Failure =
    /** No url gave the bytes; `cause` is what the last one said. */
    | { readonly kind: 'unreachable'; readonly what: string; readonly cause: string }
    | { readonly kind: 'hash-mismatch'; readonly what: string; readonly expected: string; readonly actual: string }
    /** An archive or tree that rpkg refuses; `rule` is a short id such as `path`, `type`, `name`, `tar`, `limit`, `link`, `duplicate`. */
    | {
          readonly kind: 'bad-tree';
          readonly what: string;
          readonly rule: string;
          readonly entry: string;
          readonly detail: string;
      }
    | { readonly kind: 'missing-path'; readonly what: string; readonly path: string }
    | { readonly kind: 'missing-tool'; readonly tool: string; readonly neededFor: string; readonly remedy: string }
    /** Cargo would not fetch with this lock: `detail` is cargo's own message. */
    | { readonly kind: 'lock-mismatch'; readonly what: string; readonly detail: string }
    /** Packages of a distribution: `what` names the suite, the package or the step, `detail` is what the tool said. */
    | {
          readonly kind: 'packages';
          readonly problem: 'no-mirror' | 'unknown-suite' | 'unknown-package' | 'unsatisfied' | 'gone' | 'install';
          readonly what: string;
          readonly detail: string;
      }
    | { readonly kind: 'sandbox-unavailable'; readonly tier: string; readonly cause: string; readonly remedy: string }
    /** `log` is the path of the captured output, `kept` the tree left for looking at. */
    | {
          readonly kind: 'action-failed';
          readonly action: string;
          readonly exit: string;
          readonly log: string;
          readonly kept: string;
      }
    | {
          readonly kind: 'action-timeout';
          readonly action: string;
          readonly seconds: number;
          readonly log: string;
          readonly kept: string;
      }
    /** The commands did well, and left something that no tree may hold. */
    | {
          readonly kind: 'bad-output';
          readonly action: string;
          readonly output: string;
          /** As in `bad-tree`. */
          readonly rule: string;
          readonly entry: string;
          readonly detail: string;
          readonly log: string;
          readonly kept: string;
      }
    /** Trees that a plan puts into one folder do not fit into one. */
    | { readonly kind: 'bad-union'; readonly action: string; readonly file: string; readonly detail: string }
    /** A store object is not what its name says. */
    | { readonly kind: 'corrupt-object'; readonly digest: string; readonly path: string; readonly detail: string }
    /** Any file operation the system refused: disk full, no permission, … `code` is errno's name. */
    | { readonly kind: 'system'; readonly code: string; readonly operation: string; readonly path: string }
    | {
          readonly kind: 'not-reproducible';
          readonly action: string;
          readonly output: string;
          readonly first: string;
          readonly second: string;
          readonly paths: readonly string[];
      }
    | { readonly kind: 'offline'; readonly what: string }
    | { readonly kind: 'interrupted'; readonly signal: string };
