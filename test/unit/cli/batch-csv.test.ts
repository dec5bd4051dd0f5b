import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure, UsageError } from '../../../cli/exit.ts';
import type { BodyRef } from '../../../shared/job/bodies.ts';
import { firstRow, type JobState } from '../../../shared/ledger/row.ts';
import { command } from '../../support/command.ts';
import { leadJob, NOON } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-csv-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (text: string): string => {
  const path = join(dir, 'leads.csv');
  writeFileSync(path, text);
  return path;
};

const job = (line: number, email = `lead${line}@example.com`) => leadJob(`b-${line}`, email, { batch: 'b' });

const inline = (text: string): BodyRef => ({ kind: 'inline', text });

const answered = (leadId: number, status: string): JobState => ({
  kind: 'completed',
  at: NOON,
  result: inline(JSON.stringify({ result: { leadId, syncStatus: { leadId, status, error: null } } })),
  resultDropped: false,
});

/** Line 2 was created and line 3 updated; 4 is dead, 5 cancelled, 6 waits, 7 was refused. */
async function imported() {
  const world = operateWorld();
  const row = (line: number, state: JobState) =>
    world.putRow({ ...firstRow(job(line), { sequenceNumber: '1', enqueuedAt: NOON }), state });
  await row(2, answered(11, 'CREATED'));
  await row(3, answered(12, 'UPDATED'));
  await world.deadLetter(job(4));
  await row(5, { kind: 'cancelled', at: NOON });
  await row(6, { kind: 'queued' });
  return world;
}

const HEADER = 'Email,"Company, Inc",Note';
const CSV = [
  HEADER,
  'lead2@example.com,A,',
  ' Lead3@example.com ,"B ""b""",x',
  'lead4@example.com,"C,c"," two\nlines"',
  '',
].join('\n');
const LATER = ['lead5@example.com,E,', 'lead6@example.com,F,', 'lead7@example.com'];

describe('mktq batch failures --csv', () => {
  test('prints the rows of the dead as they stood, with their ids in front and the reason behind', async () => {
    const { ports } = await imported();
    const { out, code } = await command(ports, ['batch', 'failures', 'b', '--csv', file(CSV)]);
    const [header, ...rest] = out.split('\n');
    expect(header).toBe('mktq:id,Email,"Company, Inc",Note,mktq:reason');
    expect(rest.join('\n')).toMatch(
      /^b-4,lead4@example.com,"C,c"," two\nlines",[^,\n]*20105[^\n]*pants[^\n]*\|[^\n]*\n$/,
    );
    expect(code).toBe(0);
  });

  test('keeps a byte order mark, and sets none where there was none', async () => {
    const { ports } = await imported();
    const marked = await command(ports, ['batch', 'failures', 'b', '--csv', file(`\ufeff${CSV}`)]);
    expect(marked.out.startsWith('\ufeffmktq:id,Email,')).toBe(true);
    const plain = await command(ports, ['batch', 'failures', 'b', '--csv', '-'], { stdin: CSV });
    expect(plain.out.startsWith('mktq:id,Email,')).toBe(true);
  });

  test('finds the jobs by the ids of a file that came back, wherever its columns and rows stand', async () => {
    const { ports } = await imported();
    const csv =
      'Note,mktq:reason,Email,mktq:id\r\nx,old,lead4@example.com,b-4\r\ny,,lead2@example.com,b-2\r\n';
    const { out } = await command(ports, ['batch', 'failures', 'b', '--csv', file(csv)]);
    expect(out).toMatch(
      /^mktq:id,Note,Email,mktq:reason\nb-4,x,lead4@example.com,"?invalid-request 20105.*\n$/,
    );
  });

  test('leaves out a row whose letter was discarded, and one that was redriven since', async () => {
    const world = await imported();
    const args = ['batch', 'failures', 'b', '--csv', file(CSV)];
    await world.setState('b-4', {
      kind: 'dead-lettered',
      at: NOON,
      letterId: 'b-4',
      quietUntil: null,
      closedAt: NOON,
    });
    expect((await command(world.ports, args)).out).toBe('mktq:id,Email,"Company, Inc",Note,mktq:reason\n');
    await world.setState('b-4', { kind: 'queued' });
    expect((await command(world.ports, args)).out).toBe('mktq:id,Email,"Company, Inc",Note,mktq:reason\n');
  });

  test('refuses a file that is not the one that was enqueued, since rows would be corrected under the ids of others', async () => {
    const { ports } = await imported();
    const changed = file(CSV.replace('lead2@example.com,A,\n', ''));
    await expect(command(ports, ['batch', 'failures', 'b', '--csv', changed])).rejects.toThrow(
      'names another lead than the job b-2',
    );
  });

  test('fails on a batch that nobody has heard of, an empty file, and with --json', async () => {
    const { ports } = await imported();
    const failures = (...words: string[]) => command(ports, ['batch', 'failures', ...words]);
    await expect(failures('other', '--csv', file(CSV))).rejects.toThrow(Failure);
    await expect(failures('b', '--csv', file(''))).rejects.toThrow('is empty');
    await expect(failures('b', '--csv', file('a,"b"c\n'))).rejects.toThrow('header');
    await expect(failures('b', '--csv', file(CSV), '--json')).rejects.toThrow(UsageError);
  });
});

describe('mktq batch results --csv', () => {
  test('prints every row with the lead id and what became of it, or why there is no answer', async () => {
    const { ports } = await imported();
    const csv = file(`${CSV.replace('" two\nlines"', 'z')}${LATER.join('\n')}\nlead8@example.com,"H"h,\n`);
    const { out } = await command(ports, ['batch', 'results', 'b', '--csv', csv]);
    expect(out.split('\n').map((line) => line.replace(/,"?invalid-request.*/, ',DEAD'))).toEqual([
      'mktq:id,Email,"Company, Inc",Note,mktq:leadId,mktq:status,mktq:reason',
      'b-2,lead2@example.com,A,,11,CREATED,',
      'b-3," Lead3@example.com ","B ""b""",x,12,UPDATED,',
      'b-4,lead4@example.com,"C,c",z,,dead-lettered,DEAD',
      'b-5,lead5@example.com,E,,,cancelled,cancelled with its batch',
      'b-6,lead6@example.com,F,,,queued,not ended yet',
      'b-7,lead7@example.com,,,,unknown,"no job of this row is known: it was refused, or not sent yet","cells are missing: fill them in, then clear this one"',
      'b-8,lead8@example.com,,,,unknown,text stands behind a closing quote; double a quote that belongs to the text,"cells are missing: fill them in, then clear this one"',
      '',
    ]);
  });
});
