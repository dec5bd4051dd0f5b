import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pauseAccount } from '../../../../shared/operate/hold.ts';
import {
  describeInstance,
  type End,
  type EnqueueWorld,
  enqueueWorld,
  runEnqueue,
} from '../../../support/enqueue-run.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-enqueue-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};

/** A file of so many leads, with one column beside their addresses. */
const leads = (count: number, column = 'FirstName'): string =>
  write(
    'leads.csv',
    [`Email,${column}`, ...Array.from({ length: count }, (_, i) => `lead-${i}@example.com,x`)].join('\n'),
  );

const csv = (file: string, ...words: readonly string[]) => [
  'syncLead',
  '--csv',
  file,
  '--key',
  'Email',
  ...words,
];

const UNKNOWN_FIELD: End = { code: 1006, message: 'no lead field is named "FavoriteColor"' };

describe('the header of a file', () => {
  test('that names an unknown field ends it before anything is sent, and says what to change', async () => {
    const world = enqueueWorld();
    await describeInstance(world);
    const run = runEnqueue(world, csv(leads(2_000, 'FavoriteColor')));
    await expect(run).rejects.toThrow(
      `the header of ${join(dir, 'leads.csv')}: no lead field is named "FavoriteColor"; near it are FavouriteColour ` +
        '(fields: the 4 of the instance, as a worker read them 1 h ago). Nothing was sent. Rename what is wrong in the file, ' +
        'or give --map a file such as {"FavoriteColor":"FavouriteColour"}; null leaves a column out. ' +
        '--no-header-check sends the rows all the same',
    );
    await expect(run).rejects.toMatchObject({ exitCode: 1 });
    expect(world.sent()).toEqual([]);
  });

  test('gets a map that can be taken as it is: a field is named once, and none that Marketo fills in itself', async () => {
    const world = enqueueWorld();
    await describeInstance(world);
    const columns = 'Email,First Name,FirstNam,FavoriteColor,FavouriteColor,Create At';
    const run = runEnqueue(world, csv(write('crm.csv', `${columns}\n`)));
    await expect(run).rejects.toThrow(
      '{"FirstNam":null, "FavoriteColor":"FavouriteColour", "FavouriteColor":null, "Create At":null};',
    );
  });

  test('is mended by a map, or sent all the same', async () => {
    const mapped = enqueueWorld();
    await describeInstance(mapped);
    const map = write('map.json', '{"FavoriteColor":"FavouriteColour"}');
    expect((await runEnqueue(mapped, csv(leads(3, 'FavoriteColor'), '--map', map))).code).toBe(0);
    expect(mapped.sent()).toHaveLength(3);

    const unchecked = enqueueWorld();
    await describeInstance(unchecked);
    const run = await runEnqueue(unchecked, csv(leads(3, 'FavoriteColor'), '--no-header-check'));
    expect([run.code, run.err]).toEqual([0, '']);
    expect(unchecked.sent()).toHaveLength(3);
  });

  test('cannot come with its map in one stdin', async () => {
    const words = ['syncLead', '--csv', '-', '--key', 'Email', '--map', '-'];
    await expect(runEnqueue(enqueueWorld(), words, { stdin: '{}' })).rejects.toThrow('both read stdin');
  });

  test('may say what Marketo shows on its pages, over REST', async () => {
    const world = enqueueWorld();
    await describeInstance(world);
    const run = await runEnqueue(world, csv(leads(1, 'Favourite colour')));
    expect([run.code, run.err]).toEqual([0, '']);
  });

  test('must not name one field twice', async () => {
    const world = enqueueWorld();
    await describeInstance(world);
    const file = write('twice.csv', 'Email,FirstName,First Name\na@example.com,A,B\n');
    await expect(runEnqueue(world, csv(file))).rejects.toThrow('FirstName and First Name are one field');
    expect(world.sent()).toEqual([]);
  });

  test('is held against the settings of the stack, too', async () => {
    const world = enqueueWorld();
    await describeInstance(world);
    const run = (partitions: Readonly<Record<string, string>>) =>
      runEnqueue(world, csv(leads(1), '--workspace', 'Europe'), {
        stack: { restChoices: { foreignIdField: null, partitions, onDuplicate: 'dead-letter' } },
      });
    await expect(run({})).rejects.toThrow('no partition is given for workspace "Europe"');
    expect((await run({ Europe: 'EMEA' })).code).toBe(0);
  });

  test('is only doubted where nobody has read the fields of the instance', async () => {
    const world = enqueueWorld();
    const run = await runEnqueue(world, csv(leads(3, 'FavoriteColor')));
    expect(run.err).toBe(
      '1 column is no standard field: FavoriteColor. If Marketo does not have it either, each row that fills it is dead-lettered ' +
        '(fields: the standard ones alone: no worker of this stack has asked for those of the instance yet)\n',
    );
    expect(world.sent()).toHaveLength(3);
  });

  test('has the names of SOAP over SOAP, where nobody reads the fields of the instance', async () => {
    const over = (transport: 'soap' | 'rest') =>
      runEnqueue(enqueueWorld(), csv(leads(1, 'firstName')), { stack: { transport } });
    expect((await over('soap')).err).toBe(
      '1 column is no standard field: firstName. If Marketo does not have it either, each row that fills it is dead-lettered ' +
        '(fields: the standard ones alone: over SOAP nobody reads those of the instance)\n',
    );
    expect((await over('rest')).err).toBe('');
  });
});

