import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { Cli } from '../../../../cli/cli.ts';
import { commands } from '../../../../cli/commands.ts';
import type { Connection } from '../../../../cli/connection.ts';
import { fitScreen, fitText } from '../../../../cli/render/fit.ts';
import { plainStyle, styleFor } from '../../../../cli/render/style.ts';
import { cells } from '../../../../cli/render/text.ts';
import { asListed, firstRow } from '../../../../shared/ledger/row.ts';
import { pauseAccount } from '../../../../shared/operate/hold.ts';
import { leadJob, NOON } from '../../../support/letters.ts';
import { operateWorld } from '../../../support/operate.ts';

const LONG_ID = `import-${'of-the-northern-region-'.repeat(5)}7`;
const MESSAGE = `the attribute ${'very '.repeat(40)}long of ${'x'.repeat(90)} cannot be read; it has 日本語の名前`;

const attempt = {
  callId: 'call-1',
  at: NOON - 3_600_000,
  durationMs: 90_312,
  class: 'invalid-request',
  code: 20105,
  httpStatus: 500,
  message: MESSAGE,
  counted: true,
} as const;

async function longWorld() {
  const world = operateWorld();
  const { ports } = world;
  for (const id of [LONG_ID, '-rf', 'short']) {
    await world.deadLetter(leadJob(id, 'ann@example.com', { batch: `batch-${LONG_ID}` }), {
      operation: 'getImportToListStatus',
      message: `${MESSAGE} of ${id}`,
      attempts: [attempt, { ...attempt, at: NOON - 60_000 }],
      request: await ports.bodies.save(`${id}/request`, '<q/>', null),
      response: await ports.bodies.save(`${id}/response`, '<a/>', null),
    });
  }
  const waits = leadJob(`waits-${LONG_ID}`, 'ann@example.com', { batch: 'b' });
  await world.putRow({
    ...asListed(firstRow(waits, { sequenceNumber: null, enqueuedAt: NOON - 60_000 })),
    attempts: [attempt],
    state: { kind: 'waiting', reason: 'quota', until: NOON + 3_600_000 },
  });
  await pauseAccount(ports, MESSAGE);
  return world;
}

/** What the command writes on a terminal of so many cells, stdout and stderr. */
async function shown(
  words: readonly string[],
  columns: number | undefined,
  world: Pick<Awaited<ReturnType<typeof longWorld>>, 'ports'> | null = null,
): Promise<string> {
  const { ports } = world ?? (await longWorld());
  const written: string[] = [];
  const stream = { columns, write: (text: string) => written.push(text) > 0 };
  const connection: Connection = {
    ...ports,
    stack: {
      name: `/home/ann/${'projects/'.repeat(9)}.mktq`,
      sqs: 'http://127.0.0.1:1',
      dynamodb: 'http://127.0.0.1:2',
      jobsQueueUrl: '',
      deadLetterQueueUrl: '',
      table: 'mktq',
      region: 'us-east-1',
      account: 'default',
      limits: ports.limits,
      retentionMs: 30 * 24 * 3_600_000,
      transport: 'rest',
      restChoices: { foreignIdField: null, partitions: {}, onDuplicate: 'dead-letter' },
    },
    close() {},
  };
  const cli: Cli = {
    stdout: stream,
    stderr: stream,
    stdin: (async function* () {})(),
    env: {},
    clock: ports.clock,
    sleep: ports.sleep,
    style: plainStyle,
    width: columns ?? Number.POSITIVE_INFINITY,
    json: false,
    dataDir: `/home/ann/${'projects/'.repeat(9)}it's here/.mktq`,
    connect: async () => connection,
    stop: () => ({ asked: false, whenAsked: new Promise(() => {}) }),
    exitWith: () => undefined,
  };
  const program = new Command('mktq').exitOverride();
  for (const define of commands) define(program, cli);
  await program.parseAsync([...words], { from: 'user' });
  return written.join('');
}

/** The bodies of a job, a request and an answer are shown as they were sent. */
function withoutBodies(screen: string): readonly string[] {
  let isBody = false;
  return screen.split('\n').filter((line) => {
    if (/^(?:Job as received|Request|Response\b|Params|Result)/.test(line)) isBody = true;
    else if (line === '') isBody = false;
    return !isBody;
  });
}

const SCREENS: readonly (readonly string[])[] = [
  ['status'],
  ['jobs', 'show', LONG_ID],
  ['jobs', 'show', `waits-${LONG_ID}`],
  ['jobs', 'list'],
  ['batch', 'show', `batch-${LONG_ID}`],
  ['batch', 'show', 'b'],
  ['dlq', 'list'],
  ['dlq', 'list', '--by-cause'],
  ['dlq', 'show', LONG_ID],
  ['dlq', 'show', '--', '-rf'],
  ['dlq', 'redrive', '--code', '20105', '--dry-run'],
  ['dlq', 'redrive', '--all'],
  ['dlq', 'discard', '--code', '20105', '--reason', MESSAGE],
  ['pause', '--reason', MESSAGE],
  ['resume'],
  ['forget', '--lead', 'ann@example.com'],
  ['operations'],
];

/** Nothing in it is longer than usual. */
async function usualWorld() {
  const world = operateWorld();
  for (let n = 0; n < 3; n += 1) await world.deadLetter(leadJob(`import-2026-11-22-${n}`));
  return world;
}

