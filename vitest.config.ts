import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // By `npm run test:package`: it asks the registry.
    exclude: ['node_modules/**', 'test/package/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Two cores: more workers than cores make the end-to-end tests starve each other.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['shared/**'],
      // Held by the conformance suites, which run it against servers of other people's making.
      exclude: ['shared/aws/**'],
      thresholds: { statements: 95, lines: 95, functions: 95 },
    },
  },
});
