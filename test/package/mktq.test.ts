import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildMktq } from '../../scripts/build.ts';
import { ROOT } from '../support/documents.ts';
import { type Folder, makeFolder, nodeFolder, nodePackage, pack } from './folder.ts';

const MINUTES = 60_000;

/** As its package.json says. */
const LOWEST_NODE = '22.18.0';

const tools = makeFolder();
let files: readonly string[];
let tarball: string;
/** Somebody's folder with nothing in it but this package. */
let empty: Folder;

beforeAll(async () => {
  await tools.install(...nodePackage(LOWEST_NODE));
  ({ files, tarball } = await pack(buildMktq, tools));
  empty = makeFolder(nodeFolder(tools, LOWEST_NODE));
  await empty.install(tarball);
}, 10 * MINUTES);

afterAll(() => {
  for (const { remove } of [tools, empty]) remove();
}, MINUTES);

const installed = (folder: Folder, ...path: readonly string[]) =>
  join(folder.path, 'node_modules/mktq', ...path);

describe('mktq', () => {
  test('is JavaScript, types and documents, and nothing that only this checkout has use for', () => {
    const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
    expect(sources).toEqual([]);
    const rooms = new Set(files.map((file) => file.split('/', 1).join('')));
    expect([...rooms].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES.txt',
      'cdk',
      'cli',
      'docs',
      'infra',
      'package.json',
      'shared',
    ]);
  });

  test('brings the functions for either transport', () => {
    const bundles = files.flatMap((file) => /^infra\/bundles\/(.*)\/index\.js$/.exec(file)?.[1] ?? []);
    const wanted = ['telling-worker', 'traced-worker', 'warden', 'worker'].flatMap((name) => [
      `rest/${name}`,
      `soap/${name}`,
    ]);
    expect(bundles.toSorted()).toEqual(['collector', ...wanted].toSorted());
  });

  test('has documents whose links lead to what is in it, settings among them', () => {
    const pages = files.filter((file) => /^(?:docs\/.*|README)\.md$/.test(file));
    const links = pages.flatMap((page) =>
      [...readFileSync(installed(empty, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
        ([, target = '']) => posix.join(posix.dirname(page), target),
      ),
    );
    expect(links.filter((target) => !files.includes(target))).toEqual([]);
    expect(links).toContain('README.md');
    expect(readFileSync(installed(empty, 'README.md'), 'utf8')).toContain('## Configuration');
  });

  test('holds no path of the machine that it was built on', () => {
    const telling = files.filter((file) => readFileSync(installed(empty, file), 'utf8').includes(ROOT));
    expect(telling).toEqual([]);
  });

  test('brings no Node, does not ask for the package that programs send with, and runs on the Node that it is tried on here', () => {
    const { dependencies, engines, optionalDependencies } = JSON.parse(
      readFileSync(installed(empty, 'package.json'), 'utf8'),
    );
    expect(`${engines.node}.0`).toBe(`>=${LOWEST_NODE}`);
    expect(optionalDependencies).toBeUndefined();
    expect(dependencies).not.toHaveProperty('mktq-client');
    expect(readdirSync(join(empty.path, 'node_modules/.bin'))).toContain('mktq');
    expect(existsSync(join(empty.path, 'node_modules/.bin/node'))).toBe(false);
  });

  test(
    'runs the local stack and a job on it, installed alone, on the lowest Node',
    async () => {
      const local = spawn('npx', ['mktq', 'local', '--json'], {
        cwd: empty.path,
        env: empty.env,
        stdio: ['ignore', 'pipe', 'inherit'],
        // The signal of a terminal reaches all that runs in it.
        detached: true,
      });
      const ended = new Promise((resolve) => local.once('close', resolve));
      try {
        let first = '';
        local.stdout.on('data', (chunk: Buffer) => {
          first += chunk.toString();
        });
        await vi.waitFor(() => expect(JSON.parse(first)).toMatchObject({ ready: true }), MINUTES);
        empty.write('lead.json', '{"leadRecord":{"Email":"ann@example.com"},"returnLead":false}');
        const sent = await empty.run('npx', 'mktq', 'enqueue', 'syncLead', 'lead.json', '--wait', '--json');
        const { id } = JSON.parse(sent);
        const shown = await empty.run('npx', 'mktq', 'jobs', 'show', id, '--json');
        expect(JSON.parse(shown)).toMatchObject({ state: 'completed' });
      } finally {
        if (local.pid !== undefined) process.kill(-local.pid, 'SIGTERM');
        await ended;
      }
    },
    6 * MINUTES,
  );
});

const STACK = `
  import { App, Stack } from 'aws-cdk-lib';
  import { MarketoStack, MarketoWorker, type MarketoWorkerProps } from 'mktq/cdk';

  const props: MarketoWorkerProps = { account: 'acme', settings: { transport: 'soap', dailyQuota: 20_000 } };
  // @ts-expect-error a number is wanted
  export const wrong: MarketoWorkerProps = { account: 'acme', settings: { dailyQuota: 'many' } };

  export const whole: new (app: App, props: MarketoWorkerProps) => Stack = MarketoStack;

  export function makeApp(outdir?: string): App {
    const app = new App(outdir === undefined ? {} : { outdir });
    new MarketoWorker(new Stack(app, 'Theirs'), 'Marketo', props);
    return app;
  }
`;

/** Prints what the cdk-nag of an older project, an aspect, finds in the construct. */
const NAG = `
  const { App, Aspects, Stack } = require('aws-cdk-lib');
  const { AwsSolutionsChecks } = require('cdk-nag');
  const { Vpc } = require('aws-cdk-lib/aws-ec2');
  const { MarketoWorker } = require('mktq/cdk');
  const app = new App({ outdir: 'nag' });
  const vpc = new Vpc(new Stack(app, 'Network'), 'Vpc');
  const stack = new Stack(app, 'Theirs');
  new MarketoWorker(stack, 'Marketo', { account: 'acme', vpc, tracing: true });
  const found = [];
  const logger = { onNonCompliance: ({ ruleId, resource }) => found.push([ruleId, resource.node.path]) };
  for (const name of ['onCompliance', 'onSuppressed', 'onError', 'onSuppressedError', 'onNotApplicable']) logger[name] = () => {};
  Aspects.of(stack).add(new AwsSolutionsChecks({ additionalLoggers: [logger], reports: false }));
  app.synth();
  process.stdout.write(JSON.stringify(found));
`;

/** What a synthesised app deploys: its functions, from the bundles that came with the package. */
async function expectFunctions(folder: Folder, out: string): Promise<void> {
  const read = (name: string) => JSON.parse(readFileSync(join(folder.path, out, name), 'utf8'));
  const { Resources, Outputs } = read('Theirs.template.json');
  const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  expect(types.filter((type) => type === 'AWS::Lambda::Function')).toHaveLength(3);
  expect(JSON.parse(Outputs.Limits.Value)).toMatchObject({ dailyQuota: 20_000 });
  const { files: assets } = read('Theirs.assets.json');
  const folders = Object.values(assets as Record<string, { source: { path: string; packaging: string } }>)
    .filter(({ source }) => source.packaging === 'zip')
    .map(({ source }) => join(folder.path, out, source.path));
  expect(folders).toHaveLength(3);
  for (const one of folders) {
    // Alone with itself: nothing of node_modules is near it on Lambda either.
    expect(existsSync(join(one, 'node_modules'))).toBe(false);
    const script = `process.stdout.write(typeof require(${JSON.stringify(one)}).handler)`;
    expect(await folder.run('node', '--input-type=commonjs', '-e', script)).toBe('function');
  }
}

describe('MarketoWorker', () => {
  test(
    'fits into a fresh project of cdk init: installed, checked, tested and synthesised, with nothing there changed',
    async () => {
      const app = makeFolder(nodeFolder(tools, LOWEST_NODE));
      try {
        const cdk = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
        await app.run('node', cdk, 'init', 'app', '--language', 'typescript', '--generate-only');
        await app.run('npm', 'install', '--package-lock-only');
        const before = versionsIn(app);
        await app.install(tarball);
        expect(versionsIn(app)).toMatchObject(before);
        expect(Object.keys(before).length).toBeGreaterThan(100);

        const [main = ''] = readdirSync(join(app.path, 'bin'));
        app.write('lib/theirs.ts', STACK);
        app.write(`bin/${main}`, `import { makeApp } from '../lib/theirs';\nmakeApp().synth();`);
        app.write(
          'test/theirs.test.ts',
          `import { Template } from 'aws-cdk-lib/assertions';
          import { Stack } from 'aws-cdk-lib';
          import { makeApp } from '../lib/theirs';
          test('it has functions', () => {
            const stack = makeApp().node.findChild('Theirs') as Stack;
            Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 3);
          });`,
        );
        await app.run('npx', 'tsc', '--skipLibCheck', 'false');
        await app.run('npm', 'test');
        await app.run('npx', 'cdk', 'synth', '--quiet');
        await expectFunctions(app, 'cdk.out');
      } finally {
        app.remove();
      }
    },
    10 * MINUTES,
  );

  test(
    'fits into an older project: the lowest aws-cdk-lib that it asks for, TypeScript 5.6, CommonJS and ES modules',
    async () => {
      const old = makeFolder(nodeFolder(tools, LOWEST_NODE));
      try {
        const { peerDependencies } = JSON.parse(readFileSync(installed(empty, 'package.json'), 'utf8'));
        const lowest = peerDependencies['aws-cdk-lib'].replace('^', '');
        const dependencies = { 'aws-cdk-lib': lowest, constructs: '10.4.2', 'cdk-nag': '2.37.55' };
        const devDependencies = { typescript: '~5.6.3', '@types/node': '22.7.9' };
        old.write('package.json', JSON.stringify({ private: true, dependencies, devDependencies }));
        await old.install(tarball);
        for (const kind of ['cts', 'mts']) old.write(`app.${kind}`, `${STACK}\nmakeApp('${kind}').synth();`);
        const strict = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', 'false'];
        await old.run('npx', 'tsc', ...strict, 'app.cts', 'app.mts');
        for (const kind of ['cts', 'mts']) {
          await old.run('node', `app.${kind.replace('ts', 'js')}`);
          await expectFunctions(old, kind);
        }
        old.write('nag.cjs', NAG);
        expect(JSON.parse(await old.run('node', 'nag.cjs'))).toEqual([]);
        // As before TypeScript knew of exports.
        old.write('app.ts', STACK);
        const node10 = ['--module', 'commonjs', '--moduleResolution', 'node10', '--skipLibCheck'];
        await old.run('npx', 'tsc', '--noEmit', '--strict', '--target', 'es2022', ...node10, 'app.ts');
      } finally {
        old.remove();
      }
    },
    10 * MINUTES,
  );
});

/** Of every package that the lock file of a folder names, by its place. */
function versionsIn(folder: Folder): Readonly<Record<string, string>> {
  const { packages } = JSON.parse(readFileSync(join(folder.path, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string }>>;
  };
  const places = Object.entries(packages).filter(([place]) => place !== '');
  return Object.fromEntries(places.map(([place, { version }]) => [place, version]));
}
