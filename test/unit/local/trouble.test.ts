import { describe, expect, test } from 'vitest';
import { diskTrouble, LocalTrouble, troubleLine } from '../../../local/trouble.ts';
import { ConfigurationError } from '../../../shared/config/environment.ts';

const withCode = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code}: something\n  with details`), { code, ...more });

describe('troubleLine', () => {
  test.each([
    ['the operating system', withCode('ENOSPC')],
    [
      'SQLite',
      Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 }),
    ],
    [
      'LevelDB',
      new Error('Database failed', {
        cause: new Error('IO error: /x/000003.log: No space left on device'),
      }),
    ],
  ])('says in one line that the disk is full when %s says so', (_, error) => {
    expect(troubleLine(error, '/data')).toBe(
      'the disk of /data is full: make room and start again, nothing accepted so far is lost',
    );
  });

  test('says that a directory cannot be written', () => {
    expect(troubleLine(withCode('EACCES'), '/data')).toMatch(/^\/data cannot be written/);
  });

  test.each([
    ['LevelDB', new Error('IO error: /data/dynamodb/000004.log: No such file or directory')],
    ['the operating system', withCode('ENOENT', { path: '/data/stack.json.unfinished' })],
  ])('says that files were removed under the stack when %s misses one', (_, error) => {
    expect(diskTrouble(error, '/data')).toMatch(/^files of \/data are gone: [^\n]*$/);
  });

  test('takes a missing file of somebody else for none of the disk', () => {
    expect(diskTrouble(withCode('ENOENT', { path: '/elsewhere' }), '/data')).toBeNull();
  });

  test.each([
    ['the operating system', withCode('EMFILE')],
    ['the whole machine', withCode('ENFILE')],
    ['LevelDB', new Error('failed', { cause: new Error('IO error: /x/LOCK: Too many open files') })],
  ])('says that too few files may be open when %s says so', (_, error) => {
    expect(troubleLine(error, '/data')).toMatch(/^this process may open too few files at once/);
  });

  test.each([
    ['read-only', 8],
    ['moved away', 8 | (4 << 8)],
    ['not to be opened', 14],
  ])('knows SQLite’s number for a file that is %s', (_, errcode) => {
    const error = Object.assign(new Error('no'), { code: 'ERR_SQLITE_ERROR', errcode });
    expect(troubleLine(error, '/data')).toMatch(/^\/data cannot be written/);
  });

  test('says that another process has the table, where the lock file could not', () => {
    expect(troubleLine(withCode('LEVEL_LOCKED'), '/data')).toMatch(/^\/data is in use by another process/);
  });

  test('names a port that is in use', () => {
    expect(troubleLine(withCode('EADDRINUSE', { port: 4560 }), '/data')).toMatch(/^port 4560 is in use/);
  });

  test('keeps our own words, and the first line of any others', () => {
    expect(troubleLine(new LocalTrouble('ours'), '/data')).toBe('ours');
    expect(troubleLine(new ConfigurationError('MARKETO_SHARE is "2"'), '/data')).toBe('MARKETO_SHARE is "2"');
    expect(troubleLine(withCode('EOTHER'), '/data')).toBe('EOTHER: something');
  });

  test('takes no other error for the disk', () => {
    expect(diskTrouble(withCode('EOTHER'), '/data')).toBeNull();
    expect(diskTrouble('full', '/data')).toBeNull();
  });
});
