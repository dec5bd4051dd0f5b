import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import { FUNCTION_NAMES } from './function-names.ts';

const ROOT = resolve(import.meta.dirname, '..');

/**
 * Parts of `soap` that no call of ours reaches: WS-Security, NTLM, attachments, and its HTTP client, in whose place it
 * is handed one that only carries the envelope away.
 */
const NEVER_REACHED = ['axios', 'axios-ntlm', 'formidable', 'whatwg-mimetype', 'xml-crypto'];

/** A function's keys stand in its environment; profiles, SSO, containers and instances are 90 kB that it never asks. */
const ENVIRONMENT_ONLY = '@aws-sdk/credential-provider-node';

export interface Bundles {
  /** Holds a folder per function, each the whole code of one Lambda function. */
  readonly directory: string;
  readonly metafile: Metafile;
}

/**
 * Bundles the three functions. CommonJS, because ES modules pay 36 ms of every cold start for `node:http` (nodejs/node
 * #59686); the ES sources of the SDK, because only they lose what is not used: that halves it.
 */
export function bundleFunctions(directory: string): Bundles {
  const { metafile } = buildSync({
    ...BUNDLE_OPTIONS,
    entryPoints: FUNCTION_NAMES.map((name) => ({
      in: join(ROOT, 'functions', `${name}.ts`),
      out: `${name}/index`,
    })),
    outdir: directory,
    metafile: true,
  });
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(directory, name), { recursive: true });
    // Lambda takes a .js for CommonJS; a folder of this repository, whose package.json says module, would not be.
    writeFileSync(join(directory, name, 'package.json'), '{"type":"commonjs"}\n');
  }
  return { directory, metafile };
}

export const BUNDLE_OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'error',
  alias: {
    ...Object.fromEntries(NEVER_REACHED.map((name) => [name, join(ROOT, 'infra/stubs/unused.cjs')])),
    [ENVIRONMENT_ONLY]: join(ROOT, 'infra/stubs/environment-credentials.cjs'),
  },
} satisfies BuildOptions;