describe('what is said to follow', () => {
  const jobs = (...batches: readonly (string | undefined)[]) =>
    write(
      'jobs',
      batches
        .map((batch, i) => JSON.stringify({ id: `j${i}`, operation: 'getTags', params: {}, batch }))
        .join('\n'),
    );

  test('is the batch that has jobs of this run, and none where there is none', async () => {
    const world = enqueueWorld();
    const enqueue = async (...words: readonly string[]) => (await runEnqueue(world, words)).out;
    expect(await enqueue(...csv(write('empty.csv', 'Email\n'), '--batch', 'b'))).toBe('0 jobs enqueued\n');
    const file = leads(3);
    expect(await enqueue(...csv(file, '--batch', 'b'))).toBe(
      '3 jobs enqueued\nfollow: npx mktq batch show b\n',
    );
    expect(await enqueue(...csv(file, '--batch', 'b'))).toBe(
      '0 jobs enqueued, 3 had been before and were not sent again\n',
    );
  });

  test('is what the jobs say themselves, where they do', async () => {
    const enqueue = async (file: string) =>
      (await runEnqueue(enqueueWorld(), ['--jobs', file, '--batch', 'b'])).out;
    expect(await enqueue(jobs('own', 'own'))).toContain('follow: npx mktq batch show own\n');
    expect(await enqueue(jobs('own', undefined))).toContain('follow: npx mktq batch list\n');
  });
});

