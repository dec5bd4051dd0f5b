import { describe, expect, test } from 'vitest';
import { type CsvOptions, csvLeads } from '../../../cli/source/csv-leads.ts';
import { decoded } from '../../../cli/source/lines.ts';
import { type CsvRow, csvRows } from '../../../shared/marketo/csv-rows.ts';

const rowsOf = (...texts: string[]): Promise<CsvRow[]> => Array.fromAsync(csvRows(texts));
const row = (line: number, ...cells: string[]) => ({ kind: 'row', line, cells });

describe('csvRows', () => {
  test('reads quoted commas, doubled quotes and line ends, and says on which line each row starts', async () => {
    const text = 'Email,Note\r\na@example.com,"one, ""two""\r\nthree"\r\nb@example.com,x\n';
    expect(await rowsOf(text)).toEqual([
      row(1, 'Email', 'Note'),
      row(2, 'a@example.com', 'one, "two"\r\nthree'),
      row(4, 'b@example.com', 'x'),
    ]);
  });

  test('gives the same rows however the text is cut into pieces', async () => {
    const text = 'a,b\r\n"x\r\ny","q""q"\r\n\r\n,\n"",z\rlast,"end"';
    const whole = await rowsOf(text);
    expect(await rowsOf(...text)).toEqual(whole);
    for (let at = 1; at < text.length; at += 1) {
      expect(await rowsOf(text.slice(0, at), text.slice(at))).toEqual(whole);
    }
    expect(whole).toEqual([
      row(1, 'a', 'b'),
      row(2, 'x\r\ny', 'q"q'),
      row(5, '', ''),
      row(6, '', 'z'),
      row(7, 'last', 'end'),
    ]);
  });

  test('takes no blank around a quoted cell for a part of it', async () => {
    expect(await rowsOf('Email, "Name"  ,x\nq,  "a ""b"" , c" , "5"" pipe"\n" in ", y ,z')).toEqual([
      row(1, 'Email', 'Name', 'x'),
      row(2, 'q', 'a "b" , c', '5" pipe'),
      row(3, ' in ', ' y ', 'z'),
    ]);
    expect(await rowsOf('"a" b,c\nd,e')).toEqual([
      { kind: 'bad', line: 1, lastLine: 1, error: expect.stringContaining('closing quote'), cells: [] },
      row(2, 'd', 'e'),
    ]);
  });

  test('takes a quote inside an unquoted cell for a letter', async () => {
    expect(await rowsOf('5" disk,x\n')).toEqual([row(1, '5" disk', 'x')]);
  });

  test('refuses the lines of a broken row alone and goes on behind them', async () => {
    expect(await rowsOf('a,b\nc,"d"e\nf,g\n')).toEqual([
      row(1, 'a', 'b'),
      { kind: 'bad', line: 2, lastLine: 2, error: expect.stringContaining('closing quote'), cells: ['c'] },
      row(3, 'f', 'g'),
    ]);
    expect(await rowsOf('c,"d\nmore" e\nf,g')).toEqual([
      { kind: 'bad', line: 1, lastLine: 2, error: expect.any(String), cells: ['c'] },
      row(3, 'f', 'g'),
    ]);
  });

  test('names the lines that an unclosed quote swallowed', async () => {
    expect(await rowsOf('a,b\nc,"d\ne,f\n')).toEqual([
      row(1, 'a', 'b'),
      { kind: 'bad', line: 2, lastLine: 4, error: expect.stringContaining('never closed'), cells: ['c'] },
    ]);
  });

  test('gives up a row of more than a mebibyte without keeping it, and goes on at the next line', async () => {
    const long = `x,"${'y'.repeat(1024 * 1024)}`;
    const rows = await rowsOf('a,b\n', long, 'z'.repeat(1000), '\nf,g\n');
    expect(rows).toEqual([
      row(1, 'a', 'b'),
      { kind: 'bad', line: 2, lastLine: 2, error: expect.stringContaining('longer than'), cells: ['x'] },
      row(3, 'f', 'g'),
    ]);
  });

  test('reads an empty text as no rows, and a last line without an end as a row', async () => {
    expect(await rowsOf('')).toEqual([]);
    expect(await rowsOf('\n\n')).toEqual([]);
    expect(await rowsOf('a,')).toEqual([row(1, 'a', '')]);
  });
});

const leads = (text: string | Uint8Array, changes: Partial<CsvOptions> = {}) =>
  Array.fromAsync(
    csvLeads(csvRows(decoded([text], 'leads.csv')), {
      key: 'Email',
      blankClears: false,
      file: 'leads.csv',
      ...changes,
    }),
  );

