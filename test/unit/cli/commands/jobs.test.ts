import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../../cli/connection.ts';
import { Failure, UsageError } from '../../../../cli/exit.ts';
import { dueProbes, probeFailed, probeSucceeded } from '../../../../shared/budget/probe.ts';
import type { BudgetState } from '../../../../shared/budget/state.ts';
import type { JobRow } from '../../../../shared/ledger/row.ts';
import { replaceState } from '../../../../shared/operate/hold.ts';
import { memoryAcknowledgements } from '../../../memory/memory-acknowledgements.ts';
import { memoryArchive } from '../../../memory/memory-archive.ts';
import { memoryBodies } from '../../../memory/memory-bodies.ts';
import { memoryBudgetStore } from '../../../memory/memory-budget-store.ts';
import { memoryCalls } from '../../../memory/memory-calls.ts';
import { memoryCancellations } from '../../../memory/memory-cancellations.ts';
import { memoryChunks } from '../../../memory/memory-chunks.ts';
import { memoryForeignGroups } from '../../../memory/memory-foreign-groups.ts';
import { memoryJobsQueue } from '../../../memory/memory-jobs-queue.ts';
import { memoryLedger } from '../../../memory/memory-ledger.ts';
import { memoryStore } from '../../../support/asking.ts';
import { command } from '../../../support/command.ts';
import { jobRow, letterHead, SOME_TIME } from '../../../support/rows.ts';

const LIMITS = { ratePerWindow: 100, windowMs: 20_000, concurrency: 10, dailyQuota: 1_000, share: 1 };

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-cli-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (text: string): string => {
  const path = join(dir, 'input');
  writeFileSync(path, text);
  return path;
};

function world() {
  const ports = {
    ledger: memoryLedger(),
    chunks: memoryChunks(),
    cancellations: memoryCancellations(),
    archive: memoryArchive(),
    bodies: memoryBodies(),
    calls: memoryCalls(),
    budgetStore: memoryBudgetStore(),
    directoryStore: memoryStore(),
    foreignGroups: memoryForeignGroups(),
    acknowledgements: memoryAcknowledgements(),
    jobsQueue: memoryJobsQueue(() => SOME_TIME),
    account: 'default',
    limits: LIMITS,
    oldestMessageAge: async (): Promise<number | null> => null,
    retentionMs: 30 * 24 * 3_600_000,
    operator: async () => 'ann',
    clock: () => SOME_TIME,
  };
  return {
    ...ports,
    put: async (row: JobRow) => {
      ports.ledger.put(row);
    },
  };
}
type World = ReturnType<typeof world>;

interface RunOptions {
  readonly stdin?: string;
  /** Called for each wait of the command. */
  readonly onSleep?: () => Promise<void>;
  readonly change?: Partial<Connection>;
  /** No stack is running. */
  readonly alone?: boolean;
}

function mktq({ put: _, ...ports }: World, words: readonly string[], options: RunOptions = {}) {
  const { stdin, onSleep, change, alone } = options;
  const sleep = async (): Promise<void> => onSleep?.();
  return command({ ...ports, sleep }, words, {
    alone,
    ...(stdin === undefined ? {} : { stdin }),
    ...(change === undefined ? {} : { connection: change }),
  });
}

const CSV = 'Email,FirstName\na@example.com,Ann\nb@example.com\nc@example.com,"C\nC"\nd@example.com,D\n';

