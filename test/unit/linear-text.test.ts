import { describe, expect, test } from 'vitest';
import { fitText } from '../../cli/render/fit.ts';
import { letterText } from '../../cli/render/letter.ts';
import { plainStyle } from '../../cli/render/style.ts';
import { harmless, harmlessScreen, oneLine } from '../../cli/render/text.ts';
import { withoutAddresses } from '../../functions/on-lambda.ts';
import { maskValues } from '../../shared/deadletter/cause.ts';
import { personOf } from '../../shared/deadletter/person.ts';
import { jsonProblem } from '../../shared/job/json-problem.ts';
import { mask } from '../../shared/marketo/http/mask.ts';
import { readReply } from '../../shared/marketo/soap/read-reply.ts';
import { isCostly } from '../../shared/marketo/soap/reply-cost.ts';
import { forget } from '../../shared/operate/forget/forget.ts';
import { leadJob } from '../support/letters.ts';
import { operateWorld } from '../support/operate.ts';
import { letterHead, SOME_TIME } from '../support/rows.ts';

// Time is compared with time of the same run, never with a number of milliseconds: eight times the text takes some eight
// times as long where each part is read once, and 64 times where it is read again from each of its places.

const TIMES = 8;
const SMALL = 12_000;
const MOST_GROWTH = 24;
/** Below this a measurement says nothing. */
const LEAST_MS = 1.5;
const ROUNDS = 4;

type Work = (text: string) => unknown;

/** Of this thread; before Node 23.9, of the whole process. */
const perThread: typeof process.threadCpuUsage | undefined = process.threadCpuUsage;
const cpuUsage = perThread ?? process.cpuUsage;

/** The least work of three tries, in ms of this thread alone: what else the machine does must not count. */
async function fastest(work: Work, text: string): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run += 1) {
    const started = cpuUsage();
    await work(text);
    const { user, system } = cpuUsage(started);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}

/** The least of some measurements: what else the machine does makes one larger, and what reads a text again is so in each. */
async function growth(work: Work, small: string, large: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && least >= MOST_GROWTH; round += 1) {
    const before = await fastest(work, small);
    least = Math.min(least, (await fastest(work, large)) / Math.max(before, LEAST_MS));
  }
  return least;
}

const cli = {
  style: plainStyle,
  width: 80,
  clock: () => SOME_TIME,
  dataDir: '/data',
  env: { MKTQ_DATA: '/data' },
} as const;
const shown: Work = (text) =>
  letterText(cli, letterHead({ message: text }), {
    job: text,
    retryBody: null,
    request: null,
    response: text,
  });

const read: Work = (body) => readReply('syncLead', { status: 200, headers: {}, body }, () => ({}));

async function forgotten(text: string): Promise<void> {
  const world = operateWorld();
  await world.deadLetter(leadJob('j1'), { jobBody: `ann@example.com ${text}` });
  await forget(world.ports, 'ann@example.com');
}

const ann = personOf('ann.of.the.long.name@example.com');
const lead = personOf('17');
const KEY = 'a-key-of-the-account&/+ with more than a few letters';

const CASES: readonly (readonly [string, Work, readonly string[]])[] = [
  ['a reply', read, ['<![CDATA[', '<![CDATA[x]]>', '<', '<a', '<a>', '<a b="', '<!--', '(20103', '{', '\n']],
  ['dlq show', shown, ['<', '<!--', '<![CDATA[', '<a>', '<a', '[', '{"a":', '\u001b[', 'a', '\u0301 ', ' ']],
  ['forget', forgotten, ['a', 'a@', '%40', '\\', '&#0', 'ann@example.co ']],
  [
    'a person',
    (text) => [ann.isNamedIn(text), ann.redact(text)],
    ['ann.of.the.long.name@example.co ', '\\', '&amp;', '%', 'a'],
  ],
  [
    'a numbered person',
    (text) => [lead.isNamedIn(text), lead.redact(text)],
    ['17 ', 'IDNUM keyValues 17 ', '0', 'Id:'],
  ],
  [
    'the mask',
    (text) => mask(text, [KEY, 'a'.repeat(40)]),
    [KEY.slice(0, -1), 'a', '\\', '&amp;', '%25', '&#0'],
  ],
  ['the log', withoutAddresses, ['a', 'a@', '@', '%40', '%', 'a b']],
  [
    'a line that is broken',
    (text) => fitText(text, 60),
    ['a', 'a ', 'a  ', '日', 'npx mktq a ', 'npx mktq a  ', "npx mktq '", "echo '", "echo 'a' | npx", '--a '],
  ],
  ['the cause', (text) => maskValues(text, 20_103), ['a', "'a", '"', '1', '-1', 'a1-', 'A=', '…', 'http://']],
  [
    'a line',
    (text) => [oneLine(text), harmless(text), harmlessScreen(text)],
    ['\u001b[', '\u001b', '\u001b];', '\u009b;1', ' ', 'a'],
  ],
  ['the look at markup', isCostly, ['<', '<a', '<a =', '<a/>', '</a>', '<>']],
  ['the look at JSON', (text) => jsonProblem([...text]), ['a']],
];

describe('text of any length', () => {
  test.each(CASES.flatMap(([name, work, units]) => units.map((unit) => [name, unit, work] as const)))(
    '%s reads each part of %j once',
    async (_, unit, work) => {
      const [small, large] = [SMALL, TIMES * SMALL].map((length) =>
        unit.repeat(Math.ceil(length / unit.length)),
      );
      expect(await growth(work, small ?? '', large ?? '')).toBeLessThan(MOST_GROWTH);
    },
  );

  test('a secret or a person of twice the letters costs a near miss no more than a few times as much', async () => {
    const costs = async (secret: string): Promise<number> => {
      const near = `${secret.slice(0, -1)}! `.repeat(400);
      return fastest(
        (text) => [mask(text, [secret]), personOf(`${secret}@example.com`).isNamedIn(text)],
        near,
      );
    };
    // Two spellings of each letter that begin alike would double the work with every letter.
    const letters = 'abcdefghijklmnop';
    expect(await costs(letters + letters)).toBeLessThan(
      MOST_GROWTH * Math.max(await costs(letters), LEAST_MS),
    );
  });
});