describe('csvLeads', () => {
  test('makes Email, Id and ForeignSysPersonId children of the lead and everything else attributes', async () => {
    const [lead] = await leads(
      '\ufeffEmail,Id,ForeignSysPersonId,ForeignSysType,First Name\na@example.com,7,crm-1,CUSTOM,Ann\n',
    );
    expect(lead).toEqual({
      kind: 'job',
      line: 2,
      cells: ['a@example.com', '7', 'crm-1', 'CUSTOM', 'Ann'],
      value: {
        operation: 'syncLead',
        params: {
          leadRecord: {
            Email: 'a@example.com',
            Id: 7,
            ForeignSysPersonId: 'crm-1',
            ForeignSysType: 'CUSTOM',
            leadAttributeList: { attribute: [{ attrName: 'First Name', attrValue: 'Ann' }] },
          },
          returnLead: false,
        },
      },
    });
  });

  test('takes the id of a row out of its own column, and no column of mktq for an attribute', async () => {
    const rows = await leads(
      'mktq:status,A,mktq:id,Email,mktq:reason\nx,1, b-2 ,a@example.com,why\n,2,,b@example.com\n',
    );
    expect(rows).toMatchObject([{ value: { id: 'b-2' } }, { kind: 'job', line: 3 }]);
    expect(rows[1]).not.toHaveProperty('value.id');
    const [inCapitals] = await leads('MKTQ:ID,Email,MKTQ:REASON\nb-2,a@example.com,why\n');
    expect(inCapitals).toMatchObject({
      value: { id: 'b-2', params: { leadRecord: { Email: 'a@example.com' } } },
    });
    expect(JSON.stringify(inCapitals?.kind === 'job' && inCapitals.value)).not.toContain('why');
    await expect(leads('MKTQ:ID,Email,mktq:id\n')).rejects.toThrow('would both be mktq:id');
    expect(JSON.stringify(rows.map((row) => row.kind === 'job' && row.value))).not.toContain('mktq:');
    await expect(leads('Email,mktq:id,mktq:id\n')).rejects.toThrow('the column mktq:id is there twice');
  });

  test('makes the same job of a row whatever order its columns are in', async () => {
    const [one] = await leads('Email,B,A,a\na@example.com,1,2,3\n');
    const [other] = await leads('a,A,Email,B\n3,2,a@example.com,1\n');
    expect(one).toMatchObject({ kind: 'job', value: other?.kind === 'job' ? other.value : null });
  });

  test('tells of the cells of a row that cannot be read', async () => {
    const heard: (readonly string[])[] = [];
    const rows = await leads('Email, A\na@example.com,"x"y\n', {
      onHeader: (columns) => heard.push(columns),
    });
    expect(heard).toEqual([['Email', ' A']]);
    expect(rows).toMatchObject([{ kind: 'bad', line: 2, cells: ['a@example.com'] }]);
  });

  test('does not send an empty cell, unless blanks are to clear', async () => {
    const text = 'Email,Phone\na@example.com,\n';
    expect(JSON.stringify(await leads(text))).not.toContain('Phone');
    expect(JSON.stringify(await leads(text, { blankClears: true }))).toContain(
      '{"attrName":"Phone","attrValue":""}',
    );
  });

  test('refuses a row with too few or too many cells, or without its key, by its line', async () => {
    const rows = await leads('Email,A\na@example.com\n"b@example.com",1,2\n ,x\nc@example.com,1\n');
    expect(rows.map((one) => [one.line, one.kind])).toEqual([
      [2, 'bad'],
      [3, 'bad'],
      [4, 'bad'],
      [5, 'job'],
    ]);
  });

  test('refuses a cell that is not UTF-8 instead of sending it mangled', async () => {
    const latin1 = Buffer.from('Email,Name\na@example.com,J\u00f6rg\nb@example.com,Bo\n', 'latin1');
    const rows = await leads(latin1);
    expect(rows).toMatchObject([
      { line: 2, error: 'Name is not UTF-8' },
      { line: 3, kind: 'job' },
    ]);
  });

  test.each([
    ['', 'is empty'],
    ['Email,A,A\n', 'A is there twice'],
    ['email,A\n', 'must be spelt Email'],
    ['Email;A\na@example.com;1\n', 'separated by ";"'],
    ['A,,B\n', 'no column Email; it has A, B'],
    ['mktq:id,mktq:reason\n', 'no column Email, nor any other that is sent'],
    ['"Email,A"\r\n"a@example.com,1"\r\n', 'all of it is one quoted cell'],
    ['"Email";"A"\r\n"a@example.com";"1"\r\n', '; stands behind a closing quote; save the file with commas'],
    ['"Email"\t"A"\r\n', 'a tab stands behind a closing quote'],
    ['Email\tA\n', 'separated by tabs'],
    ['sep=,\r\nEmail,A\r\n', 'remove this line'],
    ['sep=;\r\nEmail;A\r\n', 'remove this line, and save the file with commas'],
    ['SEP=\t\nEmail\tA\n', 'remove this line, and save the file with commas'],
    ['ForeignSysPersonId,Email\n', 'needs a column ForeignSysType'],
  ])('refuses the header %j before anything is sent', async (text, words) => {
    await expect(leads(text)).rejects.toThrow(words);
  });

  test('passes over what a spreadsheet leaves behind the rows', async () => {
    const rows = await leads(
      ',,,\r\nEmail,A,,\r\na@example.com,1,,\r\n,,,\r\n   \r\nb@example.com,2\r\n,,\r\n\u001a',
    );
    expect(rows).toMatchObject([
      { line: 3, kind: 'job' },
      { line: 6, kind: 'job' },
    ]);
    expect(JSON.stringify(rows)).not.toContain('"attrName":""');
    expect(await leads('Email,A\na@example.com,1\u001a\r\n')).toMatchObject([
      { value: { params: { leadRecord: { leadAttributeList: { attribute: [{ attrValue: '1' }] } } } } },
    ]);
  });

  test('refuses a row with a value where the header has no name, or behind it', async () => {
    expect(await leads('Email,,A\na@example.com,x,1\nb@example.com,,1,\nc@example.com,,1,x\n')).toMatchObject(
      [
        { line: 2, error: 'column 2 has a value, but no name in the header' },
        { line: 3, kind: 'job' },
        { line: 4, error: '4 cells where the header names 3' },
      ],
    );
  });

  test('says of a number that a spreadsheet has changed what to do', async () => {
    const text =
      'Id,Email,A\n1000001.0,a@example.com,1.0\n1.2E+09,b@example.com,1\n7,c@example.com,1.0\n,d@example.com,\n';
    expect(await leads(text)).toMatchObject([
      { line: 2, error: expect.stringContaining('Id has been made a decimal number') },
      { line: 3, error: expect.stringContaining('Id has been made a decimal number') },
      { line: 4, kind: 'job' },
      { line: 5, kind: 'job' },
    ]);
  });

  test('takes a U+FFFD that is in the file for a letter, wherever the file is cut', async () => {
    const bytes = Buffer.concat([
      Buffer.from('Email,A\na@example.com,Jos\ufffd\nb@example.com,x'),
      Buffer.from([0xff, 0x0a]),
    ]);
    for (let at = 1; at < bytes.length; at += 1) {
      const text = (await Array.fromAsync(decoded([bytes.subarray(0, at), bytes.subarray(at)], 'f'))).join(
        '',
      );
      expect(text).toContain('Jos\ufffd\n');
      expect(text.endsWith('x\ufdd0\n')).toBe(true);
    }
    expect(await leads(bytes)).toMatchObject([
      { line: 2, kind: 'job' },
      { line: 3, error: 'A is not UTF-8' },
    ]);
  });

  test('takes no single NUL in a first row for UTF-16, and leaves the row to its check', async () => {
    expect(await leads('Email,A\na@example.com,x\0y\nb@example.com,z\n')).toMatchObject([
      { line: 2, kind: 'job' },
      { line: 3, kind: 'job' },
    ]);
  });

  test('refuses UTF-16 with words that say what to do', async () => {
    for (const text of ['Email,A\n', '\ufeffEmail,A\n'])
      for (const bytes of [Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()])
        await expect(leads(bytes)).rejects.toThrow('save it as UTF-8');
    await expect(leads(Buffer.from('\ufeffEmail\n', 'utf16le'))).rejects.toThrow('save it as UTF-8');
  });

  test('refuses a key that cannot name a lead', async () => {
    await expect(leads('Phone\n1\n', { key: 'Phone' })).rejects.toThrow('--key');
  });

  test('refuses a header that comes again in the middle', async () => {
    const rows = await leads(
      '\ufeffEmail,A\na@example.com,1\n\ufeffEmail,A\n\ufeffA,Email\nb@example.com,A\n',
    );
    expect(rows).toMatchObject([
      { line: 2, kind: 'job' },
      { line: 3, error: expect.stringContaining('header once more') },
      { line: 4, error: expect.stringContaining('header once more') },
      { line: 5, kind: 'job' },
    ]);
  });
});