describe('mktq enqueue', () => {
  test('enqueues a row a job under its batch and line, and refuses the broken row alone', async () => {
    const here = world();
    const args = ['enqueue', 'syncLead', '--csv', file(CSV), '--key', 'Email', '--batch', 'b'];
    const run = await mktq(here, [...args, '--json']);
    expect(run.lines()).toEqual([
      { id: 'b-2', outcome: 'enqueued' },
      { line: 3, error: '1 cell where the header names 2' },
      { id: 'b-4', outcome: 'enqueued' },
      { id: 'b-6', outcome: 'enqueued' },
    ]);
    expect(run.code).toBe(1);
    expect(run.err).toBe('line 3: 1 cell where the header names 2\n');
    expect(here.jobsQueue.messages()).toHaveLength(3);

    const again = await mktq(here, args);
    expect(again.out).toBe('0 jobs enqueued, 3 had been before and were not sent again, 1 refused\n');
    expect((await mktq(here, [...args, '--json'])).lines()[0]).toEqual({ id: 'b-2', outcome: 'known' });
    expect(here.jobsQueue.messages()).toHaveLength(3);
  });

  test('enqueues one job from stdin with the options it was given', async () => {
    const here = world();
    const stdin = '{"leadKey":{"keyType":"EMAIL","keyValue":"a@example.com"}}';
    const args =
      'enqueue getLead - --id one --on-in-doubt retry --max-attempts 3 --not-before 2026-11-23T10:00+01:00';
    const run = await mktq(here, args.split(' '), { stdin });
    expect(run.code).toBe(0);
    expect(run.out).toBe('enqueued one\nfollow: npx mktq jobs show one\n');
    expect(JSON.parse(here.jobsQueue.messages()[0]?.body ?? '')).toMatchObject({
      id: 'one',
      operation: 'getLead',
      onInDoubt: 'retry',
      maxAttempts: 3,
      notBefore: '2026-11-23T09:00:00.000Z',
    });
  });

  test('takes whole messages, whose own words outweigh the options', async () => {
    const here = world();
    const params = { leadRecord: { Email: 'a@example.com' }, returnLead: false };
    const jobs = [
      { version: 1, id: 'own', operation: 'syncLead', params, batch: 'theirs' },
      { operation: 'syncLead', params },
    ];
    const path = file(jobs.map((job) => JSON.stringify(job)).join('\n'));
    const run = await mktq(here, ['enqueue', '--jobs', path, '--batch', 'b', '--json']);
    expect(run.lines()).toMatchObject([{ id: 'own' }, { id: 'b-2' }]);
    const bodies = here.jobsQueue.messages().map(({ body }) => JSON.parse(body));
    expect(bodies.map(({ batch }) => batch)).toEqual(['theirs', 'b']);
  });

  test('enqueues without a file what takes no params', async () => {
    expect((await mktq(world(), ['enqueue', 'getTags'])).code).toBe(0);
  });

  test.each([
    [['enqueue'], 'OPERATION'],
    [['enqueue', 'jobs.ndjson'], 'use --jobs jobs.ndjson'],
    [['enqueue', 'jobs.ndjson'], 'as in syncLead jobs.ndjson'],
    [['enqueue', '/data/jobs'], 'use --jobs /data/jobs'],
    [['enqueue', '-'], 'stdin is not an operation: for whole job messages use --jobs -'],
    // A file of this checkout without an ending.
    [['enqueue', 'LICENSE'], 'use --jobs LICENSE'],
    [['enqueue', 'leads.csv'], 'as in syncLead --csv leads.csv --key Email'],
    [['enqueue', 'syncLeads'], 'syncLeads is not an operation; they are '],
    [['enqueue', 'syncLead'], 'needs params'],
    [['enqueue', 'synclead', '-'], 'did you mean syncLead'],
    [['enqueue', 'getLead', '--csv', 'x', '--key', 'Email'], '--csv is for syncLead'],
    [['enqueue', 'syncLead', '--csv', 'x'], '--key'],
    [['enqueue', 'syncLead', '-', '--blank-clears'], 'belong to --csv'],
    [['enqueue', 'syncLead', '--jobs', 'x'], '--jobs takes whole messages'],
    [['enqueue', '--jobs', 'x', '--rejects', 'y'], 'belong to --csv'],
    [['enqueue', 'getTags', '--include-in-doubt'], 'belong to --csv'],
    [['enqueue', 'getTags', '--id', 'a b'], '--id'],
    [['enqueue', 'getTags', '--batch', 'a/b'], '--batch'],
    [['enqueue', 'getTags', '--not-before', 'tomorrow'], '--not-before'],
    [['enqueue', 'getTags', '--not-before', '2026-11-31T10:00:00Z'], 'a zone that exists'],
    [['enqueue', 'getTags', '--max-attempts', '0'], '--max-attempts'],
  ])('calls %j wrong usage before it opens anything', async (words, message) => {
    await expect(mktq(world(), words, { alone: true })).rejects.toThrow(UsageError);
    await expect(mktq(world(), words, { alone: true })).rejects.toThrow(message);
  });

  test('sends nothing of many jobs under one id', async () => {
    const here = world();
    const stdin = '{}\n{}\n';
    await expect(mktq(here, ['enqueue', 'getTags', '-', '--id', 'x'], { stdin })).rejects.toThrow(
      '--id is for one job',
    );
    expect(here.jobsQueue.messages()).toEqual([]);
  });

  test('fails in one line on a file that is not there', async () => {
    await expect(mktq(world(), ['enqueue', 'getTags', join(dir, 'none')])).rejects.toThrow(Failure);
  });

  test('waits for the ends and fails if one is dead-lettered', async () => {
    const here = world();
    const end = async (jobId: string, state: JobRow['state']) => {
      await here.put(jobRow({ jobId, state }));
    };
    let waits = 0;
    const onSleep = async () => {
      waits += 1;
      if (waits === 1) await end('b-1', { kind: 'completed', at: 1, result: null, resultDropped: false });
      else await end('b-2', { kind: 'dead-lettered', at: 1, letterId: 'b-2', quietUntil: null });
    };
    const run = await mktq(here, 'enqueue getTags - --batch b --wait'.split(' '), {
      stdin: '{}\n{}\n',
      onSleep,
    });
    expect(waits).toBe(2);
    expect(run.code).toBe(1);
    expect(run.out).toContain('1 job completed, 1 dead-lettered');
    expect(run.err).toContain('npx mktq dlq show b-2');
  });

  test('prints with --json the JSON of each job with its result when it has ended, and of a refused row its error', async () => {
    const here = world();
    const onSleep = async () => {
      const result = await here.bodies.save('b-1/result', '{"result":{"leadId":7}}', null);
      const state = { kind: 'completed', at: 1, result, resultDropped: false } as const;
      await here.put(jobRow({ jobId: 'b-1', operation: 'getTags', state }));
    };
    const run = await mktq(here, 'enqueue getTags - --batch b --wait --json'.split(' '), {
      stdin: '{}\n[]\n',
      onSleep,
    });
    expect(run.lines()).toEqual([
      { line: 2, error: expect.any(String) },
      {
        id: 'b-1',
        operation: 'getTags',
        state: 'completed',
        attempts: [],
        waiting: null,
        result: { result: { leadId: 7 } },
      },
    ]);
    expect(run.code).toBe(1);
  });

  test('warns when the backlog is more than ten days of quota', async () => {
    const stats = async () => ({ visible: 10_001, inFlight: 0, delayed: 0 });
    const here = world();
    const run = (visible: typeof stats) =>
      mktq(here, ['enqueue', 'getTags'], { change: { jobsQueue: { ...here.jobsQueue, stats: visible } } });
    expect((await run(stats)).err).toContain('11 days of quota');
    expect((await run(async () => ({ visible: 10_000, inFlight: 0, delayed: 0 }))).err).toBe('');
  });
});

