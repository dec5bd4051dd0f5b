import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Rejects } from '../../../cli/enqueue/rejects.ts';
import { Failure, UsageError } from '../../../cli/exit.ts';
import { SpooledTexts } from '../../../cli/redrive/spooled-texts.ts';
import { UNDECODABLE } from '../../../cli/source/lines.ts';
import { Spool } from '../../../cli/spool.ts';

let dir: string;
let file: string;
let source: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-rejects-'));
  file = join(dir, 'rejects.csv');
  source = join(dir, 'leads.csv');
  writeFileSync(source, 'Email\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Of a file with these columns, each of whose rows would be sent under its line. */
const open = (columns: readonly string[] = ['Email', 'Note'], isMarked = false, path = file) =>
  new Rejects(path, {
    file: source,
    header: () => ({ columns, isMarked }),
    idOf: (line) => (line === 3 ? null : `b-${line}`),
  });

describe('the file of the rows that were refused', () => {
  test('has the ids in front and the reasons behind, and every cell as it was', () => {
    const rejects = open();
    rejects.add({ line: 2, cells: ['a@example.com', ' "x",\n'], reason: 'because\nof this' });
    rejects.add({ line: 3, cells: ['short'], reason: 'why' });
    rejects.add({ line: 4, cells: ['a', 'b', 'c'], reason: 'too long' });
    rejects.add({ line: 5, cells: [`J${UNDECODABLE}rg`, 'x'], reason: 'no text' });
    expect(rejects.close(true)).toEqual({ kind: 'written', earlier: null });
    expect(readFileSync(file, 'utf8')).toBe(
      [
        'mktq:id,Email,Note,mktq:reason',
        'b-2,a@example.com," ""x"",\n",because of this',
        `,short,,why,"cells are missing: fill them in, then clear this one"`,
        'b-4,a,b,too long,c',
        'b-5,J\ufffdrg,x,no text,"each \ufffd was no UTF-8: correct it, then clear this cell"',
        '',
      ].join('\n'),
    );
  });

  test('has the columns of an earlier one once', () => {
    const rejects = open(['mktq:reason', 'Note', 'mktq:id', 'Email'], true);
    rejects.add({ line: 7, cells: ['old', 'n', 'b-2', 'e'], reason: 'new' });
    rejects.add({ line: 8, cells: ['old', 'n'], reason: 'broken' });
    rejects.close(true);
    expect(readFileSync(file, 'utf8')).toBe(
      '\ufeffmktq:id,Note,Email,mktq:reason\nb-2,n,e,new\n,n,,broken,"cells are missing: fill them in, then clear this one"\n',
    );
  });

  test('of an earlier run has another name once a run is through that refused none', () => {
    writeFileSync(file, '\ufeffmktq:id,Email,mktq:reason\nb-2,corrected,old\n');
    expect(open().close(false)).toEqual({ kind: 'none', earlier: null });
    expect(existsSync(file)).toBe(true);
    expect(open().close(true)).toEqual({ kind: 'none', earlier: join(dir, 'rejects.1.csv') });
    expect(existsSync(file)).toBe(false);
    expect(readFileSync(join(dir, 'rejects.1.csv'), 'utf8')).toContain('b-2,corrected,old');
    expect(open().close(true)).toEqual({ kind: 'none', earlier: null });
  });

  test('takes the name of one of an earlier run, of which no row is lost', () => {
    writeFileSync(join(dir, 'rejects.1.csv'), 'of the run before that');
    writeFileSync(file, 'mktq:id,Email,mktq:reason\nb-2,corrected,old\n');
    const rejects = open(['Email']);
    rejects.add({ line: 4, cells: ['b'], reason: 'new' });
    expect(rejects.close(true)).toEqual({ kind: 'written', earlier: join(dir, 'rejects.2.csv') });
    expect(readFileSync(file, 'utf8')).toBe('mktq:id,Email,mktq:reason\nb-4,b,new\n');
    expect(readFileSync(join(dir, 'rejects.1.csv'), 'utf8')).toBe('of the run before that');
    expect(readFileSync(join(dir, 'rejects.2.csv'), 'utf8')).toContain('b-2,corrected,old');
  });

  test('is behind a link, which stays: one such as /dev/stdout belongs to the system', () => {
    const link = join(dir, 'link.csv');
    symlinkSync(file, link);
    writeFileSync(file, 'mktq:id,Email,mktq:reason\nb-2,corrected,old\n');
    const rejects = open(['Email'], false, link);
    rejects.add({ line: 4, cells: ['b'], reason: 'new' });
    const earlier = join(realpathSync(dir), 'rejects.1.csv');
    expect(rejects.close(true)).toEqual({ kind: 'written', earlier });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(link, 'utf8')).toBe('mktq:id,Email,mktq:reason\nb-4,b,new\n');
    expect(readFileSync(earlier, 'utf8')).toContain('b-2,corrected,old');
  });

  test('loses no row where a link without an end has the next name', () => {
    symlinkSync(join(dir, 'nowhere'), join(dir, 'rejects.1.csv'));
    writeFileSync(file, 'mktq:id,Email,mktq:reason\nb-2,corrected,old\n');
    expect(open().close(true)).toEqual({ kind: 'none', earlier: join(dir, 'rejects.2.csv') });
    expect(lstatSync(join(dir, 'rejects.1.csv')).isSymbolicLink()).toBe(true);
  });

  test('takes the place of nothing else', () => {
    writeFileSync(file, 'Email\n');
    expect(() => open()).toThrow(Failure);
    expect(readFileSync(file, 'utf8')).toBe('Email\n');
    mkdirSync(join(dir, 'folder'));
    expect(() => open([], false, join(dir, 'folder'))).toThrow(Failure);
    expect(() => open([], false, join(dir, 'nowhere', 'rejects.csv'))).toThrow('nowhere is not there');
    writeFileSync(file, '');
    expect(() => open()).not.toThrow();
  });

  test('is not the file that is read, by whatever name', () => {
    expect(() => open([], false, source)).toThrow(UsageError);
    linkSync(source, file);
    expect(() => open()).toThrow(UsageError);
    expect(() => open([], false, '-')).toThrow(UsageError);
  });

  test('ends no run when it cannot be written, and says so at the end', () => {
    const folder = join(dir, 'folder');
    mkdirSync(folder);
    const rejects = open(undefined, false, join(folder, 'rejects.csv'));
    rmSync(folder, { recursive: true });
    rejects.add({ line: 2, cells: [], reason: 'x' });
    rejects.add({ line: 4, cells: [], reason: 'x' });
    expect(rejects.close(true)).toEqual({ kind: 'failed', message: expect.stringContaining('no such') });
  });
});

describe('what is put aside', () => {
  test('is found again, each text at its place', () => {
    const spool = new Spool();
    const texts = ['', 'Ä'.repeat(100_000), '{"a":1}', '\u{1f600}'];
    const places = texts.map((text) => spool.add(text));
    expect(places.map((place) => spool.read(place))).toEqual(texts);
    expect(spool.read(places[2] ?? 0)).toBe('{"a":1}');
    expect(() => spool.read(4)).toThrow();
    spool.close();
  });

  test('is found again by an id, as it was put last', () => {
    const texts = new SpooledTexts();
    expect([texts.has('a'), texts.get('a')]).toEqual([false, undefined]);
    texts.set('a', 'first');
    texts.set('b', '\u{1f600}');
    texts.set('a', 'second');
    expect([texts.has('a'), texts.get('a'), texts.get('b')]).toEqual([true, 'second', '\u{1f600}']);
    texts.close();
  });
});
