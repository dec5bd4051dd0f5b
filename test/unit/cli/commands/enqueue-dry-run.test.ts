import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pauseAccount } from '../../../../shared/operate/hold.ts';
import { describeInstance, enqueueWorld, runEnqueue } from '../../../support/enqueue-run.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-dry-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (...lines: readonly string[]): string => {
  const path = join(dir, 'input');
  writeFileSync(path, lines.join('\n'));
  return path;
};

const leads = (count: number) =>
  file('Email,FirstName', ...Array.from({ length: count }, (_, i) => `lead-${i}@example.com,x`));

const dry = (path: string, ...words: readonly string[]) => [
  'syncLead',
  '--csv',
  path,
  '--key',
  'Email',
  '--dry-run',
  ...words,
];

describe('mktq enqueue --dry-run', () => {
  test('says what would be sent, what it would cost, and the first job, and sends and writes nothing', async () => {
    const world = enqueueWorld();
    await describeInstance(world);
    const run = await runEnqueue(world, dry(leads(2_000), '--batch', 'b'));
    expect(run.code).toBe(0);
    expect(run.out.split('\n').slice(0, 6)).toEqual([
      'Would enqueue  2,000 jobs of 2,000 rows',
      'Ids            b-2, b-3, b-4, b-5, b-6, …',
      'Calls          at least 7 (less than 1 % of the 1,000 left today; 1,000 a day)',
      expect.stringMatching(/^Done {11}(?:in|within a second) /),
      'Fields         the 4 of the instance, as a worker read them 1 h ago',
      'First job',
    ]);
    expect(JSON.parse(run.out.slice(run.out.indexOf('{'), run.out.lastIndexOf('}') + 1))).toMatchObject({
      id: 'b-2',
      operation: 'syncLead',
      batch: 'b',
      params: { leadRecord: { Email: 'lead-0@example.com' } },
    });
    expect(run.out.endsWith('Nothing was sent.\n')).toBe(true);
    expect(world.sent()).toEqual([]);
    expect(world.ports.chunks.all()).toEqual([]);
    expect(await Array.fromAsync(world.ports.ledger.scan())).toEqual([]);
  });

  test('refuses what would be refused, by line, and ends with 1', async () => {
    const world = enqueueWorld();
    const path = file('Email,FirstName', 'a@example.com,A', 'broken', 'NULL,B', 'd@example.com,D');
    const run = await runEnqueue(world, dry(path, '--json'));
    expect(run.code).toBe(1);
    expect(run.lines()).toEqual([
      { line: 3, error: '1 cell where the header names 2' },
      { line: 4, error: expect.stringContaining('NULL') },
      {
        dryRun: {
          rows: 4,
          jobs: 2,
          redriven: 0,
          known: 0,
          refused: 2,
          ids: [],
          firstJob: expect.not.objectContaining({ id: expect.anything() }),
          calls: 1,
          left: 1_000,
          quota: 1_000,
          hold: null,
          doneAt: expect.stringMatching(/^2026-/),
          fields: expect.stringContaining('the standard ones alone'),
          doubtfulColumns: [],
          notCompared: null,
        },
      },
    ]);
  });

  test('counts what an earlier run has sent, and finds an id that another job has', async () => {
    const world = enqueueWorld();
    const path = file('Email,FirstName', 'a@example.com,A', 'b@example.com,B');
    await runEnqueue(
      world,
      dry(path, '--batch', 'b').filter((word) => word !== '--dry-run'),
    );
    const changed = file('Email,FirstName', 'a@example.com,A', 'b@example.com,Bo', 'c@example.com,C');
    const run = await runEnqueue(world, dry(changed, '--batch', 'b', '--json'));
    expect(run.lines()).toMatchObject([
      { line: 3, error: expect.stringContaining('belongs to another syncLead job') },
      { dryRun: { rows: 3, jobs: 1, known: 1, refused: 1, ids: ['b-4'] } },
    ]);
    expect(world.sent()).toHaveLength(2);
  });

  test('needs no stack, and says what it could not compare', async () => {
    const run = await runEnqueue(enqueueWorld(), dry(leads(3), '--batch', 'b'), { alone: true });
    expect(run.code).toBe(0);
    expect(run.out).toContain('Calls          at least 1\n');
    expect(run.out).toContain(
      'Not compared   with what was sent before, nor with the quota: no stack is running here\n',
    );
    const json = await runEnqueue(enqueueWorld(), dry(leads(3), '--json'), { alone: true });
    expect(json.lines()).toMatchObject([{ dryRun: { known: null, left: null, doneAt: null } }]);
  });

  test('goes without a table that does not answer', async () => {
    const world = enqueueWorld();
    const get = async () => {
      throw new Error('no right to read it');
    };
    const change = { budgetStore: { ...world.ports.budgetStore, get } };
    const run = await runEnqueue(world, dry(leads(3)), { change });
    expect([run.code, run.err]).toEqual([0, '']);
    expect(run.out).toContain('nor with the quota: no right to read it');
  });

  test('names the hold that keeps them waiting', async () => {
    const world = enqueueWorld();
    await pauseAccount(world.ports, 'maintenance');
    const run = await runEnqueue(world, dry(leads(3)));
    expect(run.out).toContain('Held           by operator, ends until somebody lifts it');
    expect(run.out).toContain('Done           not before the hold is lifted');
  });

  test('is there for messages and params, too', async () => {
    const world = enqueueWorld();
    const jobs = file(
      '{"id":"own","operation":"getTags","params":{}}',
      '{"operation":"getTags","params":{"x":1}}',
    );
    const run = await runEnqueue(world, ['--jobs', jobs, '--dry-run', '--json']);
    expect(run.lines()).toMatchObject([
      { line: 2, error: expect.stringContaining('x') },
      { dryRun: { jobs: 1, refused: 1, ids: ['own'], firstJob: { id: 'own' }, fields: null } },
    ]);
    expect((await runEnqueue(world, ['getTags', '--dry-run'])).out).toContain('1 job of 1 row');
    expect(world.sent()).toEqual([]);
  });

  test('ends for a header that names an unknown field', async () => {
    const world = enqueueWorld();
    await describeInstance(world);
    const path = file('Email,Pants', 'a@example.com,x');
    await expect(runEnqueue(world, dry(path))).rejects.toThrow('no lead field is named "Pants"');
    const unchecked = await runEnqueue(world, dry(path, '--no-header-check'));
    expect(unchecked.out).toContain('1 job of 1 row');
  });

  test('names the columns that only the instance can know', async () => {
    const path = file('Email,Pants', 'a@example.com,x');
    const run = await runEnqueue(enqueueWorld(), dry(path), { alone: true });
    expect(run.out).toContain('Doubtful       Pants\n');
    expect(run.err).toBe('');
  });
});