test('letters and causes are a line each on a terminal of eighty columns', async () => {
  const of = async (words: readonly string[]) => (await shown(words, 80, await usualWorld())).split('\n');
  expect(
    (await of(['dlq', 'list'])).filter((line) => /^import-2026-11-22-\d .* 20105 /.test(line)),
  ).toHaveLength(3);
  expect((await of(['status'])).filter((line) => /^ *3 {2}[0-9a-f]{12} .* 20105 /.test(line))).toHaveLength(
    1,
  );
});

describe('a screen', () => {
  describe.each([60, 80])('of %d columns', (width) => {
    test.each(SCREENS.map((words) => ({ title: words.join(' ').slice(0, 30), words })))(
      'has no wider line: $title',
      async ({ words }) => {
        const lines = withoutBodies(await shown(words, width));
        expect(lines.length).toBeGreaterThan(1);
        expect(lines.filter((line) => cells(line) > width)).toEqual([]);
      },
    );
  });

  test.each(['', 'enqueue', 'dlq list', 'dlq redrive'])(
    'of help has no line wider than COLUMNS: %s',
    (words) => {
      const program = new URL('../../../../cli/mktq.ts', import.meta.url).pathname;
      const help = execFileSync(process.execPath, [program, ...words.split(' ').filter(Boolean), '--help'], {
        encoding: 'utf8',
        env: { COLUMNS: '60' },
      });
      expect(help).toContain('Example');
      expect(help.split('\n').filter((line) => cells(line) > 60)).toEqual([]);
    },
  );

  test('is not broken where lines have no end, as in a pipe', async () => {
    const lines = (await shown(['dlq', 'list', '--by-cause'], undefined)).split('\n');
    expect(Math.max(...lines.map(cells))).toBeGreaterThan(300);
  });

  test('keeps what was sent as it was sent', () => {
    const verbatim = `{"a": "${'x '.repeat(60)}"}`;
    expect(fitScreen(['Request', { verbatim }], 60)).toBe(`Request\n${verbatim}`);
  });
});

describe('fitText', () => {
  test('breaks at spaces, under the text beside a label', () => {
    expect(fitText('quota   12 of 50,000 calls, 49,988 left today', 30)).toBe(
      'quota   12 of 50,000 calls,\n        49,988 left today',
    );
    expect(fitText('  a line of some words that goes on', 24)).toBe(
      '  a line of some words\n    that goes on',
    );
  });

  test('breaks no name in quotes, so that JSON can still be pasted', () => {
    const map = { 'Record ID': null, 'Phone, mobile': 'MobilePhone', Zip: null };
    const typed = JSON.stringify(map).replaceAll(',"', ', "');
    for (const width of [40, 45, 50])
      expect(JSON.parse(fitText(`give --map ${typed}`, width).replace('give --map', ''))).toEqual(map);
  });

  test('leaves alone what fits', () => {
    expect(fitText('a  b   c', 8)).toBe('a  b   c');
  });

  test('breaks a word that is wider than a line', () => {
    expect(fitText('x'.repeat(50), 24).split('\n').map(cells)).toEqual([24, 24, 6]);
  });

  test('counts no cells for colours and breaks none of them', () => {
    const { red } = styleFor({ isTTY: true }, {});
    const lines = fitText(`a ${red('b'.repeat(30))} c`, 24).split('\n');
    expect(Math.max(...lines.map(cells))).toBeLessThanOrEqual(24);
    expect(lines.join('').replaceAll(/ /g, '')).toBe(`a${red('b'.repeat(30))}c`);
  });

  test('puts what a command does below it where there is no room beside it', () => {
    expect(fitText('  npx mktq dlq show heads-1#2    what happened and what to do', 50)).toBe(
      '  npx mktq dlq show heads-1#2\n    what happened and what to do',
    );
  });

  test('puts a command below its label where there is no room beside it, an option and its value together', () => {
    expect(fitText('Look at one:      npx mktq dlq show heads-1#2 --data /home/ann/data', 40)).toBe(
      'Look at one:\n  npx mktq dlq show heads-1#2 \\\n    --data /home/ann/data',
    );
  });

  test('breaks the examples of a help so that they can be pasted, too', () => {
    expect(fitText('Examples:\n  mktq jobs list --batch import-2026 --state waiting', 40)).toBe(
      'Examples:\n  mktq jobs list --batch import-2026 \\\n    --state waiting',
    );
  });

  test.each([
    ['npx mktq dlq discard heads-1#2 --reason "no longer needed" --data /tmp/some/where'],
    [`npx mktq dlq show ${'y'.repeat(90)} --data '/home/ann/it'\\''s a directory with blanks in it/.mktq'`],
    [`npx mktq dlq show --data '/home/${'long name '.repeat(9)}/x' -- -rf`],
  ])('breaks a command so that a shell reads it as it was: %s', (command) => {
    const broken = fitText(`see: ${command}`, 40);
    expect(Math.max(...broken.split('\n').map(cells))).toBeLessThanOrEqual(40);
    const words = (text: string): string =>
      execFileSync('sh', ['-c', `npx() { printf '[%s]' "$@"; }\n${text}`], { encoding: 'utf8' });
    expect(words(broken.slice(broken.indexOf('npx')))).toBe(words(command));
  });
});
