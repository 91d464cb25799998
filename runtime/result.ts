// The world being wrong is a value, not an exception: STYLE "we are wrong" is what throws.

export type Result<Value, Problem> =
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly failure: Problem };

export function success<Value>(value: Value): { readonly ok: true; readonly value: Value } {
    return { ok: true, value };
}

export function failure<Problem>(problem: Problem): { readonly ok: false; readonly failure: Problem } {
    return { ok: false, failure: problem };
}
