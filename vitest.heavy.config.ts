// Whole builds of real applications, again and again: up to hours, and the network for crates that Cargo's cache lacks.
// `npm run test:heavy`, or a part of it: `npm run test:heavy -- -t ripgrep`
import { defineConfig } from 'vitest/config';

const hour = 3_600_000;

export default defineConfig({
    test: {
        reporters: ['verbose'],
        include: ['test/heavy/**/*.heavy.ts'],
        globalSetup: ['test/support/bundle-setup.ts'],
        testTimeout: 3 * hour,
        hookTimeout: hour,
        maxWorkers: 1,
    },
});
