import { defineConfig } from 'vitest/config';

/** Apart from `npm test`: it installs both packages into folders of others, and asks the npm registry for what they depend on. */
export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    reporters: ['verbose'],
  },
});
