import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { Cli } from '../../cli/cli.ts';
import { commands } from '../../cli/commands.ts';
import type { JobState } from '../../shared/ledger/row.ts';
import { CODES, provesNothingRan } from '../../shared/marketo/faults/codes.ts';
import {
  anchorsIn,
  citationsIn,
  commandLinesIn,
  DOCUMENTS,
  exists,
  fenced,
  linksIn,
  npmScriptsIn,
  pathsIn,
  ROOT,
  stateDiagram,
  textOf,
} from '../support/documents.ts';

/** Every kind of state there is: the compiler asks for a missing one, and refuses one too many. */
const STATES = Object.keys({
  queued: true,
  waiting: true,
  parked: true,
  running: true,
  decided: true,
  completed: true,
  'dead-lettered': true,
  cancelled: true,
} satisfies Record<JobState['kind'], true>);

describe('docs/state-machine.md', () => {
  const { states, arrows } = stateDiagram(textOf('docs/state-machine.md'));

  test('draws every state of a job, and none other', () => {
    expect(states.toSorted()).toEqual(STATES.toSorted());
  });

  test('draws no arrow twice, and one to each state', () => {
    expect(arrows).toEqual([...new Set(arrows)]);
    const reached = new Set(arrows.map((arrow) => arrow.split(' -> ').at(-1)));
    expect(STATES.filter((state) => !reached.has(state))).toEqual([]);
  });
});

describe('the documents', () => {
  test('name no file that does not exist', () => {
    expect(DOCUMENTS.flatMap((document) => pathsIn(textOf(document))).length).toBeGreaterThan(50);
    expect(wrong(pathsIn, exists)).toEqual([]);
  });

  test('link to nothing that does not exist', () => {
    expect(wrong(linksIn, (link, document) => isReachable(document, link))).toEqual([]);
  });

  test('name no npm script that does not exist', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(textOf('package.json'));
    expect(wrong(npmScriptsIn, (name) => scripts[name] !== undefined)).toEqual([]);
  });

  test('type no command line that mktq does not take', () => {
    expect(DOCUMENTS.flatMap((document) => commandLinesIn(textOf(document)).flatMap(problemWith))).toEqual(
      [],
    );
  });

  test('the layout in the README has every room of shared and every folder beside it', () => {
    const [layout = ''] = fenced(textOf('README.md').split('\n## Layout\n')[1] ?? '', '');
    const words = new Set(layout.match(/[\w-]+/g));
    expect(foldersIn('.').filter((name) => !words.has(name))).toEqual([]);
    expect(foldersIn('shared').filter((name) => !words.has(name))).toEqual([]);
  });

  test('the decisions have the numbers and titles that their list says', () => {
    const pages = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => /^\d/.test(name));
    const titles = pages.map((name) => /^# (\d+)\. (.+)$/m.exec(textOf(`docs/decisions/${name}`)));
    const listed = textOf('docs/decisions/README.md').match(/^\d+\. .*$/gm);
    expect(listed).toEqual(pages.map((name, i) => `${titles[i]?.[1]}. [${titles[i]?.[2]}](${name})`));
  });

  test('every document that a comment cites exists, and has the section', () => {
    const unknown = foldersIn('.')
      .filter((room) => room !== 'docs')
      .flatMap((room) =>
        readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts'))
          .map((name) => join(room, name)),
      )
      .flatMap((file) =>
        citationsIn(textOf(file))
          .filter(({ document, section }) => !hasSection(document, section))
          .map(({ document, section }) => `${file} cites ${document} ${section ?? ''}`),
      );
    expect(unknown).toEqual([]);
  });
});

describe('docs/rest.md', () => {
  test('has every code of REST that proves that nothing ran, and no other', () => {
    const [, section = ''] = textOf('docs/rest.md').split('\n### Codes that prove nothing ran\n');
    const cells = [...section.matchAll(/^\| ([\d, to]+) \|/gm)].map(([, cell = '']) => cell);
    const told = cells
      .slice(
        0,
        cells.findIndex((cell) => cell.startsWith('20')),
      )
      .flatMap(codesOf);
    const proving = Object.keys(CODES)
      .map(Number)
      .filter((code) => code < 10_000 && provesNothingRan(code));
    expect(told.toSorted((one, other) => one - other)).toEqual(proving);
  });
});

