import { describe, expect, test } from 'vitest';
import { progress } from '../../../../cli/render/progress.ts';
import { plainStyle, styleFor } from '../../../../cli/render/style.ts';
import { table } from '../../../../cli/render/table.ts';
import {
  bar,
  cells,
  cut,
  cutApart,
  harmless,
  harmlessJson,
  harmlessScreen,
  oneLine,
} from '../../../../cli/render/text.ts';
import { bothClocks, duration, since, untilText } from '../../../../cli/render/time.ts';
import { SOME_TIME } from '../../../support/rows.ts';

describe('cutApart', () => {
  const long = 'syncLead operation failed because the value of the attribute ';
  test('shows where texts differ that would be cut alike', () => {
    const texts = [`${long}Score is too long`, `${long}Title is too long`, 'short'];
    const shown = cutApart(texts, 40);
    expect(new Set(shown).size).toBe(3);
    expect(shown[0]).toMatch(/^syncLead op.*….*Score/);
    expect(shown[1]).toMatch(/^syncLead op.*….*Title/);
    expect(shown[2]).toBe('short');
    expect(shown.every((text) => cells(text) <= 40)).toBe(true);
  });
  test('leaves alone what differs in its beginning, or is the same', () => {
    const texts = [`a${long}`, `b${long}`, `b${long}`];
    expect(cutApart(texts, 20)).toEqual(texts.map((text) => cut(text, 20)));
  });
});

describe('table', () => {
  const columns = [
    { title: 'id', value: (row: { id: string }) => row.id },
    { title: 'n', align: 'right' as const, value: (row: { n: number }) => `${row.n}` },
    { title: 'message', shrink: true, value: (row: { text: string }) => row.text },
  ];
  const rows = [
    { id: 'a', n: 5, text: 'short' },
    { id: 'long-id', n: 1200, text: 'a message that is longer than the terminal is wide' },
  ];

  test('aligns its columns', () => {
    expect(table(rows, columns, { width: Number.POSITIVE_INFINITY })).toBe(
      [
        'id          n  message',
        'a           5  short',
        'long-id  1200  a message that is longer than the terminal is wide',
      ].join('\n'),
    );
  });

  test('cuts only the column that may shrink, so that no line is wider than the terminal', () => {
    const lines = table(rows, columns, { width: 30 }).split('\n');
    expect(lines[2]).toBe('long-id  1200  a message that…');
    expect(Math.max(...lines.map(cells))).toBe(30);
  });

  test('puts the columns of a row one below the other where they cannot be made narrow enough', () => {
    expect(table(rows, columns, { width: 22 })).toBe(
      [
        'id       a',
        'n        5',
        'message  short',
        '',
        'id       long-id',
        'n        1200',
        'message  a message that is lon…',
      ].join('\n'),
    );
    expect(table(rows, columns, { width: 23 }).split('\n')[2]).toBe('long-id  1200  a messa…');
    expect(table(rows.slice(0, 0), columns, { width: 5 })).toBe('id  n  message');
  });

  test('leaves out the empty cells of such a row', () => {
    expect(table([{ id: 'long-id', n: 7, text: '' }], columns, { width: 12 })).toBe(
      'id       long-id\nn        7',
    );
  });

  test('keeps what a lead or Marketo wrote from moving the cursor', () => {
    const hostile = [{ id: '\u001b[2Jx\ny', n: 1, text: '\u202eevil\u0007' }];
    expect(table(hostile, columns, { width: 80 }).split('\n')[1]).toBe('x y  1  evil');
  });

  test('colours a cell without moving its neighbours', () => {
    const painted = [{ ...columns[0], paint: (cell: string) => `\u001b[31m${cell}\u001b[39m` }, columns[1]];
    const [, line] = table(rows, painted as typeof columns, { width: 80 }).split('\n');
    expect(line).toBe('\u001b[31ma      \u001b[39m     5');
  });
});

