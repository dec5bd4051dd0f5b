import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Stop } from '../../cli/stop.ts';
import { csvRowsOf } from '../../shared/marketo/csv-rows.ts';
import type { Call } from '../../shared/marketo/transport.ts';
import type { OperatePorts } from '../../shared/operate/ports.ts';
import { memoryAcknowledgements } from '../memory/memory-acknowledgements.ts';
import { memoryChunks } from '../memory/memory-chunks.ts';
import { memoryStore } from '../support/asking.ts';
import { command } from '../support/command.ts';
import { createWorld, deliveryOf, marketoFault, ok } from '../support/work-world.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-returned-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

interface Lead {
  readonly Email: string;
  readonly leadAttributeList: {
    readonly attribute: readonly { readonly attrName: string; readonly attrValue: string }[];
  };
}

const leadOf = ({ params }: Call): Lead => (params as { readonly leadRecord: Lead }).leadRecord;

const attributeOf = (lead: Lead, name: string) =>
  lead.leadAttributeList.attribute.find(({ attrName }) => attrName === name)?.attrValue;

/** A whole stack in memory. Marketo refuses whoever is older than anybody is. */
function stack() {
  let leadId = 100;
  const world = createWorld({
    answer: (call) => {
      if (Number(attributeOf(leadOf(call), 'Age')) > 150) return marketoFault(20105, 'Age: 999 is no age');
      leadId += 1;
      return ok({ result: { leadId, syncStatus: { leadId, status: 'CREATED', error: null } } });
    },
  });
  const ports: OperatePorts = {
    ...world.ports,
    account: 'default',
    limits: world.limits,
    chunks: memoryChunks(),
    budgetStore: world.store,
    directoryStore: memoryStore(),
    foreignGroups: world.foreignGroups,
    acknowledgements: memoryAcknowledgements(),
    operator: async () => 'ann',
    jobsQueue: world.jobsQueue,
    oldestMessageAge: async () => null,
    retentionMs: 30 * 24 * 3_600_000,
  };
  let taken = 0;
  return {
    ...world,
    ports,
    mktq: (...words: string[]) => command(ports, words),
    stopped: (stop: Stop, ...words: string[]) => command(ports, words, { stop }),
    /** Has a worker run what is in the queue. */
    work: async () => {
      const messages = world.jobsQueue.messages().slice(taken);
      taken += messages.length;
      for (const { body } of messages) await world.run(deliveryOf(JSON.parse(body)));
    },
  };
}

const ENQUEUE = ['enqueue', 'syncLead', '--key', 'Email', '--batch', 'b', '--csv'];

/** Ten rows, of which those on the lines 3, 6 and 9 are refused by Marketo. */
const ORIGINAL = [
  'Email,First name,Age,Note',
  ...Array.from({ length: 10 }, (_, i) => {
    const age = i % 3 === 1 ? 999 : 30 + i;
    return `lead${i + 2}@example.com,"Name, ${i + 2}",${age},"He said ""hi"""`;
  }),
  '',
].join('\n');

/** What a spreadsheet does to a file: a byte order mark, CRLF, columns moved, rows sorted, a blank row at the end. */
function throughSpreadsheet(
  csv: string,
  columns: readonly string[],
  change: (row: Readonly<Record<string, string>>) => Readonly<Record<string, string>> | null,
): string {
  const [header, ...rows] = csvRowsOf(csv).map(({ cells }) => cells);
  const records = rows.map((cells) =>
    Object.fromEntries(header?.map((name, i) => [name, cells[i] ?? '']) ?? []),
  );
  const changed = records.map(change).filter((row) => row !== null);
  changed.sort((a, b) => (b['Email'] ?? '').localeCompare(a['Email'] ?? ''));
  const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = [columns, ...changed.map((row) => columns.map((name) => row[name] ?? ''))];
  return `\ufeff${lines.map((cells) => cells.map(quoted).join(',')).join('\r\n')}\r\n,,,,,\r\n`;
}

const younger = (row: Readonly<Record<string, string>>) => ({ ...row, Age: '33' });

