import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import { TRANSPORTS, type TransportName } from '../shared/config/transports.ts';
import { type BundleName, bundleOf, CALLING_BUNDLES } from './function-names.ts';

const ROOT = resolve(import.meta.dirname, '..');
const UNUSED = join(ROOT, 'infra/stubs/unused.cjs');

/**
 * Parts of `soap` that no call of ours reaches: WS-Security, NTLM, attachments, and its HTTP client, in whose place it
 * is handed one that only carries the envelope away.
 */
const NEVER_REACHED = ['axios', 'axios-ntlm', 'formidable', 'whatwg-mimetype', 'xml-crypto'];

/** Of the SDK: 15 kB for operations of other services. The client for Lambda, which the warden has, sets them up all the same. */
const EVENT_STREAMS = '@smithy/core/event-streams';

/** A function's keys stand in its environment; profiles, SSO, containers and instances are 90 kB that it never asks. */
const ENVIRONMENT_ONLY = '@aws-sdk/credential-provider-node';

export interface Bundles {
  /** Holds a folder per bundle, as `bundleOf` names it, each the whole code of one Lambda function. */
  readonly directory: string;
  readonly metafile: Metafile;
}

/**
 * Bundles the functions, those that call Marketo once for each transport. CommonJS, because ES modules pay 36 ms of every cold
 * start for `node:http` (nodejs/node #59686); the ES sources of the SDK, because only they lose what is not used: that halves it.
 */
export function bundleFunctions(directory: string): Bundles {
  const transports = Object.keys(TRANSPORTS) as TransportName[];
  const made = [
    ...transports.flatMap((transport) => CALLING_BUNDLES.map((name) => bundle(directory, name, transport))),
    // It has no part of either.
    bundle(directory, 'collector', 'rest'),
  ];
  const metafile = {
    inputs: Object.assign({}, ...made.map(({ inputs }) => inputs)),
    outputs: Object.assign({}, ...made.map(({ outputs }) => outputs)),
  };
  return { directory, metafile };
}

function bundle(directory: string, name: BundleName, transport: TransportName): Metafile {
  const folder = join(directory, bundleOf(name, transport));
  const { metafile } = buildSync({
    ...bundleOptions(name, transport),
    entryPoints: [join(ROOT, 'functions', `${name}.ts`)],
    outfile: join(folder, 'index.js'),
    metafile: true,
  });
  mkdirSync(folder, { recursive: true });
  // Lambda takes a .js for CommonJS; a folder of this repository, whose package.json says module, would not be.
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  return metafile;
}

/** With the word that functions/build-transport.ts reads: what loads the other transport is dead code, and left out. */
export const bundleOptions = (name: BundleName, transport: TransportName) =>
  ({
    ...BUNDLE_OPTIONS,
    define: { 'process.env.MKTQ_BUNDLED_TRANSPORT': JSON.stringify(transport) },
    alias: {
      ...BUNDLE_OPTIONS.alias,
      ...(name === 'warden' ? {} : { [EVENT_STREAMS]: UNUSED }),
    },
  }) satisfies BuildOptions;

const BUNDLE_OPTIONS = {
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
    ...Object.fromEntries(NEVER_REACHED.map((name) => [name, UNUSED])),
    [ENVIRONMENT_ONLY]: join(ROOT, 'infra/stubs/environment-credentials.cjs'),
  },
} satisfies BuildOptions;
