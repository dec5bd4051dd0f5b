import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { bundleFunctions } from '../infra/bundles.ts';

const ROOT = resolve(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/**
 * What `npm pack` takes along, beside cli/bin.js: plain JavaScript with its types, because Node strips no types under
 * node_modules, and the functions as they run on Lambda, over either transport, so that whoever deploys them needs no bundler.
 */
function build(): void {
  rmSync(DIST, { recursive: true, force: true });
  // Apart, so that no part of the construct is moved to where it would not find its functions.
  buildSync({ ...PLAIN, entryPoints: [join(ROOT, 'infra/marketo-worker.ts')] });
  buildSync({
    ...PLAIN,
    // What the commands import late stays a file of its own: --help is fast.
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    entryPoints: [join(ROOT, 'client/create-client.ts'), join(ROOT, 'cli/mktq.ts')],
  });
  bundleFunctions(join(DIST, 'infra/bundles'));
  writeTypes();
}

const PLAIN = {
  absWorkingDir: ROOT,
  outbase: ROOT,
  outdir: DIST,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node22.18',
  logLevel: 'error',
} satisfies BuildOptions;

/** Of the two modules that somebody imports, and whatever those mention. */
function writeTypes(): void {
  const config = {
    extends: '../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      emitDeclarationOnly: true,
      declaration: true,
      // The sources were checked before.
      noCheck: true,
      incremental: false,
      tsBuildInfoFile: null,
      rootDir: '..',
      outDir: '.',
    },
    include: [],
    files: ['../client/create-client.ts', '../infra/marketo-worker.ts'],
  };
  const file = join(DIST, 'tsconfig.json');
  writeFileSync(file, JSON.stringify(config));
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', file], {
    stdio: 'inherit',
  });
  rmSync(file);
  for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts')) importBuiltFiles(join(DIST, name));
  }
}

/** The compiler leaves the sources' `.ts` in declarations. */
function importBuiltFiles(file: string): void {
  const text = readFileSync(file, 'utf8');
  const built = text.replace(/((?:from |import\()['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2');
  if (built !== text) writeFileSync(file, built);
}

build();