describe('mktq jobs', () => {
  test('shows what happened to a job, with its result', async () => {
    const here = world();
    const result = await here.bodies.save('job-1/result', '{"leadId":7}', null);
    await here.put(jobRow({ state: { kind: 'completed', at: SOME_TIME, result, resultDropped: false } }));
    const run = await mktq(here, ['jobs', 'show', 'job-1', '--json']);
    expect(run.lines()).toEqual([
      {
        id: 'job-1',
        operation: 'syncLead',
        state: 'completed',
        attempts: [],
        waiting: null,
        result: { leadId: 7 },
        batch: null,
        epoch: 0,
        params: null,
        timeline: [
          { at: '2026-11-22T10:00:00.000Z', event: 'enqueued' },
          { at: '2026-11-22T10:00:00.000Z', event: 'completed' },
        ],
      },
    ]);
  });

  test('fails on a job that does not exist', async () => {
    await expect(mktq(world(), ['jobs', 'show', 'nobody'])).rejects.toThrow(
      'a message that is no valid job has a letter alone: npx mktq dlq list --class malformed --text nobody\n',
    );
  });

  test('lists why jobs wait, one behind the other', async () => {
    const here = world();
    const until = SOME_TIME + 5_000;
    await here.put(
      jobRow({
        jobId: 'a',
        sequenceNumber: '1',
        state: { kind: 'waiting', reason: 'backoff', until, isLong: true },
      }),
    );
    await here.put(jobRow({ jobId: 'b', sequenceNumber: '2', enqueuedAt: SOME_TIME + 1 }));
    await here.put(
      jobRow({ jobId: 'c', orderingKey: 'lead:EMAIL:other@example.com', enqueuedAt: SOME_TIME + 2 }),
    );
    const run = await mktq(here, ['jobs', 'list', '--json']);
    const at = '2026-11-22T10:00:05.000Z';
    expect(JSON.parse(run.out)).toMatchObject([
      { id: 'c', state: 'queued', waiting: null },
      { id: 'b', state: 'waiting', waiting: { reason: 'order', until: at } },
      { id: 'a', state: 'waiting', waiting: { reason: 'backoff', until: at } },
    ]);
    const ids = async (...words: string[]) => {
      const jobs: { id: string }[] = JSON.parse((await mktq(here, ['jobs', 'list', '--json', ...words])).out);
      return jobs.map(({ id }) => id);
    };
    expect(await ids('--state', 'waiting')).toEqual(['a']);
    expect(await ids('--state', 'waiting', '--lead', 'a@example.com')).toEqual(['b', 'a']);
    expect(await ids('--state', 'queued', '--lead', 'other@example.com')).toEqual(['c']);
    expect(await ids('--lead', ' A@Example.com')).toEqual(['b', 'a']);
    expect(await ids('--limit', '1')).toEqual(['c']);
    expect((await mktq(here, ['jobs', 'list'])).out).toContain('backoff until 10:00 UTC');
  });

  test.each(['queued', 'running', 'completed'])('asks for a lead or a batch of what is %s', async (state) => {
    const listing = mktq(world(), ['jobs', 'list', '--state', state]);
    await expect(listing).rejects.toThrow(UsageError);
    await expect(listing).rejects.toThrow(`--state ${state} needs --lead or --batch`);
  });

  test('goes on where a cut list says, under the same conditions', async () => {
    const here = world();
    for (const n of [1, 2, 3]) await here.put(jobRow({ jobId: `n${n}`, enqueuedAt: SOME_TIME + n }));
    const first = await mktq(here, ['jobs', 'list', '--lead', 'a@example.com', '--limit', '2']);
    const typed = 'npx mktq jobs list --lead a@example.com --limit 2 --after n2';
    expect(first.out).toContain(`2 jobs shown; the older ones: ${typed}\n`);
    const rest = await mktq(here, typed.split(' ').slice(2));
    expect(rest.out).toMatch(/^id .*\nn1 [^\n]*\n$/s);
    await expect(mktq(here, ['jobs', 'list', '--lead', 'a@example.com', '--after', 'x'])).rejects.toThrow(
      'there is no job "x"',
    );
    await expect(mktq(here, ['jobs', 'list', '--code', '611', '--after', 'n1'])).rejects.toThrow(
      'job n1 is not dead',
    );
  });

  test('says that there are more where nothing orders them', async () => {
    const here = world();
    for (const n of [1, 2, 3]) await here.put(jobRow({ jobId: `n${n}` }));
    const cut = await mktq(here, ['jobs', 'list', '--limit', '2']);
    expect(cut.out).toContain('there are more: --limit shows more of them');
    expect((await mktq(here, ['jobs', 'list', '--limit', '3'])).out).not.toContain('there are more');
  });

  test.each([
    [['--code', 'x'], '--code wants a number'],
    [['--since', 'yesterday'], '--since wants a time'],
    [['--limit', '0'], '--limit wants a number'],
    [['--lead', ' '], '--lead wants an e-mail address'],
    [['--operation', 'syncLead', '--after', 'n1'], '--after needs --lead, --batch, --state'],
  ])('refuses %j', async (words, said) => {
    const listing = mktq(world(), ['jobs', 'list', ...words]);
    await expect(listing).rejects.toThrow(UsageError);
    await expect(listing).rejects.toThrow(said);
  });

  test('says of the waiting that are asked for alone that short waits are not among them', async () => {
    const note = 'only what is parked, or was put off for more than a minute at once';
    expect((await mktq(world(), ['jobs', 'list', '--state', 'waiting'])).err).toContain(note);
    expect((await mktq(world(), ['jobs', 'list', '--state', 'waiting', '--batch', 'b'])).err).toBe('');
  });
});

