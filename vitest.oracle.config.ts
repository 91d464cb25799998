// Comparisons with Cargo itself: minutes, and for the applications the network. `npm run test:oracle`
import { defineConfig } from 'vitest/config';

export default defineConfig({
    test: {
        reporters: ['default'],
        include: ['test/oracle/**/*.oracle.ts'],
        globalSetup: ['test/support/bundle-setup.ts'],
        testTimeout: 600_000,
        hookTimeout: 60_000,
        maxWorkers: 2,
    },
});
