// Versions and requirements that are close to each other, so that comparisons of random ones say something.
import fc from 'fast-check';

const number = fc.constantFrom('0', '1', '2', '10');
const identifier = fc.constantFrom('0', '1', '10', 'a', 'alpha', 'b-1', '-', '0a');
const identifiers = fc.array(identifier, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const tail = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: identifiers.map((text) => `-${text}`) },
    { weight: 1, arbitrary: identifiers.map((text) => `+${text}`) },
);

export const anyVersion = fc.tuple(number, number, number, tail).map(([a, b, c, end]) => `${a}.${b}.${c}${end}`);

const operator = fc.constantFrom('', '^', '~', '=', '>', '>=', '<', '<=', '> ', '!');
const comparator = fc.oneof(
    fc.tuple(operator, anyVersion).map((parts) => parts.join('')),
    fc.tuple(operator, number).map((parts) => parts.join('')),
    fc.tuple(operator, number, number).map(([sign, a, b]) => `${sign}${a}.${b}`),
    fc
        .tuple(operator, number, fc.constantFrom('*', 'x', '*.*', '0.X', '*.1', '*-a'))
        .map(([sign, a, b]) => `${sign}${a}.${b}`),
    fc.constantFrom('*', '', ' ', '01', '1.2.3-', '1-a'),
);

/** Some are wrong. */
export const anyRequirement = fc
    .array(comparator, { minLength: 1, maxLength: 3 })
    .chain((parts) => fc.constantFrom(', ', ',', ' , ').map((comma) => parts.join(comma)));
