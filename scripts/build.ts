import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import { bundleFunctions } from '../infra/bundles.ts';
import { writeNotices } from './notices.ts';
import { typesOf } from './types-of.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** Each is a folder that `npm pack` makes a tarball of; why two, and why so: docs/decisions/24-two-packages.md. */
const PACKAGES = {
  client: join(ROOT, 'dist/packages/mktq-client'),
  mktq: join(ROOT, 'dist/packages/mktq'),
} as const;

/** What the packages have of this repository's own package.json. */
const OURS = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
};

/** Both are plain JavaScript, because Node strips no types under node_modules. */
function build(): void {
  rmSync(dirname(PACKAGES.mktq), { recursive: true, force: true });
  buildClient(PACKAGES.client);
  buildMktq(PACKAGES.mktq);
}

/** From January 2027 on the SDK's clients ask for as much. The package's test runs the library there. */
const CLIENT_NODE = '22.0.0';

/** What a sync job imports. Everything but the SDK's two clients is inside. */
export function buildClient(directory: string): void {
  const entry = 'client/create-client';
  const external = ['@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs'];
  const options = { target: `node${CLIENT_NODE}`, external, mainFields: ['module', 'main'] };
  const metafile = bundleTwice(directory, entry, options);
  typesOf(entry, directory);
  writeNotices(directory, metafile);
  copy('job-message.schema.json', directory);
  writeDocuments(directory, 'client/README.md');
  writeManifest(directory, {
    name: 'mktq-client',
    description: 'Sends jobs to mktq, a durable job queue in front of Marketo',
    engines: { node: `>=${CLIENT_NODE}` },
    ...exported({ '.': entry }),
    dependencies: dependenciesOf(metafile),
  });
}

/** What a person installs: the command line, the local stack, and the construct with the functions as they run on Lambda. */
export function buildMktq(directory: string): void {
  const construct = 'infra/cdk';
  const options = { target: 'node22.18', packages: 'external' } as const;
  bundleTwice(directory, construct, options);
  typesOf(construct, directory);
  const { metafile: functions } = bundleFunctions(join(directory, 'infra/bundles'));
  writeNotices(directory, functions);
  const commands = buildSync({
    ...COMMON,
    ...options,
    outdir: directory,
    format: 'esm',
    // What the commands import late stays a file of its own: --help is fast.
    splitting: true,
    chunkNames: 'cli/parts/[name]-[hash]',
    entryPoints: [join(ROOT, 'cli/mktq.ts')],
  });
  copy('docs', directory);
  writeDocuments(directory, 'cli/README.md', sectionOf('README.md', 'Configuration'));
  keepToLinksWithin(directory);
  writeManifest(directory, {
    name: 'mktq',
    description: OURS.description,
    engines: OURS.engines,
    bin: { mktq: 'cli/mktq.js' },
    ...exported({ './cdk': construct }),
    // fauxqs is imported by paths inside it.
    dependencies: dependenciesOf(commands.metafile, ['fauxqs']),
    // The first with Node 24 for functions, and the constructs that it asks for itself.
    peerDependencies: { 'aws-cdk-lib': '^2.230.0', constructs: '^10.0.0' },
    peerDependenciesMeta: { 'aws-cdk-lib': { optional: true }, constructs: { optional: true } },
  });
  // Before TypeScript knew of exports it looked for a folder of that name.
  mkdirSync(join(directory, 'cdk'));
  writeJson(join(directory, 'cdk/package.json'), required(`../${construct}`));
}

const COMMON = {
  absWorkingDir: ROOT,
  outbase: ROOT,
  bundle: true,
  platform: 'node',
  legalComments: 'none',
  logLevel: 'error',
  metafile: true,
} satisfies BuildOptions;

/** For `import` and for `require`, which before Node 22.12, and in jest, loads no ES module. */
function bundleTwice(directory: string, entry: string, options: Omit<BuildOptions, 'metafile'>): Metafile {
  const build = (format: 'esm' | 'cjs', extension: string, define: Record<string, string>) =>
    buildSync({
      ...COMMON,
      ...options,
      format,
      define,
      outdir: directory,
      outExtension: { '.js': extension },
      entryPoints: [join(ROOT, `${entry}.ts`)],
    }).metafile;
  build('cjs', '.cjs', { 'import.meta.dirname': '__dirname' });
  return build('esm', '.mjs', {});
}

const required = (entry: string) => ({ main: `${entry}.cjs`, types: `${entry}.d.cts` });

/** `main` and `types` are for readers that know nothing of exports. */
function exported(entries: Readonly<Record<string, string>>) {
  const conditions = (entry: string) => ({
    import: { types: `./${entry}.d.mts`, default: `./${entry}.mjs` },
    require: { types: `./${entry}.d.cts`, default: `./${entry}.cjs` },
  });
  const root = entries['.'];
  return {
    ...(root === undefined ? {} : required(`./${root}`)),
    exports: {
      ...Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, conditions(entry)])),
      ...(root === undefined ? {} : { './job-message.schema.json': './job-message.schema.json' }),
      './package.json': './package.json',
    },
  };
}

/** The packages that the built code imports, and no others. A copy of the SDK that is there already serves, if it is as new. */
function dependenciesOf(
  { outputs }: Metafile,
  others: readonly string[] = [],
): Readonly<Record<string, string>> {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  const imported = imports.filter(({ external }) => external).map(({ path }) => packageOf(path));
  const wanted = new Set([...imported, ...others]);
  const pinned = Object.entries(OURS.dependencies).filter(([name]) => wanted.has(name));
  return Object.fromEntries(
    pinned.map(([name, version]) => [name, name.startsWith('@aws-sdk/') ? `^${version}` : version]),
  );
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function writeManifest(directory: string, own: Readonly<Record<string, unknown>>): void {
  const { version, license } = OURS;
  const { name, ...rest } = own;
  writeJson(join(directory, 'package.json'), { name, version, license, type: 'module', ...rest });
}

const writeJson = (file: string, value: unknown): void =>
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);

function writeDocuments(directory: string, readme: string, more = ''): void {
  for (const name of ['LICENSE', 'CHANGELOG.md']) copy(name, directory);
  // It stands a folder higher in the package.
  writeFileSync(
    join(directory, 'README.md'),
    readFileSync(join(ROOT, readme), 'utf8').replaceAll('](../', '](') + more,
  );
}

/** With its heading, and a blank line before it. */
function sectionOf(document: string, heading: string): string {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const from = text.indexOf(`\n## ${heading}\n`);
  return text.slice(from, text.indexOf('\n## ', from + 1));
}

/** Of a link to what only the checkout has, the words stay. */
function keepToLinksWithin(directory: string): void {
  for (const name of readdirSync(join(directory, 'docs'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.md')) continue;
    const file = join(directory, 'docs', name);
    const text = readFileSync(file, 'utf8').replace(
      /\[([^\]]+)\]\((\.\.\/[^)#]+)[^)]*\)/g,
      (link, words: string, target: string) => (existsSync(join(dirname(file), target)) ? link : words),
    );
    writeFileSync(file, text);
  }
}

const copy = (name: string, directory: string): void =>
  cpSync(join(ROOT, name), join(directory, name), { recursive: true });

if (import.meta.main) build();
