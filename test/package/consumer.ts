import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

export interface Consumer {
  readonly directory: string;
  /** Where the package was unpacked to. */
  readonly installed: string;
  /** Every file of the package, by its path in it. */
  readonly files: readonly string[];
  write(name: string, text: string): void;
  /** Runs a script or program of the folder on this Node; answers its stdout. Throws if it fails. */
  node(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/**
 * An empty folder of somebody else's with the package in it, as `npm pack` makes it and `npm install` unpacks it.
 * No registry is asked: what the package says that it depends on, and nothing else, is linked from this checkout.
 */
export async function installPackage(): Promise<Consumer> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mktq-consumer-')));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', directory], {
    cwd: ROOT,
    maxBuffer: 16 * 1024 * 1024,
  });
  const [packed] = packedIn(stdout);
  if (packed === undefined) throw new Error(`npm pack made nothing: ${stdout}`);
  await run('tar', ['-xzf', packed.filename], { cwd: directory });
  const installed = join(directory, 'node_modules/mktq');
  cpSync(join(directory, 'package'), installed, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const link = join(directory, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'dir');
  }
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  return {
    directory,
    installed,
    files: packed.files.map(({ path }) => path),
    write,
    node: async (words, env = {}) =>
      (
        await run(process.execPath, [...words], {
          cwd: directory,
          env: { PATH: process.env['PATH'] ?? '', HOME: directory, ...env },
          maxBuffer: 16 * 1024 * 1024,
        })
      ).stdout,
  };
}

/** The scripts that `npm pack` runs may print, too. */
const packedIn = (
  stdout: string,
): readonly { readonly filename: string; readonly files: readonly { readonly path: string }[] }[] =>
  JSON.parse(stdout.slice(stdout.indexOf('[\n')));