describe('the first rows of a long file', () => {
  /** How many were in the queue whenever the command waited. */
  const waits = (world: EnqueueWorld): readonly number[] => {
    const seen: number[] = [];
    const work = world.onSleep;
    world.onSleep = async () => {
      seen.push(world.sent().length);
      await work();
    };
    return seen;
  };

  test('go ahead, and the rest follows when they have ended', async () => {
    const world = enqueueWorld();
    const seen = waits(world);
    const run = await runEnqueue(world, csv(leads(500)));
    expect([run.code, run.err]).toEqual([0, '']);
    expect(seen[0]).toBe(10);
    expect(world.sent()).toHaveLength(500);
    expect(run.out).toContain('500 jobs enqueued');
  });

  test('do not where there are fewer than 500, or nobody wants it', async () => {
    for (const [rows, ...words] of [[499], [600, '--canary', '0']] as const) {
      const world = enqueueWorld();
      const seen = waits(world);
      expect((await runEnqueue(world, csv(leads(rows), ...words))).code).toBe(0);
      expect(seen).toEqual([]);
      expect(world.sent()).toHaveLength(rows);
    }
  });

  test('are as many as one says, of stdin, too', async () => {
    const world = enqueueWorld();
    const seen = waits(world);
    const stdin = Array.from({ length: 20 }, () => '{}').join('\n');
    expect((await runEnqueue(world, ['getTags', '-', '--canary', '3'], { stdin })).code).toBe(0);
    expect(seen[0]).toBe(3);
    expect(world.sent()).toHaveLength(20);
  });

  test.each(['-1', '101', '1.5', 'x'])('cannot be %s', async (size) => {
    await expect(runEnqueue(enqueueWorld(), csv(leads(1), '--canary', size))).rejects.toThrow(
      '--canary must be a whole number from 0, which waits for none, to 100',
    );
  });

  test('stop the rest where one dies of what is each row’s, and say how to go on', async () => {
    const world = enqueueWorld(({ id }) => (id === 'b-5' ? UNKNOWN_FIELD : 'completed'));
    const run = await runEnqueue(world, csv(leads(2_000, 'FavoriteColor'), '--batch', 'b'));
    expect(run.code).toBe(1);
    expect(world.sent()).toHaveLength(10);
    const [cause = ''] = /[0-9a-f]{12}/.exec(run.err) ?? [];
    expect(run.err.split('\n').slice(1)).toEqual([
      'stopped: 1 of the first 10 jobs died of what the rest would die of',
      '  invalid-request 1006: no lead field is named "FavoriteColor"',
      expect.stringContaining('A field is not one of the instance.'),
      `10 jobs sent, 0 refused; their letters: npx mktq dlq list --cause ${cause} --batch b`,
      `to go on with a corrected file, enqueue it under another batch name, and close these letters: npx mktq dlq discard --cause ${cause} --batch b --reason "sent anew"`,
      'to go on with this one all the same, give --canary 0 and type the same command again: it knows what was sent, and sends only the rest; so far: npx mktq batch show b',
      '',
    ]);
    expect(run.out).toBe('');

    const again = await runEnqueue(
      world,
      csv(leads(2_000, 'FavoriteColor'), '--batch', 'b', '--canary', '0'),
    );
    expect(again.out).toContain('1,990 jobs enqueued, 10 had been before');
  });

  test('without a batch name the line behind which the rest begins', async () => {
    const world = enqueueWorld(() => UNKNOWN_FIELD);
    const run = await runEnqueue(world, csv(leads(500, 'FavoriteColor')));
    expect(run.err).toContain('10 of the first 10 jobs died');
    const ids = world.sent().map(({ id }) => id);
    expect(run.err).toContain(
      `enqueue it anew, and close these letters: npx mktq dlq discard ${ids.join(' ')} --reason "sent anew"`,
    );
    expect(run.err).toContain('give --canary 0 and send only what follows line 11:');
  });

  test('let the rest follow where a few die of what is their own', async () => {
    const world = enqueueWorld(({ id }) =>
      ['b-3', 'b-8'].includes(id)
        ? { code: 1003, message: 'Value "x@" of field email is invalid' }
        : 'completed',
    );
    const run = await runEnqueue(world, csv(leads(500), '--batch', 'b'));
    expect(run.code).toBe(0);
    expect(run.err).toBe('2 of the first 10 jobs died of their own faults; the rest follows\n');
    expect(world.sent()).toHaveLength(500);
  });

  test('are those that are sent now: what was refused, and what an earlier run has sent, tells nothing', async () => {
    const world = enqueueWorld();
    const file = write(
      'leads.csv',
      [
        'Email',
        ...Array.from({ length: 600 }, (_, i) => (i % 50 === 1 ? 'NULL' : `lead-${i}@example.com`)),
      ].join('\n'),
    );
    await runEnqueue(world, csv(write('first.csv', 'Email\nlead-0@example.com\n'), '--batch', 'b'));
    expect(world.sent()).toHaveLength(1);
    const seen = waits(world);
    const run = await runEnqueue(world, csv(file, '--batch', 'b'));
    expect(seen[0]).toBe(11);
    expect(run.out).toContain('587 jobs enqueued, 1 had been before and were not sent again, 12 refused');
  });

  test('stop the rest if they do not end in two minutes, and say why', async () => {
    const world = enqueueWorld(() => null);
    const run = await runEnqueue(world, csv(leads(500), '--batch', 'b'));
    expect(run.code).toBe(1);
    expect(run.err.split('\n').filter((line) => !line.startsWith('waiting for'))).toEqual([
      'stopped: 10 of the first 10 jobs have not ended',
      '10 jobs sent, 0 refused; they stay in the queue',
      'to go on, type the same command again: it knows what was sent, and sends only the rest; so far: npx mktq batch show b; --canary 0 waits for none',
      '',
    ]);
    expect(world.sent()).toHaveLength(10);
  });

  test('are not waited for any longer when somebody stops the command', async () => {
    const world = enqueueWorld(() => null);
    const asking = Promise.withResolvers<void>();
    const stop = { asked: false, whenAsked: asking.promise };
    world.onSleep = async () => {
      stop.asked = true;
      asking.resolve();
      await asking.promise;
    };
    const run = await runEnqueue(world, csv(leads(500), '--batch', 'b'), { stop });
    expect(run.code).toBe(1);
    expect(run.err.split('\n')).toEqual([
      'stopped after line 11: 10 jobs sent, 0 refused',
      expect.stringContaining('to go on, type the same command again'),
      '',
    ]);
    expect(world.sent()).toHaveLength(10);
  });

  test('are not waited for any longer once the account is held', async () => {
    const world = enqueueWorld(() => null);
    const seen = waits(world);
    const work = world.onSleep;
    world.onSleep = async () => {
      await work();
      if (seen.length === 1) await pauseAccount(world.ports, 'maintenance');
    };
    const run = await runEnqueue(world, csv(leads(500), '--batch', 'b'));
    expect(seen.length).toBeLessThan(3);
    expect(run.err).toContain(
      'stopped: 10 of the first 10 jobs have not ended; waits for operator: paused by an operator, until mktq resume',
    );
  });

  test('are not waited for where they could not end, and it says why', async () => {
    const held = enqueueWorld();
    await pauseAccount(held.ports, 'maintenance');
    const run = await runEnqueue(held, csv(leads(500)));
    expect(run.err).toContain('--canary skipped: the account is held by operator: paused by an operator');
    expect(held.sent()).toHaveLength(500);

    const busy = enqueueWorld();
    const stats = async () => ({ visible: 200, inFlight: 60, delayed: 41 });
    const behind = await runEnqueue(busy, csv(leads(500)), {
      change: { jobsQueue: { ...busy.ports.jobsQueue, stats } },
    });
    expect(behind.err).toBe('--canary skipped: 301 jobs are before them in the queue\n');

    const later = await runEnqueue(enqueueWorld(), csv(leads(500), '--not-before', '2026-11-23T00:00:00Z'));
    expect(later.err).toBe('--canary skipped: the jobs are not to run yet\n');

    const world = enqueueWorld();
    const unreadable = await runEnqueue(world, csv(leads(500)), {
      change: {
        budgetStore: {
          ...world.ports.budgetStore,
          get: async () => {
            throw new Error('no right to read it');
          },
        },
      },
    });
    expect(unreadable.err).toBe('--canary skipped: no right to read it\n');
    expect(world.sent()).toHaveLength(500);
  });

  test('are also those of a file that came back, and it says how to correct it again', async () => {
    const wrong = { code: 1003, message: 'the date is no date' };
    const rows = Array.from({ length: 600 }, (_, i) => `b-${i + 2},lead-${i}@example.com,corrected`);
    const file = write('returned.csv', ['mktq:id,Email,FirstName', ...rows].join('\n'));
    /** 600 dead jobs of a batch, of which the queue holds none any more; those that run again end so. */
    const afterwards = async (end: End) => {
      const world = enqueueWorld(({ epoch }) => (epoch === undefined ? wrong : end));
      await runEnqueue(world, csv(leads(600), '--batch', 'b', '--canary', '0'));
      await world.onSleep();
      const stats = async () => ({ visible: 0, inFlight: 0, delayed: 0 });
      const seen = waits(world);
      const change = { jobsQueue: { ...world.ports.jobsQueue, stats } };
      return { world, seen, run: await runEnqueue(world, csv(file, '--batch', 'b'), { change }) };
    };

    const died = await afterwards(wrong);
    expect(died.run.code).toBe(1);
    expect(died.world.sent()).toHaveLength(610);
    expect(died.run.err).toContain('10 of the first 10 jobs died of what the rest would die of');
    expect(died.run.err).toContain(
      '0 jobs sent, 10 redriven, 0 refused, 590 still to be redriven; their letters:',
    );
    expect(died.run.err).toContain(
      'to go on with a corrected file, enqueue it again: a row whose job is dead runs with what it says then\n',
    );

    const mended = await afterwards('completed');
    expect(mended.run.out).toContain('0 jobs enqueued, 600 redriven');
    expect(mended.seen[0]).toBe(610);
    expect(mended.world.sent()).toHaveLength(1_200);
  });

  test('pass over jobs that are not to run yet', async () => {
    const world = enqueueWorld(({ notBefore }) => (notBefore === undefined ? 'completed' : null));
    const jobs = Array.from({ length: 600 }, (_, i) => ({
      operation: 'getTags',
      params: {},
      ...(i < 20 ? { notBefore: '2026-11-23T00:00:00Z' } : {}),
    }));
    const seen = waits(world);
    const file = write('jobs.ndjson', jobs.map((job) => JSON.stringify(job)).join('\n'));
    expect((await runEnqueue(world, ['--jobs', file])).code).toBe(0);
    expect(seen[0]).toBe(30);
    expect(world.sent()).toHaveLength(600);
  });
});
