import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Line, openJournal } from '../../../simulator/journal.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'simulator-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const line = (seq: number): Line => ({ kind: 'replied', seq });

test('a journal hands back what earlier runs wrote', () => {
  const { journal, lines } = openJournal(dataDir);
  expect(lines).toEqual([]);
  journal.append(line(1));
  journal.append(line(2));
  expect(openJournal(dataDir).lines).toEqual([line(1), line(2)]);
});

test('a line is with the operating system when append returns', () => {
  openJournal(dataDir).journal.append(line(1));
  expect(readFileSync(join(dataDir, 'simulator.ndjson'), 'utf8')).toBe('{"kind":"replied","seq":1}\n');
});

test('half a line, left by a kill, is forgotten and not glued to the next', () => {
  openJournal(dataDir).journal.append(line(1));
  appendFileSync(join(dataDir, 'simulator.ndjson'), '{"kind":"repl');
  const second = openJournal(dataDir);
  expect(second.lines).toEqual([line(1)]);
  second.journal.append(line(2));
  expect(openJournal(dataDir).lines).toEqual([line(1), line(2)]);
});

test('an erased journal is empty and can be written', () => {
  const { journal } = openJournal(dataDir);
  journal.append(line(1));
  journal.erase();
  journal.append(line(2));
  expect(openJournal(dataDir).lines).toEqual([line(2)]);
});

test('a damaged journal is refused by file and line', () => {
  openJournal(dataDir).journal.append(line(1));
  appendFileSync(join(dataDir, 'simulator.ndjson'), 'rubbish\n');
  expect(() => openJournal(dataDir)).toThrow(/simulator\.ndjson line 2 is not JSON/);
});
