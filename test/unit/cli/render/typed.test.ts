import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { mktq } from '../../../../cli/render/typed.ts';

const here = { dataDir: resolve('.mktq'), stackName: undefined, env: {} };
const there = { ...here, dataDir: resolve('.mktq/demo') };
const deployed = { ...here, stackName: 'mktq-acme' };

test('a suggested command works from any directory', () => {
  expect(mktq(here, 'status')).toBe('npx mktq status');
  expect(mktq(there, 'status')).toBe(`npx mktq status --data ${resolve('.mktq/demo')}`);
  expect(mktq({ ...here, dataDir: '/a b' }, 'status')).toBe("npx mktq status --data '/a b'");
});

test('an id that looks like an option stands behind everything that is one', () => {
  expect(mktq(here, 'dlq show', ['job-1'])).toBe('npx mktq dlq show job-1');
  expect(mktq(here, 'dlq show', ['-rf'])).toBe('npx mktq dlq show -- -rf');
  expect(mktq(here, 'dlq show', ['-rf#1'])).toBe("npx mktq dlq show -- '-rf#1'");
  expect(mktq(deployed, 'dlq discard', ['a', '--all'], '--reason "x"')).toBe(
    'npx mktq dlq discard --reason "x" --stack mktq-acme -- a --all',
  );
  expect(mktq(deployed, 'dlq discard', ['a'], '--reason "x"')).toBe(
    'npx mktq dlq discard a --reason "x" --stack mktq-acme',
  );
});

test('what a shell would take apart or run is quoted: a bare sender gives a batch any name', () => {
  expect(mktq(here, 'batch show', ['Q3; curl x|sh'])).toBe("npx mktq batch show 'Q3; curl x|sh'");
  expect(mktq(here, 'batch show', ['-$(id)'])).toBe("npx mktq batch show -- '-$(id)'");
  expect(mktq(here, 'dlq show', ['job-1#1'])).toBe("npx mktq dlq show 'job-1#1'");
});