describe('text', () => {
  test('counts wide letters as two cells and joining ones as none', () => {
    expect(cells('日本')).toBe(4);
    expect(cells('e\u0301')).toBe(1);
    expect(cut('日本語', 4)).toBe('日…');
  });

  test('lets through no control byte but line feeds, tabs and the colours of our own', () => {
    const hostile = 'a\u001b[31mb\u001b]0;pwn\u0007c\u009b2Jd\u202ee\rf\n\tg';
    expect(harmless(hostile)).toBe('abcd\ufffde\ufffdf\n\tg');
    const bold = '\u001b[1mBOLD\u001b[22m';
    expect(harmlessScreen(`${bold} \u001b[2J\u0007x`)).toBe(`${bold} \ufffdx`);
  });

  test('writes JSON that is the same value and moves no cursor', () => {
    const value = { text: 'a\u001b[31m\u009b2J\u202e\u2028\u007f', 'k\u0085': 1 };
    const text = harmlessJson(value);
    expect(JSON.parse(text)).toEqual(value);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not come out.
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
  });

  test('makes one line of many', () => {
    expect(oneLine(' a\r\n\tb ')).toBe('a b');
  });
});

describe('time', () => {
  const MINUTE = 60_000;
  test.each([
    [400, '400 ms'],
    [59_900, '59 s'],
    [12 * MINUTE, '12 min'],
    [200 * MINUTE, '3 h 20 min'],
    [120 * MINUTE, '2 h'],
    [52 * 60 * MINUTE, '2 d 4 h'],
  ])('says %d ms as %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  test('shows a moment on both clocks, with the date where it is not today', () => {
    const berlin = 'Europe/Berlin';
    expect(bothClocks(SOME_TIME + 60 * MINUTE, SOME_TIME, berlin)).toBe('12:00 local, 11:00 UTC');
    expect(bothClocks(SOME_TIME + 13 * 60 * MINUTE + 30 * MINUTE, SOME_TIME, berlin)).toBe(
      '2026-11-23 00:30 local, 23:30 UTC',
    );
    expect(bothClocks(SOME_TIME, SOME_TIME, 'UTC')).toBe('10:00 UTC');
  });

  test('says when something ends, and that something has no end', () => {
    expect(untilText(SOME_TIME + 20 * MINUTE, SOME_TIME, 'UTC')).toBe('in 20 min (10:20 UTC)');
    expect(untilText(SOME_TIME + 201, SOME_TIME, 'UTC')).toBe('within a second (10:00 UTC)');
    expect(untilText(null, SOME_TIME)).toBe('until somebody lifts it');
    expect(untilText(SOME_TIME - 1, SOME_TIME, 'UTC')).toContain('any moment');
    expect(since(SOME_TIME - 5 * MINUTE, SOME_TIME)).toBe('5 min ago');
  });
});

describe('bar', () => {
  test('is never empty while something is used and never full before all is', () => {
    expect(bar(0, 100, 4)).toBe('[----]');
    expect(bar(1, 10_000, 4)).toBe('[#---]');
    expect(bar(9_999, 10_000, 4)).toBe('[###-]');
    expect(bar(10_000, 10_000, 4)).toBe('[####]');
    expect(bar(12_000, 10_000, 4)).toBe('[####]');
  });
});

describe('styleFor', () => {
  test('colours a terminal, and nothing else, and not against NO_COLOR', () => {
    expect(styleFor({ isTTY: true }, {}).red('x')).not.toBe('x');
    expect(styleFor({ isTTY: true }, { NO_COLOR: '1' })).toBe(plainStyle);
    expect(styleFor({ isTTY: true }, { NO_COLOR: '' }).red('x')).not.toBe('x');
    expect(styleFor({}, {})).toBe(plainStyle);
  });
});

describe('progress', () => {
  test('writes on a terminal at most every 100 ms, and clears its line when done', () => {
    const written: string[] = [];
    let now = 0;
    const shown = progress(
      {
        isTTY: true,
        columns: 20,
        write: (text) => {
          written.push(text);
          return true;
        },
      },
      () => now,
    );
    shown.show('1');
    shown.show('2');
    now = 100;
    shown.show('3');
    shown.done();
    expect(written.map((text) => text.replaceAll('\r\u001b[2K', '<'))).toEqual(['<1', '<3', '<']);
  });

  test('is silent where nobody looks', () => {
    const shown = progress(
      {
        write: () => {
          throw new Error('wrote');
        },
      },
      () => 0,
    );
    shown.show('1');
    shown.done();
  });
});
