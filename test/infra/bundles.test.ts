import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleFunctions } from '../../infra/bundles.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/function-names.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const { directory, metafile } = bundleFunctions(mkdtempSync(join(tmpdir(), 'mktq-bundles-')));

const fileOf = (name: FunctionName): string => join(directory, name, 'index.js');

/** Packages of which anything is left in a bundle. */
function packagesIn(name: FunctionName): ReadonlySet<string> {
  const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`${name}/index.js`))?.[1];
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return new Set(inputs.flatMap(([path]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
}

describe('bundles', () => {
  // Each with the room that a fix needs; whoever needs more looks first what came in (esbuild's metafile says).
  test.each([
    ['worker', 600_000],
    ['collector', 400_000],
    ['warden', 650_000],
  ] as const)('the %s stays below %i bytes', (name, most) => {
    const { size } = statSync(fileOf(name));
    expect(size).toBeLessThan(most);
    expect(size).toBeGreaterThan(100_000);
  });

  test.each(FUNCTION_NAMES)('the %s loads as CommonJS in a bare Node and has a handler', (name) => {
    const script = `const { handler } = require(${JSON.stringify(fileOf(name))}); process.stdout.write(typeof handler);`;
    const { PATH } = process.env;
    expect(execFileSync(process.execPath, ['-e', script], { env: { PATH }, encoding: 'utf8' })).toBe(
      'function',
    );
  });

  test('the worker carries nothing of soap that is never reached, and no chain of credential providers', () => {
    const packages = packagesIn('worker');
    expect(packages).toContain('soap');
    for (const left of [
      'axios',
      'xml-crypto',
      'formidable',
      'axios-ntlm',
      '@aws-sdk/credential-provider-sso',
    ]) {
      expect(packages).not.toContain(left);
    }
  });

  test('the collector has no way to Marketo and none to the secret', () => {
    const packages = packagesIn('collector');
    expect(packages).toContain('@aws-sdk/client-dynamodb');
    expect(packages).not.toContain('soap');
    expect(packages).not.toContain('@aws-sdk/client-secrets-manager');
  });

  test('no bundle names a folder of the machine that made it, or carries what is for tests and laptops', () => {
    for (const name of FUNCTION_NAMES) {
      expect(readFileSync(fileOf(name), 'utf8')).not.toContain(ROOT);
      for (const left of ['fauxqs', 'dynalite', 'commander', 'aws-cdk-lib']) {
        expect(packagesIn(name)).not.toContain(left);
      }
    }
  });
});
