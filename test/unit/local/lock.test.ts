import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lastHolder, lockDirectory } from '../../../local/lock.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'mktq-lock-')), 'new');
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('the lock of a data directory', () => {
  test('is held once, and names its holder to the next', () => {
    const lock = lockDirectory(dataDir, 'one');
    expect(() => lockDirectory(dataDir, 'two')).toThrow(
      `${dataDir} is in use by process ${process.pid}: stop it first, or choose another directory with --data`,
    );
    expect(lastHolder(dataDir)).toEqual({ pid: process.pid, instance: 'one' });
    lock.release();
    lockDirectory(dataDir, 'two').release();
    expect(lastHolder(dataDir)?.instance).toBe('two');
  });

  test('is refused also when nobody can say who holds it', () => {
    const lock = lockDirectory(dataDir, 'one');
    writeFileSync(join(dataDir, 'lock.json'), '{"pid":');
    expect(() => lockDirectory(dataDir, 'two')).toThrow(`${dataDir} is in use by another process`);
    lock.release();
  });

  test('is refused in one line where the directory is a file', () => {
    lockDirectory(dataDir, 'one').release();
    const taken = join(dataDir, 'lock.json');
    for (const path of [taken, join(taken, 'below')]) {
      expect(() => lockDirectory(path, 'two')).toThrow(`${path} is no directory: choose another with --data`);
    }
  });
});
