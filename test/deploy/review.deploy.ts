import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERY_PROP, synthesised } from '../infra/construct-props.ts';
import type { TemplateJson } from '../infra/synthesised.ts';
import { pythonWith } from './python.ts';
import { EXCEPTIONS } from './review-exceptions.ts';

type Name = 'plain' | 'full';

const TEMPLATES: Readonly<Record<Name, TemplateJson>> = {
  plain: synthesised(() => ({})).template,
  full: synthesised(EVERY_PROP).template,
};

let scratch: string;
/** By template: each rule that found something, and in what type of resource. */
let found: Readonly<Record<Name, ReadonlySet<string>>>;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'mktq-review-'));
  const tools = dirname(pythonWith('review-requirements.txt'));
  for (const [name, template] of Object.entries(TEMPLATES))
    writeFileSync(join(scratch, `${name}.json`), JSON.stringify(template));
  const findings = [...linted(tools), ...checked(tools)];
  const of = (name: Name) =>
    new Set(findings.flatMap(({ template, what }) => (template === name ? [what] : [])));
  found = { plain: of('plain'), full: of('full') };
});
afterAll(() => {
  // CDK marks a failed validation in the process, which would be this test run's.
  process.exitCode = undefined;
  rmSync(scratch, { recursive: true, force: true });
});

interface Finding {
  readonly template: string;
  /** Rule, and type of resource. */
  readonly what: string;
}

const FILES = Object.keys(TEMPLATES).map((name) => `${name}.json`);

const run = (tool: string, words: readonly string[]): unknown =>
  JSON.parse(execFileSync(tool, words, { cwd: scratch, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));

const nameOf = (file: string): string => basename(file, '.json');

function linted(tools: string): readonly Finding[] {
  const findings = run(join(tools, 'cfn-lint'), [
    ...['--format', 'json', '--non-zero-exit-code', 'none'],
    ...['--', ...FILES],
  ]) as readonly Linted[];
  return findings.map(({ Filename, Rule, Location }) => {
    const [section, id = ''] = Location.Path;
    const template = nameOf(Filename);
    const type = TEMPLATES[template as Name].Resources[id]?.Type;
    return { template, what: `${Rule.Id} ${section === 'Resources' ? type : 'Output'}` };
  });
}

interface Linted {
  readonly Filename: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly string[] };
}

function checked(tools: string): readonly Finding[] {
  const report = run(join(tools, 'checkov'), [
    ...['--framework', 'cloudformation', '--output', 'json', '--compact', '--soft-fail'],
    // It would ask its maker for words on each rule.
    '--skip-download',
    ...FILES.flatMap((file) => ['--file', file]),
  ]) as Checked;
  expect(report.summary.resource_count).toBeGreaterThan(60);
  return report.results.failed_checks.map(({ file_path, check_id, resource }) => ({
    template: nameOf(file_path),
    what: `${check_id} ${resource.split('.', 1).join('')}`,
  }));
}

interface Checked {
  readonly summary: { readonly resource_count: number };
  readonly results: {
    readonly failed_checks: readonly {
      readonly file_path: string;
      readonly check_id: string;
      readonly resource: string;
    }[];
  };
}

describe('cfn-lint and checkov', () => {
  test.each(['plain', 'full'] as const)('find nothing in the %s template that has no reason', (name) => {
    const excepted = Object.entries(EXCEPTIONS).flatMap(([what, { seen }]) =>
      seen === name || seen === 'either' ? [what] : [],
    );
    expect([...found[name]].sort()).toEqual(excepted.sort());
  });
});
