import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

describe('the rights of a data directory', () => {
  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  test('that a stack makes are its user’s alone, and again after somebody has opened it', () => {
    lockDirectory(dataDir, 'one').release();
    expect(modeOf(dataDir)).toBe('700');
    expect(readdirSync(dataDir).map((name) => modeOf(join(dataDir, name)))).toEqual(['600', '600']);
    chmodSync(dataDir, 0o755);
    lockDirectory(dataDir, 'two').release();
    expect(modeOf(dataDir)).toBe('700');
  });

  test('that somebody else has made stay as they are, at every start', () => {
    mkdirSync(dataDir);
    chmodSync(dataDir, 0o755);
    for (const instance of ['one', 'two']) {
      lockDirectory(dataDir, instance).release();
      expect(modeOf(dataDir)).toBe('755');
    }
  });

  test('of an earlier version are narrowed where nothing else lies there', () => {
    mkdirSync(join(dataDir, 'demo'), { recursive: true });
    for (const path of [dataDir, join(dataDir, 'demo')]) {
      writeFileSync(join(path, 'lock.json'), '{"pid":1,"instance":"old"}');
      writeFileSync(join(path, 'lock.sqlite'), '');
      writeFileSync(join(path, 'stack.json'), '{}');
      chmodSync(path, 0o755);
    }
    lockDirectory(dataDir, 'one').release();
    expect(modeOf(dataDir)).toBe('700');
    expect(modeOf(join(dataDir, 'demo'))).toBe('755');
  });

  test('of an earlier version stay as they are where something else lies there', () => {
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'lock.json'), '{"pid":1,"instance":"old"}');
    writeFileSync(join(dataDir, 'lock.sqlite'), '');
    writeFileSync(join(dataDir, 'notes.txt'), '');
    chmodSync(dataDir, 0o755);
    lockDirectory(dataDir, 'one').release();
    expect(modeOf(dataDir)).toBe('755');
  });
});