async function imported() {
  const here = stack();
  const original = file('leads.csv', ORIGINAL);
  await here.mktq(...ENQUEUE, original);
  await here.work();
  const rowsBefore = new Map(here.ledger.rows().map((row) => [row.jobId, row]));
  return { ...here, original, rowsBefore, callsBefore: here.calls.length };
}

describe('a file of which some rows failed', () => {
  test('comes back sorted, with a row removed, and runs the corrected rows alone', async () => {
    const here = await imported();
    const failed = await here.mktq('batch', 'failures', 'b', '--csv', here.original);
    expect(failed.out.split('\n').map((line) => line.slice(0, 4))).toEqual([
      'mktq',
      'b-3,',
      'b-6,',
      'b-9,',
      '',
    ]);
    const columns = ['Age', 'mktq:reason', 'Note', 'Email', 'First name', 'mktq:id'];
    const corrected = throughSpreadsheet(failed.out, columns, (row) =>
      row['mktq:id'] === 'b-6' ? null : younger(row),
    );
    const run = await here.mktq(...ENQUEUE, file('corrected.csv', corrected));
    expect(run.out).toBe('0 jobs enqueued, 2 redriven\nfollow: npx mktq batch show b\n');
    expect(run.code).toBe(0);
    await here.work();

    const [second, first] = here.calls.slice(here.callsBefore).map(leadOf);
    expect(here.calls).toHaveLength(here.callsBefore + 2);
    expect(first).toEqual({
      Email: 'lead3@example.com',
      leadAttributeList: {
        attribute: [
          { attrName: 'Age', attrValue: '33' },
          { attrName: 'First name', attrValue: 'Name, 3' },
          { attrName: 'Note', attrValue: 'He said "hi"' },
        ],
      },
    });
    expect(second?.Email).toBe('lead9@example.com');
    for (const jobId of ['b-3', 'b-9'])
      expect(here.ledger.row(jobId)).toMatchObject({ epoch: 1, batch: 'b', state: { kind: 'completed' } });
    expect(here.archive.letters().map(({ letterId, status }) => [letterId, status])).toEqual(
      expect.arrayContaining([
        ['b-3', 'redriven'],
        ['b-6', 'open'],
        ['b-9', 'redriven'],
      ]),
    );
    const [letter] = here.archive.letters().filter(({ letterId }) => letterId === 'b-3');
    expect(letter?.actions).toMatchObject([{ action: 'edited-redrive', by: 'ann' }]);
    const others = here.ledger.rows().filter(({ jobId }) => jobId !== 'b-3' && jobId !== 'b-9');
    expect(others).toHaveLength(8);
    for (const row of others) expect(row).toEqual(here.rowsBefore.get(row.jobId));
    const batch = JSON.parse((await here.mktq('batch', 'show', 'b', '--json')).out);
    expect(batch).toMatchObject({ total: 10, completed: 9, deadLettered: 1, waiting: 0 });
  });

  test('is followed by the batch that its jobs have, whatever --batch says', async () => {
    const here = await imported();
    const path = file(
      'corrected.csv',
      'mktq:id,Email,Age\nb-3,lead3@example.com,33\nb-6,lead6@example.com,33\n',
    );
    const run = await here.mktq('enqueue', 'syncLead', '--key', 'Email', '--batch', 'c', '--csv', path);
    expect(run.out).toBe('0 jobs enqueued, 2 redriven\nfollow: npx mktq batch show b\n');
  });

  test('costs a request for a hundred of its rows', async () => {
    const here = await imported();
    const { ledger, archive, cancellations } = here.ports;
    const asked: string[] = [];
    const counted = <Of extends object, Name extends keyof Of & string>(
      port: Of,
      name: Name,
      as: string,
    ): Of => ({
      ...port,
      [name]: (...words: readonly unknown[]) => {
        asked.push(as);
        return (port[name] as (...words: readonly unknown[]) => unknown)(...words);
      },
    });
    const ports = {
      ...here.ports,
      ledger: counted(counted(ledger, 'get', 'row'), 'getAll', 'rows'),
      archive: counted(counted(archive, 'get', 'letter'), 'getAll', 'letters'),
      cancellations: counted(cancellations, 'get', 'cancellation'),
    };
    const rows = Array.from(
      { length: 250 },
      (_, i) => `b-${(i % 10) + 2},lead${(i % 10) + 2}@example.com,33`,
    );
    const path = file('long.csv', ['mktq:id,Email,Age', ...rows].join('\n'));
    const run = await command(ports, [...ENQUEUE, path, '--dry-run', '--json']);
    expect(run.lines().at(-1)).toMatchObject({ dryRun: { rows: 250, redriven: 3 } });
    const times = (what: string) => asked.filter((one) => one === what).length;
    expect({
      row: times('row'),
      rows: times('rows'),
      letter: times('letter'),
      letters: times('letters'),
    }).toEqual({
      row: 0,
      rows: 3,
      letter: 0,
      letters: 3,
    });
    // Once for each page, beside that of the command.
    expect(times('cancellation')).toBe(4);
  });

  test('comes back whole, and passes over the rows that have completed', async () => {
    const here = await imported();
    const results = await here.mktq('batch', 'results', 'b', '--csv', here.original);
    const columns = ['mktq:leadId', 'First name', 'mktq:id', 'Age', 'Note', 'Email', 'mktq:reason'];
    const whole = file(
      'whole.csv',
      throughSpreadsheet(results.out, columns, (row) => (Number(row['Age']) > 150 ? younger(row) : row)),
    );
    const dry = JSON.parse((await here.mktq(...ENQUEUE, whole, '--dry-run', '--json')).out);
    expect(dry.dryRun).toMatchObject({ rows: 10, jobs: 0, redriven: 3, known: 7, refused: 0, calls: 1 });
    const outcomes = (await here.mktq(...ENQUEUE, whole, '--json')).lines<{ outcome: string }>();
    const counts = Object.entries(Object.groupBy(outcomes, ({ outcome }) => outcome));
    expect(counts.map(([outcome, rows]) => [outcome, rows?.length])).toEqual([
      ['known', 7],
      ['redriven', 3],
    ]);
    // Typed again before a worker has come, and after it.
    const again = '0 jobs enqueued, 10 had been before and were not sent again\n';
    expect((await here.mktq(...ENQUEUE, whole)).out).toContain(again);
    await here.work();
    expect((await here.mktq(...ENQUEUE, whole)).out).toContain(again);
    await here.work();
    expect(here.calls).toHaveLength(here.callsBefore + 3);
  });

  test('is refused row by row where a job that has completed would be another, or an id comes twice', async () => {
    const here = await imported();
    const rows = [
      'mktq:id,Email,First name,Age,Note',
      'b-2,lead2@example.com,Other,30,',
      'b-3,lead3@example.com,N,33,',
      'b-3,lead3@example.com,N,34,',
      ',lead99@example.com,N,34,',
      'b-6,lead6@example.com',
      '',
    ];
    const rejects = join(dir, 'refused.csv');
    const run = await here.mktq(...ENQUEUE, file('mixed.csv', rows.join('\n')), '--rejects', rejects);
    expect(run.code).toBe(1);
    expect(run.out).toContain('0 jobs enqueued, 1 redriven, 4 refused\n');
    expect(run.err).toContain(`the refused rows are in ${rejects}`);
    expect(readFileSync(rejects, 'utf8').split('\n')).toEqual([
      'mktq:id,Email,First name,Age,Note,mktq:reason',
      expect.stringMatching(/^b-2,lead2@example.com,Other,30,,"its job has completed with other contents/),
      'b-3,lead3@example.com,N,34,,"b-3 is the id of an earlier row, too"',
      expect.stringMatching(/^,lead99@example.com,N,34,,"mktq:id is empty/),
      'b-6,lead6@example.com,,,,2 cells where the header names 5,"cells are missing: fill them in, then clear this one"',
      '',
    ]);
    await here.work();
    expect(here.calls).toHaveLength(here.callsBefore + 1);
  });

  test('brings the rows that were refused back as new jobs, each under the line that it had', async () => {
    const here = stack();
    const rejects = join(dir, 'refused.csv');
    const csv = file('leads.csv', 'Email,Age\nlead2@example.com,30\nNULL,31\nlead4@example.com,"3"2\n');
    const run = await here.mktq(...ENQUEUE, csv, '--rejects', rejects);
    expect(run.out).toContain('enqueued b-2, 2 refused\n');
    expect(readFileSync(rejects, 'utf8')).toMatch(
      /^mktq:id,Email,Age,mktq:reason\nb-3,NULL,31,.*\nb-4,lead4@example.com,,.*\n$/,
    );
    const corrected = file(
      'corrected.csv',
      'mktq:id,Email,Age,mktq:reason\nb-4,lead4@example.com,32,\nb-3,lead3@example.com,31,\n',
    );
    expect((await here.mktq(...ENQUEUE, corrected, '--rejects', rejects)).out).toContain('2 jobs enqueued\n');
    expect(() => readFileSync(rejects)).toThrow();
    await here.work();
    expect(here.ledger.rows().map(({ jobId }) => jobId)).toEqual(
      expect.arrayContaining(['b-2', 'b-3', 'b-4']),
    );
    // By their ids they are found again in the chunk of the lines that they had, before a worker has told of them.
    expect((await here.mktq(...ENQUEUE, corrected)).out).toContain('0 jobs enqueued, 2 had been before');
  });

  test('is not sent as it stands where a row could not be read to its end', async () => {
    const here = stack();
    const rejects = join(dir, 'refused.csv');
    await here.mktq(
      ...ENQUEUE,
      file('leads.csv', 'Email,Age,Note\na@example.com,"3"2,x\n'),
      '--rejects',
      rejects,
    );
    const uncorrected = await here.mktq(...ENQUEUE, rejects);
    expect(uncorrected.out).toContain('0 jobs enqueued, 1 refused');
    // Nor when a spreadsheet has given each row as many cells.
    const [header, row] = readFileSync(rejects, 'utf8').split('\n');
    const saved = await here.mktq(...ENQUEUE, file('saved.csv', `${header},\r\n${row}\r\n`));
    expect(saved.err).toContain('column 6 has a value, but no name in the header');
    expect(here.jobsQueue.messages()).toEqual([]);
    const completed = `${header},\r\nb-2,a@example.com,32,x,,\r\n`;
    expect((await here.mktq(...ENQUEUE, file('completed.csv', completed))).out).toContain('enqueued b-2');
  });

  test('is not sent as it stands where a cell was no text', async () => {
    const here = stack();
    const rejects = join(dir, 'refused.csv');
    const path = join(dir, 'latin.csv');
    writeFileSync(path, Buffer.from('Email,Note\na@example.com,J\u00f6rg\n', 'latin1'));
    await here.mktq(...ENQUEUE, path, '--rejects', rejects);
    const uncorrected = await here.mktq(...ENQUEUE, rejects);
    expect(uncorrected.out).toContain('0 jobs enqueued, 1 refused');
    expect(here.jobsQueue.messages()).toEqual([]);
  });

  test('sends no row under a date that a spreadsheet has made of its id', async () => {
    const here = await imported();
    for (const id of ['B-03', '3-Mar', '03-mar-26', 'Mar-03', '2026-03-03', '03.03.2026']) {
      const path = file('dates.csv', `mktq:id,Email,Age\n${id},lead3@example.com,33\n`);
      const run = await here.mktq(...ENQUEUE, path, '--dry-run');
      expect([id, run.err.includes('looks like a date')]).toEqual([id, id !== 'B-03']);
    }
    const path = file('names.csv', 'mktq:id,Email,Age\nlead-12,a@example.com,33\nmar-33,c@example.com,1\n');
    const own = ['enqueue', 'syncLead', '--key', 'Email', '--batch', 'mar', '--csv', path];
    expect((await here.mktq(...own)).out).toContain('2 jobs enqueued');
  });

  test('takes no row of a file that was sorted in place for the dead job of its line', async () => {
    const here = await imported();
    const [header, ...rows] = ORIGINAL.trim().split('\n');
    const rejects = join(dir, 'refused.csv');
    const sorted = file('sorted.csv', [header, ...rows.toReversed()].join('\n'));
    const run = await here.mktq(...ENQUEUE, sorted, '--rejects', rejects);
    expect(run.out).toContain('0 jobs enqueued, 10 refused');
    const [, live, dead] = run.err.split('\n');
    expect(live).toMatch(/^line 2: the id b-2 belongs to another syncLead job.*name$/);
    expect(dead).toMatch(
      /^line 3: the id b-3 belongs to .*"mktq batch failures b --csv FILE" gives that row/,
    );
    expect((await here.mktq(...ENQUEUE, rejects)).out).toContain('0 jobs enqueued, 10 refused');
    expect(here.archive.letters().map(({ status }) => status)).toEqual(['open', 'open', 'open']);
  });

  test('lets no new row overtake the redrive of an earlier one on the same lead', async () => {
    const here = await imported();
    const rows = ['mktq:id,Email,Age', 'b-3,lead3@example.com,33', 'b-20,lead3@example.com,44'];
    const path = file('mixed.csv', rows.join('\n'));
    const run = await here.mktq(...ENQUEUE, path);
    expect(run.err).toContain('line 3: the dead job of an earlier row on the same lead is redriven first');
    await here.work();
    expect((await here.mktq(...ENQUEUE, path)).out).toContain('1 job enqueued, 1 had been before');
    await here.work();
    expect(here.calls.slice(here.callsBefore).map((call) => attributeOf(leadOf(call), 'Age'))).toEqual([
      '33',
      '44',
    ]);
  });

  test('says when it is stopped that the same command goes on, even without --batch', async () => {
    const here = await imported();
    let looks = 0;
    const stop: Stop = {
      get asked() {
        looks += 1;
        return looks > 1;
      },
      whenAsked: new Promise(() => {}),
    };
    const path = file(
      'corrected.csv',
      'mktq:id,Email,Age\nb-3,lead3@example.com,33\nb-6,lead6@example.com,33\n',
    );
    const run = await here.stopped(stop, 'enqueue', 'syncLead', '--key', 'Email', '--csv', path);
    expect(run.err).toContain('0 jobs sent, 0 refused, 1 still to be redriven');
    expect(run.err).toContain('to go on, type the same command again: it knows what was sent');
    expect(run.code).toBe(1);
    expect(here.archive.letters().map(({ status }) => status)).toEqual(['open', 'open', 'open']);
  });

  test('says when it is stopped which rows of it are to be sent again', async () => {
    const here = await imported();
    const before = here.jobsQueue.messages().length;
    const stop: Stop = {
      get asked() {
        return here.jobsQueue.messages().length > before + 2;
      },
      whenAsked: new Promise(() => {}),
    };
    const rows = ['b-3,lead3@example.com,33', ',a@example.com,1', ',b@example.com,1'];
    const path = file('mixed.csv', ['mktq:id,Email,Age', ...rows].join('\n'));
    const run = await here.stopped(stop, 'enqueue', 'syncLead', '--key', 'Email', '--csv', path);
    expect(run.err).toContain('stopped after line 4: 2 jobs sent, 1 redriven, 0 refused');
    expect(run.err).toContain(
      'to go on, send the rows that have an id, and of the others only what follows line 4: ',
    );
  });

  test('without --batch is known by its ids all the same', async () => {
    const here = await imported();
    const path = file('corrected.csv', 'mktq:id,Email,Age\nb-3,lead3@example.com,33\n');
    const words = ['enqueue', 'syncLead', '--key', 'Email', '--csv', path];
    expect((await here.mktq(...words)).out).toContain('1 redriven');
    await here.work();
    expect(here.ledger.row('b-3')).toMatchObject({ batch: 'b', state: { kind: 'completed' } });
    expect((await here.mktq(...words)).out).toContain('1 had been before');
  });
});
