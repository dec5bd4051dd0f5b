import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleFunctions } from '../../infra/bundles.ts';
import { CALLING_BUNDLES } from '../../infra/function-names.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const { directory, metafile } = bundleFunctions(mkdtempSync(join(tmpdir(), 'mktq-bundles-')));

const BUNDLES = [
  'rest/worker',
  'rest/telling-worker',
  'rest/traced-worker',
  'rest/warden',
  'soap/worker',
  'soap/telling-worker',
  'soap/traced-worker',
  'soap/warden',
  'collector',
] as const;
type BundleName = (typeof BUNDLES)[number];

const fileOf = (name: BundleName): string => join(directory, name, 'index.js');

/** Sources of which anything is left in a bundle. */
function sourcesIn(name: BundleName): readonly string[] {
  const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`${name}/index.js`))?.[1];
  return Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  );
}

const packagesIn = (name: BundleName): ReadonlySet<string> =>
  new Set(sourcesIn(name).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));

const ownIn = (name: BundleName, folder: string): readonly string[] =>
  sourcesIn(name).filter((path) => path.startsWith(folder));

describe('bundles', () => {
  // Each with the room that a fix needs; whoever needs more looks first what came in (esbuild's metafile says).
  test.each([
    ['rest/worker', 582_000],
    ['rest/telling-worker', 640_000],
    ['rest/traced-worker', 770_000],
    ['rest/warden', 722_000],
    ['soap/worker', 610_000],
    ['soap/telling-worker', 668_000],
    ['soap/traced-worker', 798_000],
    ['soap/warden', 752_000],
    ['collector', 400_000],
  ] as const)('%s stays below %i bytes', (name, most) => {
    const { size } = statSync(fileOf(name));
    expect(size).toBeLessThan(most);
    expect(size).toBeGreaterThan(100_000);
  });

  test.each(BUNDLES)('%s loads as CommonJS in a bare Node and has a handler', (name) => {
    const script = `const { handler } = require(${JSON.stringify(fileOf(name))}); process.stdout.write(typeof handler);`;
    const { PATH } = process.env;
    expect(execFileSync(process.execPath, ['-e', script], { env: { PATH }, encoding: 'utf8' })).toBe(
      'function',
    );
  });

  test.each(CALLING_BUNDLES)('the %s for one transport carries nothing of the other', (name) => {
    expect(packagesIn(`soap/${name}`)).toContain('soap');
    expect(ownIn(`soap/${name}`, 'shared/marketo/soap/')).not.toEqual([]);
    expect(ownIn(`soap/${name}`, 'shared/marketo/rest/')).toEqual([]);
    for (const left of ['soap', 'sax', 'xml-crypto', 'fast-xml-parser']) {
      expect(packagesIn(`rest/${name}`)).not.toContain(left);
    }
    expect(ownIn(`rest/${name}`, 'shared/marketo/soap/')).toEqual([]);
  });

  test('none carries what soap has and nobody reaches, or a chain of credential providers', () => {
    for (const name of BUNDLES) {
      for (const left of [
        'axios',
        'xml-crypto',
        'formidable',
        'axios-ntlm',
        '@aws-sdk/credential-provider-sso',
      ]) {
        expect(packagesIn(name)).not.toContain(left);
      }
    }
  });

  test('what draws traces is in the bundle for that alone', () => {
    const drawing = BUNDLES.filter((name) => packagesIn(name).has('aws-xray-sdk-core'));
    expect(drawing).toEqual(['rest/traced-worker', 'soap/traced-worker']);
  });

  test('what tells of events is in none but the bundles that tell', () => {
    for (const client of ['@aws-sdk/client-eventbridge', '@aws-sdk/client-sns']) {
      const telling = BUNDLES.filter((name) => packagesIn(name).has(client));
      expect(telling).toEqual(
        ['rest', 'soap'].flatMap((transport) =>
          ['telling-worker', 'traced-worker', 'warden'].map((name) => `${transport}/${name}`),
        ),
      );
    }
  });

  test('the collector has no way to Marketo and none to the secret', () => {
    const packages = packagesIn('collector');
    expect(packages).toContain('@aws-sdk/client-dynamodb');
    expect(packages).not.toContain('soap');
    expect(packages).not.toContain('@aws-sdk/client-secrets-manager');
    for (const folder of ['soap', 'rest', 'http'])
      expect(ownIn('collector', `shared/marketo/${folder}/`)).toEqual([]);
  });

  test('no bundle names a folder of the machine that made it, or carries what is for tests and laptops', () => {
    for (const name of BUNDLES) {
      expect(readFileSync(fileOf(name), 'utf8')).not.toContain(ROOT);
      for (const left of ['fauxqs', 'dynalite', 'commander', 'aws-cdk-lib']) {
        expect(packagesIn(name)).not.toContain(left);
      }
    }
  });
});
