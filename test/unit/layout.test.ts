import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** What a job, its call and its account are: every actor may know it. */
const CORE = ['shared/kernel', 'shared/config', 'shared/marketo', 'shared/budget', 'shared/job'];

/** What each room may import from, beside itself. An arrow missing here is a decision, not an oversight. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'shared/kernel': [],
  'shared/config': ['shared/kernel'],
  'shared/marketo': ['shared/kernel', 'shared/config'],
  'shared/budget': ['shared/kernel', 'shared/config'],
  'shared/job': ['shared/kernel', 'shared/config', 'shared/marketo'],
  'shared/deadletter': ['shared/kernel', 'shared/config', 'shared/marketo', 'shared/job'],
  'shared/ledger': CORE,
  'shared/events': ['shared/kernel', 'shared/marketo'],
  'shared/desk': ['shared/kernel', 'shared/config', 'shared/marketo', 'shared/deadletter'],
  'shared/run': [...CORE, 'shared/desk', 'shared/ledger', 'shared/deadletter', 'shared/events'],
  'shared/collect': ['shared/kernel', 'shared/job', 'shared/ledger', 'shared/deadletter', 'shared/run'],
  'shared/tend': [...CORE, 'shared/ledger', 'shared/deadletter', 'shared/events', 'shared/run'],
  'shared/operate': [...CORE, 'shared/ledger', 'shared/deadletter'],
  'shared/aws': [...CORE, 'shared/ledger', 'shared/deadletter', 'shared/events', 'shared/tend'],
  client: ['shared'],
  functions: ['shared'],
  local: ['shared', 'simulator', 'functions'],
  cli: ['shared', 'client', 'local'],
  simulator: [],
  infra: ['shared/config'],
};

const files = Object.keys(MAY_IMPORT).flatMap((room) => sourcesIn(room));

function sourcesIn(room: string): readonly string[] {
  try {
    return readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => join(room, name));
  } catch {
    return [];
  }
}

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const roomOf = (file: string): string =>
  Object.keys(MAY_IMPORT).find((room) => file.startsWith(`${room}/`)) ?? file.split('/', 1).join('');

/** Specifiers of static and dynamic imports, types included: a type from the wrong room is a dependency, too. */
function importsOf(file: string): readonly string[] {
  const found = textOf(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g);
  return [...found].map((match) => match[1] ?? '');
}

const localImports = (file: string): readonly string[] =>
  importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(ROOT, resolve(ROOT, dirname(file), specifier)));

/** A document that is named like one of ours and is not in `docs/`. */
const CITES_ELSEWHERE = /\((?:facts|design)\b|\b(?:design|facts),? (?:section |§ ?)?\d|\bdesign section\b/;

/** Everything that a file imports, and what that imports, and so on. */
function reach(file: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...(imports.get(file) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(imports.get(next) ?? []));
  }
  return reached;
}

describe('layout', () => {
  test('there is something to look at', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(files.flatMap(localImports).length).toBeGreaterThan(500);
  });

  test('imports go one way', () => {
    const wrong = files.flatMap((file) =>
      localImports(file)
        .filter((imported) => roomOf(imported) !== roomOf(file))
        .filter(
          (imported) => !(MAY_IMPORT[roomOf(file)] ?? []).some((room) => imported.startsWith(`${room}/`)),
        )
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no arrow is allowed that nobody takes', () => {
    const taken = files.flatMap((file) =>
      localImports(file).map((imported) => ({ from: roomOf(file), to: imported })),
    );
    const idle = Object.entries(MAY_IMPORT).flatMap(([from, rooms]) =>
      rooms
        .filter((room) => !taken.some((arrow) => arrow.from === from && arrow.to.startsWith(`${room}/`)))
        .map((room) => `${from} <- ${room}`),
    );
    expect(idle).toEqual([]);
  });

  test('no file reaches itself by imports, types included', () => {
    const imports = new Map(
      files.map((file) => [file, localImports(file).filter((one) => files.includes(one))]),
    );
    const circles = files.filter((file) => reach(file, imports).has(file));
    expect(circles).toEqual([]);
  });

  test('comments cite what a reader of the repository can open', () => {
    const wrong = files.filter((file) => CITES_ELSEWHERE.test(textOf(file)));
    expect(wrong).toEqual([]);
    expect('(facts 2.1)').toMatch(CITES_ELSEWHERE);
    expect('see design section 6').toMatch(CITES_ELSEWHERE);
    expect('see docs/marketo-facts.md 2.1').not.toMatch(CITES_ELSEWHERE);
  });

  test('only the outer rooms touch an SDK, the environment, the clock or chance', () => {
    const inner = files.filter((file) => file.startsWith('shared/') && !file.startsWith('shared/aws/'));
    const wrong = inner.flatMap((file) => {
      const code = textOf(file);
      const readsTime = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/.test(code);
      const allowed = file === 'shared/kernel/clock.ts' || file === 'shared/kernel/random.ts';
      return [
        ...(importsOf(file).some((name) => name.startsWith('@aws-sdk/')) ? [`${file}: an SDK`] : []),
        ...(/\bprocess\.env\b/.test(code) ? [`${file}: process.env`] : []),
        ...(readsTime && !allowed ? [`${file}: clock or chance`] : []),
      ];
    });
    expect(wrong).toEqual([]);
  });

  test('marketo has never heard of jobs, queues or budgets', () => {
    const wrong = files
      .filter((file) => file.startsWith('shared/marketo/'))
      .filter((file) => /\b(DynamoDB|SQS|orderingKey|LetterHead|JobRow|BudgetState)\b/.test(textOf(file)));
    expect(wrong).toEqual([]);
  });

  test('what an operator can do knows neither a command line nor a terminal', () => {
    const wrong = files
      .filter((file) => file.startsWith('shared/operate/'))
      .filter(
        (file) =>
          importsOf(file).includes('commander') || /\bprocess\.|\bconsole\.|\\u001b|'--/.test(textOf(file)),
      );
    expect(wrong).toEqual([]);
  });

  test('the kernel stays small: what would be the sixteenth file belongs somewhere else', () => {
    expect(sourcesIn('shared/kernel').length).toBeLessThanOrEqual(15);
  });

  test('nobody exports a default, and nobody gathers a folder into a barrel', () => {
    expect(files.filter((file) => /\bexport default\b/.test(textOf(file)))).toEqual([]);
    expect(files.filter((file) => file.startsWith('shared/') && file.endsWith('/index.ts'))).toEqual([]);
  });
});
