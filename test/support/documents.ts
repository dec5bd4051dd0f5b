import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** What a reader of the repository is given to read, by path. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'cli/README.md',
  'client/README.md',
  'simulator/README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export const exists = (path: string): boolean => existsSync(join(ROOT, path));

const FENCE = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;

/** What stands in fenced blocks of these languages; '' is a block that names none. */
export const fenced = (text: string, ...languages: readonly string[]): readonly string[] =>
  [...text.matchAll(FENCE)].flatMap(([, language = '', content = '']) =>
    languages.includes(language) ? [content] : [],
  );

const codeSpans = (text: string): readonly string[] =>
  [...text.replaceAll(FENCE, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

/** Everything that is to be typed or looked up as it stands. */
const code = (text: string): readonly string[] => [...codeSpans(text), ...fenced(text, 'sh')];

const ROOMS = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|coverage|dist)$/.test(entry.name))
  .map(({ name }) => name);

const PATH = new RegExp(`(?<![\\w./-])(?:${ROOMS.join('|')})/[\\w./<>*-]*`, 'g');

/** Paths of this repository; of `a/<x>/b` and `a/x-*` the folder alone can be looked for. */
export const pathsIn = (text: string): readonly string[] =>
  code(text).flatMap((span) =>
    [...span.matchAll(PATH)].map(([path]) => path.replace(/[^/]*[<*].*$/, '').replace(/[./]+$/, '')),
  );

export const npmScriptsIn = (text: string): readonly string[] =>
  code(text).flatMap((span) =>
    [...span.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)].map(
      ([, script, word]) => script ?? word ?? '',
    ),
  );

/** The words behind each `mktq`; what stands in quotes is one word, and what follows `#`, `|`, `>` or `&&` none. */
export const commandLinesIn = (text: string): readonly (readonly string[])[] =>
  code(text)
    .flatMap((span) => span.split('\n'))
    .flatMap((line) => line.split(/ #|\||>|&&/, 1))
    .flatMap((line) => /^(?:npx )?mktq (.+)$/.exec(line.trim())?.[1] ?? [])
    .map((words) => words.match(/"[^"]*"|'[^']*'|\S+/g) ?? []);

/** Links inside the repository, as written. */
export const linksIn = (text: string): readonly string[] =>
  [...text.replaceAll(FENCE, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors of a document's headings, as GitHub makes them. */
export const anchorsIn = (text: string): readonly string[] =>
  [...text.replaceAll(FENCE, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** States and arrows of a mermaid `stateDiagram-v2`, by the names that are shown; `[*]` is left out of the states. */
export function stateDiagram(text: string): {
  readonly states: readonly string[];
  readonly arrows: readonly string[];
} {
  const [diagram = ''] = fenced(text, 'mermaid');
  const shown = new Map(
    [...diagram.matchAll(/^ *state "([^"]+)" as (\w+)$/gm)].map(([, name = '', id = '']) => [id, name]),
  );
  const ends = [...diagram.matchAll(/^ *(\S+) --> (\S+) : \S/gm)].map(([, from = '', to = '']) =>
    [from, to].map((id) => shown.get(id) ?? id),
  );
  return {
    states: [...new Set(ends.flat())].filter((name) => name !== '[*]'),
    arrows: ends.map((pair) => pair.join(' -> ')),
  };
}

interface Citation {
  readonly document: string;
  readonly section: string | null;
}

/** `docs/marketo-facts.md 2.1` in a comment; without a number the page as a whole. */
export const citationsIn = (source: string): readonly Citation[] =>
  [...source.matchAll(/\b(docs\/[\w/-]+\.md)(?: (\d+(?:\.\d+)?))?/g)].map(([, document = '', section]) => ({
    document,
    section: section ?? null,
  }));
