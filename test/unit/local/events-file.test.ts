import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileEvents, tryEventsFile } from '../../../local/events-file.ts';
import type { Completed } from '../../../shared/events/event.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mktq-events-'));
  file = join(directory, 'events.ndjson');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const event = (jobId: string): Completed => ({
  version: 1,
  id: `completed/${jobId}/0`,
  type: 'completed',
  at: '2026-11-22T10:00:00.000Z',
  stack: 'mktq-default',
  jobId,
  epoch: 0,
  operation: 'syncLead',
  batch: null,
});
const idsIn = (path: string): readonly string[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Completed).jobId);

describe('a file of events', () => {
  test('has a line for each, after what is there, for its owner alone', async () => {
    await tryEventsFile(file);
    expect(readFileSync(file, 'utf8')).toBe('');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await fileEvents(file).publish([event('a'), event('b')])).toBe(0);
    await fileEvents(file).publish([event('c')]);
    expect(idsIn(file)).toEqual(['a', 'b', 'c']);
  });

  test('is begun anew when it was moved away', async () => {
    const events = fileEvents(file);
    await events.publish([event('a')]);
    renameSync(file, `${file}.1`);
    await events.publish([event('b')]);
    expect([idsIn(`${file}.1`), idsIn(file)]).toEqual([['a'], ['b']]);
  });

  test('that is a pipe keeps nobody waiting: without a reader it takes nothing, with one it does', async () => {
    execFileSync('mkfifo', [file]);
    await tryEventsFile(file);
    const events = fileEvents(file);
    await expect(events.publish([event('a')])).rejects.toThrow('ENXIO');
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    await events.publish([event('b')]);
    const read = Buffer.alloc(1_000);
    expect(read.toString('utf8', 0, readSync(reader, read))).toBe(`${JSON.stringify(event('b'))}\n`);
    closeSync(reader);
    await expect(events.publish([event('c')])).rejects.toThrow('ENXIO');
  });

  test('begins a line of its own after one of which there was room for a part only', async () => {
    execFileSync('mkfifo', [file]);
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const events = fileEvents(file);
    // More than a pipe holds.
    const large = event('x'.repeat(1_000_000));
    await expect(events.publish([large])).rejects.toThrow('EAGAIN');
    const drained = (): string => {
      const read = Buffer.alloc(1_000_000);
      return read.toString('utf8', 0, readSync(reader, read));
    };
    expect(drained().length).toBeGreaterThan(1_000);
    await expect(events.publish([large])).rejects.toThrow('EAGAIN');
    expect(drained()).toMatch(/^\n\{/);
    await events.publish([event('a')]);
    await events.publish([event('b')]);
    expect(drained()).toBe(`\n${JSON.stringify(event('a'))}\n${JSON.stringify(event('b'))}\n`);
    closeSync(reader);
  });

  test('has no empty line after a time in which nothing could be written', async () => {
    execFileSync('mkfifo', [file]);
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const other = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
    const full = writeSync(other, Buffer.alloc(1_000_000));
    const events = fileEvents(file);
    await expect(events.publish([event('a')])).rejects.toThrow('EAGAIN');
    readSync(reader, Buffer.alloc(full));
    await events.publish([event('a')]);
    const read = Buffer.alloc(1_000);
    expect(read.toString('utf8', 0, readSync(reader, read))).toBe(`${JSON.stringify(event('a'))}\n`);
    for (const end of [reader, other]) closeSync(end);
  });

  test('where none can be is refused before the start, with its name', async () => {
    const path = join(directory, 'nowhere/events.ndjson');
    await expect(tryEventsFile(path)).rejects.toThrow(`no events can be written to ${path}: ENOENT`);
    writeFileSync(join(directory, 'taken'), '');
    await expect(tryEventsFile(join(directory, 'taken/events'))).rejects.toThrow('ENOTDIR');
  });
});
