import { defineConfig } from 'vitest/config';
import { folders } from './folders.ts';

/** The tests of one folder of rules; which one says the environment, since it is read in Stryker's workers. */
export default defineConfig({
  test: {
    include: [...(folders.find(({ name }) => name === process.env['MUTATED_FOLDER'])?.tests ?? [])],
    testTimeout: 10_000,
  },
});