describe('what holds the documents', () => {
  test('finds a path in code and in what is to be typed, not in prose', () => {
    const text = 'see `shared/run/run.ts`, not shared/gone\n\n```sh\nnpx vitest run test/kill\n```\n';
    expect(pathsIn(text)).toEqual(['shared/run/run.ts', 'test/kill']);
    expect(pathsIn('`test/fixtures/<operation>__<case>/` and `shared/aws/`')).toEqual([
      'test/fixtures',
      'shared/aws',
    ]);
  });

  test('misses neither a link nor the section in it', () => {
    expect(linksIn('[a](docs/costs.md#x), [b](https://example.com)')).toEqual(['docs/costs.md#x']);
    expect(isReachable('docs/costs.md', '../README.md#the-path-of-one-job')).toBe(true);
    expect(isReachable('docs/costs.md', '../README.md#no-such-section')).toBe(false);
    expect(isReachable('docs/costs.md', 'no-such-page.md')).toBe(false);
  });

  test('knows the words and options of each command', () => {
    const problems = (line: string) => commandLinesIn(`\`${line}\``).flatMap(problemWith);
    expect(problems('npx mktq dlq redrive --cause 3f2a --dry-run --stack mktq-acme')).toEqual([]);
    expect(problems('mktq dlq discard ID --reason "it had --gone before"')).toEqual([]);
    expect(problems('mktq dlq drop ID')).toEqual(['mktq dlq drop ID: no command "drop"']);
    expect(problems('npx mktq status --loud')).toEqual(['mktq status --loud: no option --loud']);
  });

  test('reads a citation with its section', () => {
    expect(citationsIn('// docs/costs.md, and docs/marketo-facts.md 2.1.')).toEqual([
      { document: 'docs/costs.md', section: null },
      { document: 'docs/marketo-facts.md', section: '2.1' },
    ]);
    expect(hasSection('docs/marketo-facts.md', '2.1')).toBe(true);
    expect(hasSection('docs/marketo-facts.md', '2.99')).toBe(false);
  });
});

/** Of what the documents say, the part that is not right, each with its document. */
const wrong = (
  said: (text: string) => readonly string[],
  isRight: (word: string, document: string) => boolean,
): readonly string[] =>
  DOCUMENTS.flatMap((document) =>
    said(textOf(document))
      .filter((word) => !isRight(word, document))
      .map((word) => `${document}: ${word}`),
  );

/** `1001 to 1003, 1007` */
const codesOf = (cell: string): readonly number[] =>
  cell.split(', ').flatMap((part) => {
    const [first = 0, last = first] = part.split(' to ').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });

function foldersIn(path: string): readonly string[] {
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|coverage|dist|cdk\.out)$/.test(entry.name))
    .map(({ name }) => name);
}

function isReachable(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  if (!exists(target)) return false;
  return anchor === undefined || anchorsIn(textOf(target)).includes(anchor);
}

/** `2` is a heading, `2.1` a fact below it. */
function hasSection(document: string, section: string | null): boolean {
  if (!exists(document)) return false;
  const text = textOf(document);
  return section === null || text.includes(`\n## ${section}. `) || text.includes(`**${section}** `);
}

function program(): Command {
  const root = new Command('mktq');
  for (const option of ['--data <dir>', '--stack <name>', '--json', '--help', '--version'])
    root.option(option);
  // Nothing is run, so nothing is asked of it.
  for (const define of commands) define(root, {} as Cli);
  return root;
}

const MKTQ = program();

/** A sentence if there is no such command, or it has no such option. */
function problemWith(words: readonly string[]): readonly string[] {
  const line = `mktq ${words.join(' ')}`;
  let command = MKTQ;
  const options = [...MKTQ.options];
  for (const word of words) {
    if (word.startsWith('--')) {
      if (!options.some(({ long }) => long === word)) return [`${line}: no option ${word}`];
    } else if (command.commands.length > 0) {
      const next = command.commands.find((known) => known.name() === word);
      if (next === undefined) return [`${line}: no command "${word}"`];
      command = next;
      options.push(...next.options);
    }
  }
  return [];
}
