import { defineConfig } from 'vitest/config';

export default defineConfig({
    test: {
        reporters: ['default', ['json', { outputFile: 'dist/test-report.json' }]],
        include: ['test/**/*.test.ts'],
        globalSetup: ['test/support/bundle-setup.ts'],
        testTimeout: 120_000,
        hookTimeout: 300_000,
        // Real processes on a small machine: more workers than cores only makes them wait for each other.
        maxWorkers: 2,
    },
});