describe('mktq batch show', () => {
  test('counts a batch, and fails on one that nobody has heard of', async () => {
    const here = world();
    await here.put(jobRow({ jobId: 'a', batch: 'b', listed: true }));
    await here.put(
      jobRow({
        jobId: 'c',
        batch: 'b',
        state: { kind: 'completed', at: 1, result: null, resultDropped: false },
      }),
    );
    const run = await mktq(here, ['batch', 'show', 'b', '--json']);
    expect(run.lines()).toEqual([
      { batch: 'b', total: 2, completed: 1, deadLettered: 0, cancelled: 0, waiting: 1 },
    ]);
    await expect(mktq(here, ['batch', 'show', 'other'])).rejects.toThrow(Failure);
  });

  test('colours nothing by a name that a bare sender gave, and quotes it in the commands that it prints', async () => {
    const here = world();
    const batch = '\u001b[31mQ3; id';
    await here.put(jobRow({ jobId: 'a', batch, listed: true }));
    const { out } = await mktq(here, ['batch', 'show', batch]);
    expect(out).toMatch(/^Q3; id {2}\[/);
    expect(out).toContain("--batch 'Q3; id' --state waiting");
    expect(out).not.toContain('\u001b');
  });
});

describe('mktq batch wait, failures, results and list', () => {
  const done = (text: string) =>
    ({ kind: 'completed', at: 1, result: { kind: 'inline', text }, resultDropped: false }) as const;

  async function sent(words: string): Promise<World> {
    const here = world();
    await mktq(here, ['enqueue', 'getTags', '-', '--batch', 'b'], { stdin: '{}\n{}\n' });
    for (const [n, end] of words.split(' ').entries()) {
      const jobId = `b-${n + 1}`;
      if (end === 'dead') await here.archive.change(jobId, () => letterHead({ letterId: jobId, jobId }));
      const dead = { kind: 'dead-lettered', at: 1, letterId: jobId, quietUntil: null } as const;
      await here.put(jobRow({ jobId, batch: 'b', state: end === 'dead' ? dead : done('{"n":1}') }));
    }
    return here;
  }

  test('waits until the last has ended, and succeeds if all have completed', async () => {
    const here = await sent('done');
    const onSleep = () => here.put(jobRow({ jobId: 'b-2', batch: 'b', state: done('null') }));
    const run = await mktq(here, ['batch', 'wait', 'b', '--json'], { onSleep });
    expect(run.lines()).toEqual([
      { batch: 'b', total: 2, completed: 2, deadLettered: 0, cancelled: 0, waiting: 0 },
    ]);
    expect(run.code).toBe(0);
  });

  test('fails if some died, and names the command that says of what', async () => {
    const run = await mktq(await sent('done dead'), ['batch', 'wait', 'b']);
    expect(run.code).toBe(1);
    expect(run.out).toContain('npx mktq batch failures b');
  });

  test('gives up when the time is up, says how far it is, and fails', async () => {
    let now = SOME_TIME;
    const change = { clock: () => now };
    const onSleep = async () => {
      now += 5_000;
    };
    const run = await mktq(await sent('done'), 'batch wait b --timeout 1m --json'.split(' '), {
      onSleep,
      change,
    });
    expect(run.code).toBe(1);
    expect(run.err).toContain('the time is up: 1 job not ended');
    expect(run.lines()).toMatchObject([{ completed: 1, waiting: 1 }]);
    await expect(mktq(world(), ['batch', 'wait', 'b', '--timeout', 'soon'])).rejects.toThrow(UsageError);
  });

  test('has no progress in front of what it prints, on one terminal, and enqueue neither', async () => {
    const { put: _, ...ports } = await sent('done dead');
    let now = SOME_TIME;
    const clock = () => {
      now += 100;
      return now;
    };
    const typed = ['batch wait b', 'enqueue getTags - --batch b', 'enqueue getTags - --batch b --wait'];
    for (const words of typed) {
      const on = { stderr: { isTTY: true }, stdin: '{}\n{}\n' };
      const { screen } = await command(
        { ...ports, clock, sleep: async () => {} },
        `${words} --json`.split(' '),
        on,
      );
      const lines = screen.split('\n').map((line) => line.split('\r\u001b[2K').at(-1) ?? '');
      const json = lines.filter((line) => line.includes('{'));
      expect(json.map((line) => line.charAt(0))).toEqual(json.map(() => '{'));
      expect([json.length, screen.includes('\u001b[2K')]).toEqual([words === 'batch wait b' ? 1 : 2, true]);
    }
  });

  test('prints results and failures a line each, in the order of the lines', async () => {
    const here = await sent('dead done');
    expect((await mktq(here, ['batch', 'results', 'b'])).out).toBe('b-2  {"n":1}\n');
    expect((await mktq(here, ['batch', 'results', 'b', '--json'])).lines()).toEqual([
      { kind: 'completed', id: 'b-2', operation: 'syncLead', result: { n: 1 }, resultDropped: false },
    ]);
    expect((await mktq(here, ['batch', 'failures', 'b'])).out).toBe(
      'b-1  20105  Unknown attribute Shoe size\n',
    );
    expect((await mktq(here, ['batch', 'failures', 'b', '--json'])).lines()).toMatchObject([
      { kind: 'dead-lettered', id: 'b-1', class: 'invalid-request', code: 20105, letterId: 'b-1' },
    ]);
  });

  test('lists the batches, and fails on one that nobody has heard of', async () => {
    const here = await sent('done dead');
    expect((await mktq(here, ['batch', 'list', '--json'])).lines()).toMatchObject([
      [{ batch: 'b', total: 2, completed: 1, deadLettered: 1 }],
    ]);
    expect((await mktq(here, ['batch', 'list'])).out).toMatch(/^batch +sent +jobs/);
    for (const command of ['wait', 'failures', 'results'])
      await expect(mktq(here, ['batch', command, 'other'])).rejects.toThrow(Failure);
  });
});

describe('mktq batch cancel', () => {
  const enqueue = (here: World, batch: string, ...words: readonly string[]) =>
    mktq(here, ['enqueue', 'getTags', '-', '--batch', batch, ...words], { stdin: '{}\n{}\n' });

  test('says how many have not ended, and batch show that it was cancelled', async () => {
    const here = world();
    await enqueue(here, 'b');
    const { out, code } = await mktq(here, ['batch', 'cancel', 'b']);
    expect(out).toMatch(
      /^cancelled b: 2 jobs not ended yet; each ends as cancelled when its message comes up/,
    );
    expect(code).toBe(0);
    const again = await mktq(here, ['batch', 'cancel', 'b', '--json']);
    expect(again.lines()).toEqual([
      { batch: 'b', total: 2, completed: 0, deadLettered: 0, cancelled: 0, waiting: 2 },
    ]);
    for (const jobId of ['b-1', 'b-2'])
      await here.put(jobRow({ jobId, batch: 'b', state: { kind: 'cancelled', at: SOME_TIME } }));
    const shown = await mktq(here, ['batch', 'show', 'b']);
    expect(shown.out).toContain('2 of 2 ended');
    expect(shown.out).toContain('cancelled 2, waiting 0');
    expect(shown.out).toContain('none of it waits any more');
    expect((await mktq(here, ['jobs', 'show', 'b-1'])).out).toContain(
      'its batch was cancelled before it was run',
    );
  });

  test('fails on a batch that nobody has heard of', async () => {
    await expect(mktq(world(), ['batch', 'cancel', 'b'])).rejects.toThrow(Failure);
  });

  test('keeps a file from being enqueued under the name, and not from being enqueued under another', async () => {
    const here = world();
    await enqueue(here, 'b');
    await mktq(here, ['batch', 'cancel', 'b']);
    await expect(enqueue(here, 'b')).rejects.toThrow('give what is still wanted another batch name');
    expect(here.jobsQueue.messages()).toHaveLength(2);
    expect((await enqueue(here, 'b-again')).code).toBe(0);
    expect(here.jobsQueue.messages()).toHaveLength(4);
  });

  test('ends the waiting for its jobs, and makes it fail', async () => {
    const here = world();
    const end = (jobId: string, state: JobRow['state']) => here.put(jobRow({ jobId, batch: 'b', state }));
    const onSleep = async () => {
      await end('b-1', { kind: 'completed', at: 1, result: null, resultDropped: false });
      await end('b-2', { kind: 'cancelled', at: 1 });
    };
    const run = await mktq(here, ['enqueue', 'getTags', '-', '--batch', 'b', '--wait'], {
      stdin: '{}\n{}\n',
      onSleep,
    });
    expect(run.out).toContain('1 job completed, 0 dead-lettered, 1 cancelled with their batch');
    expect(run.code).toBe(1);
  });
});

describe('mktq status, pause and resume', () => {
  test('has the shape of the contract', async () => {
    const here = world();
    here.archive.put(letterHead());
    const change = { oldestMessageAge: async () => 90_000 };
    const run = await mktq(here, ['status', '--json'], { change });
    expect(run.lines()).toEqual([
      {
        budget: {
          account: 'default',
          day: '2026-11-22',
          spent: 0,
          jobsPerCall: null,
          limit: 1_000,
          others: null,
          left: 1_000,
          resetsAt: '2026-11-23T06:00:00.000Z',
          rate: { used: 0, limit: 100, windowMs: 20_000 },
          slots: { used: 0, limit: 10 },
          hold: null,
          holds: [],
        },
        queue: { visible: 0, inFlight: 0, oldestAgeMs: 90_000 },
        parked: 0,
        deadLetters: { open: 1 },
      },
    ]);
  });

  test('pauses and resumes the account, and says in between why everything waits', async () => {
    const here = world();
    await here.put(jobRow());
    await mktq(here, ['pause', '--reason', 'CRM maintenance']);
    const { out } = await mktq(here, ['status']);
    expect(out).toContain('HELD by operator');
    expect(out).toMatch(/for \d+ \w+, until mktq resume$/m);
    expect(out).toContain('CRM maintenance');
    expect(out).toContain('npx mktq resume');
    const shown = await mktq(here, ['jobs', 'show', 'job-1', '--json']);
    expect(shown.lines()).toMatchObject([{ waiting: { reason: 'operator', until: null } }]);
    expect((await mktq(here, ['resume', '--json'])).lines()).toEqual([{ hold: null, holds: [] }]);
    expect((await mktq(here, ['status'])).out).toContain('mktq OPEN');
  });

  test('takes no reason that says nothing, or more than is kept', async () => {
    const here = world();
    for (const reason of ['', 'x'.repeat(501)])
      await expect(mktq(here, ['pause', '--reason', reason])).rejects.toThrow(UsageError);
    expect(await here.budgetStore.get()).toBeNull();
    await mktq(here, ['pause', '--reason', ` ${'x'.repeat(500)} `]);
    expect((await here.budgetStore.get())?.holds.operator?.message).toBe('x'.repeat(500));
  });

  test('says what pause and resume changed, and when the jobs come back', async () => {
    const here = world();
    expect((await mktq(here, ['resume'])).out).toBe('nothing was held\n');
    expect((await mktq(here, ['pause'])).out).toBe('paused: no job is sent to Marketo until mktq resume\n');
    const { out } = await mktq(here, ['resume']);
    expect(out).toContain('ended the hold operator\n');
    expect(out).toContain('comes back within 5 min');
  });

  test('does not call resumed what the quota still holds, nor count calls that Marketo says are gone', async () => {
    const here = world();
    await replaceState(here, (state) => ({
      ...state,
      holds: {
        quota: {
          since: SOME_TIME,
          until: SOME_TIME + 3_600_000,
          message: '20015',
          probeAt: null,
          openings: 0,
        },
      },
    }));
    const { out } = await mktq(here, ['resume']);
    expect(out).toMatch(/^still held by quota: .*, ends in 1 h/);
    expect(out).not.toContain('comes back');
    expect((await mktq(here, ['status'])).out).toContain(
      '0 of 1,000 calls, and Marketo says that none is left',
    );
  });

  describe('resume --quota', () => {
    const quotaHold = { since: SOME_TIME, until: SOME_TIME + 3_600_000, message: '20015', openings: 1 };
    const held = { quota: { ...quotaHold, probeAt: SOME_TIME + 3_660_000 } };

    /** A stack that the quota holds, whose warden comes by while the command sleeps for the third time. */
    async function heldStack(warden: (state: BudgetState) => BudgetState) {
      const here = world();
      await replaceState(here, (state) => ({ ...state, holds: held }));
      let now = SOME_TIME;
      let sleeps = 0;
      const sleep = async (ms: number) => {
        now += ms;
        sleeps += 1;
        if (sleeps === 3) await replaceState(here, warden);
      };
      const run = (...words: readonly string[]) =>
        mktq(here, ['resume', ...words], { change: { sleep, clock: () => now } });
      return { here, run, sleeps: () => sleeps };
    }

    test('has the quota probed, and says that it is there', async () => {
      const { run, sleeps } = await heldStack((state) => probeSucceeded(state, 'quota', SOME_TIME + 1));
      const { out, code } = await run('--quota');
      expect(out).toContain('there is quota again');
      expect(out).toContain('ended the hold quota');
      expect(code).toBe(0);
      expect(sleeps()).toBe(3);
    });

    test('says what Marketo said where it is not, and fails', async () => {
      const refused = (state: BudgetState) => probeFailed(state, 'quota', SOME_TIME + 1, 'still spent');
      const { run, here } = await heldStack(refused);
      const { out, code } = await run('--quota');
      expect(out).toContain('not there yet; Marketo said: still spent');
      expect(out).toContain('still held by quota');
      expect(code).toBe(1);
      // The planned probe is still the next one: asking by day costs one call, not one each quarter of an hour.
      const { quota } = (await here.budgetStore.get())?.holds ?? {};
      expect(quota).toEqual({ ...held.quota, message: 'still spent' });
    });

    test('gives up after 90 seconds, fails, and leaves the question', async () => {
      const { run, here, sleeps } = await heldStack((state) => state);
      const { out, code } = await run('--quota');
      expect(out).toContain('within 1 min');
      expect(code).toBe(1);
      expect(sleeps()).toBe(90);
      const state = await here.budgetStore.get();
      expect(state === null ? [] : dueProbes(state, SOME_TIME)).toEqual(['quota']);
    });

    test('asks nobody where our own limit closed the day, and names it', async () => {
      const { run, here, sleeps } = await heldStack((state) => state);
      await replaceState(here, (state) => ({ ...state, spent: 1_000 }));
      const { out, code } = await run('--quota');
      expect(out).toContain('our own MARKETO_DAILY_QUOTA closed the day, at 1,000 calls');
      expect(code).toBe(1);
      expect(sleeps()).toBe(0);
      expect((await here.budgetStore.get())?.holds.quota?.asked).toBeUndefined();
    });

    test('asks nobody where the quota holds nothing, and lifts the rest', async () => {
      const here = world();
      await mktq(here, ['pause']);
      const { out, code } = await mktq(here, ['resume', '--quota']);
      expect(out).toContain('the quota does not hold the account');
      expect(out).toContain('ended the hold operator');
      expect(code).toBe(0);
    });

    test('answers in JSON', async () => {
      const { run } = await heldStack((state) => probeSucceeded(state, 'quota', SOME_TIME + 1));
      expect((await run('--quota', '--json')).lines()).toEqual([{ hold: null, holds: [], quota: 'lifted' }]);
    });

    test('is not what a plain resume does, which fails while the account stays closed', async () => {
      const { run, here } = await heldStack((state) => state);
      expect((await run()).code).toBe(1);
      expect((await here.budgetStore.get())?.holds.quota?.asked).toBeUndefined();
      expect((await mktq(world(), ['resume'])).code).toBe(0);
    });
  });

  test('says that the queue holds more than the day has left', async () => {
    const here = world();
    const status = async (visible: number) => {
      const jobsQueue = { ...here.jobsQueue, stats: async () => ({ visible, inFlight: 0, delayed: 0 }) };
      return (await mktq(here, ['status'], { change: { jobsQueue } })).out;
    };
    expect(await status(1_001)).toContain('more than the 1,000 calls left today');
    expect(await status(1_000)).not.toContain('left today');
  });

  test('shows a service that does not answer as such, with the rest, and fails', async () => {
    const here = world();
    const jobsQueue = {
      ...here.jobsQueue,
      stats: async () => {
        throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
      },
    };
    const run = await mktq(here, ['status'], { change: { jobsQueue } });
    expect(run.out).toContain('queue   cannot be read');
    expect(run.out).toContain('0 of 1,000 calls');
    expect(run.err).toContain('does not answer (ECONNREFUSED)');
    expect(run.code).toBe(1);
    const json = await mktq(here, ['status', '--json'], { change: { jobsQueue } });
    expect(json.lines()[0]).toMatchObject({ queue: null, deadLetters: { open: 0 } });
  });
});
