// The order in which Guix builds releases of rustc behind 1.54.0, which mrustc builds (gnu/packages/rust.scm). It has 1.77.1 where there
// is a 1.77.2, and 1.80.0 where there is a 1.80.1.

export const guixChain: readonly string[] =
    '1.55.0 1.56.1 1.57.0 1.58.1 1.59.0 1.60.0 1.61.0 1.62.1 1.63.0 1.64.0 1.65.0 1.66.1 1.67.1 1.68.2 1.69.0 1.70.0 1.71.1 1.72.1 1.73.0 1.74.1 1.75.0 1.76.0 1.77.1 1.78.0 1.79.0 1.80.0 1.81.0 1.82.0 1.83.0 1.84.1 1.85.1'.split(
        ' ',
    );

export const guixPoints: readonly string[] = ['1.77.1', '1.80.0'];
