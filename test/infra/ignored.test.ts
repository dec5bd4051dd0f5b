import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { IGNORED_PROPERTIES, NEVER_ENFORCED } from '../deploy/ignored.ts';

test('what the emulator ignores is asserted on the template instead', () => {
  const assertions = readFileSync(join(import.meta.dirname, 'stack.test.ts'), 'utf8');
  const uncovered = [...Object.values(IGNORED_PROPERTIES), ...NEVER_ENFORCED].filter(
    ({ coveredBy }) => !assertions.includes(`test('${coveredBy}'`),
  );
  expect(uncovered).toEqual([]);
});
