import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { bundleOf, CALLING_BUNDLES, FUNCTION_NAMES } from '../../infra/function-names.ts';
import { marketoApp } from '../../infra/marketo-app.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: {
    readonly cdk_nag?: {
      readonly rules_to_suppress: readonly { readonly id: string; readonly applies_to?: readonly string[] }[];
    };
  };
}

export interface TemplateJson {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface Synthesised {
  readonly stacks: Readonly<Record<string, TemplateJson>>;
  /** Everything that a validator or cdk-nag found, errors and warnings alike. */
  readonly findings: readonly string[];
  readonly protectedStacks: readonly string[];
  /** The folder with the assets' own, `asset.<hash>`. */
  readonly assets: string;
}

/** The project's own app, with the context of its cdk.json: offline, and without bundling anything. */
export function synthesise(context: Readonly<Record<string, unknown>>): Synthesised {
  const outdir = temporaryFolder();
  const app = new App({ outdir, context: { ...cdkJson().context, ...context } });
  const assembly = marketoApp(app, pretendBundles(join(outdir, 'bundles'))).synth();
  return {
    stacks: Object.fromEntries(
      assembly.stacks.map((stack) => [stack.stackName, stack.template as TemplateJson]),
    ),
    findings: findingsIn(outdir),
    protectedStacks: assembly.stacks.flatMap((stack) => (stack.terminationProtection ? stack.stackName : [])),
    assets: outdir,
  };
}

export const cdkJson = (): { readonly app: string; readonly context: Record<string, unknown> } =>
  JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));

/** What was reported, whether or not it stopped the synthesis. */
export function findingsIn(outdir: string): readonly string[] {
  const report: {
    readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
  } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
  return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'mktq-synth-'));

export function pretendBundles(directory: string): string {
  for (const transport of ['soap', 'rest'] as const) {
    for (const name of [...FUNCTION_NAMES, ...CALLING_BUNDLES]) {
      const folder = join(directory, bundleOf(name, transport));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'index.js'), `// ${bundleOf(name, transport)}\n`);
    }
  }
  return directory;
}

/** Which of the pretended bundles each function was given. */
export const pretendedIn = (template: TemplateJson, assets: string): readonly string[] =>
  resourcesOf(template, 'AWS::Lambda::Function').map(({ Properties }) => {
    const { S3Key } = Properties['Code'] as { S3Key: string };
    return readFileSync(join(assets, `asset.${S3Key.replace('.zip', '')}`, 'index.js'), 'utf8')
      .slice('// '.length)
      .trim();
  });

export const resourcesOf = (template: TemplateJson, type: string): readonly (Resource & { id: string })[] =>
  Object.entries(template.Resources).flatMap(([id, resource]) =>
    resource.Type === type ? [{ ...resource, id }] : [],
  );
