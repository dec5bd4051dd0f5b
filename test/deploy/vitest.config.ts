import { defineConfig } from 'vitest/config';

/** Apart from `npm test`: it needs Python 3.10 and, the first time, PyPI. */
export default defineConfig({
  test: {
    include: ['test/deploy/**/*.deploy.ts'],
    // The warden comes round once a minute, and a deploy takes its time on a busy machine.
    testTimeout: 5 * 60_000,
    hookTimeout: 15 * 60_000,
    reporters: ['verbose'],
  },
});
