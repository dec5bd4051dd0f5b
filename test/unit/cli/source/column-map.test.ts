import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readColumnMap } from '../../../../cli/source/column-map.ts';
import { csvLeads } from '../../../../cli/source/csv-leads.ts';
import { csvRows } from '../../../../shared/marketo/csv-rows.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-map-'));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const read = (text: string | Buffer) => {
  const file = join(dir, 'map.json');
  writeFileSync(file, text);
  return readColumnMap(file, Readable.from([]));
};

describe('a column map', () => {
  test('is a JSON object, with or without a byte order mark', async () => {
    const map = await read('\ufeff{"Vorname":"FirstName"," Notiz ":null}');
    expect([...map]).toEqual([
      ['Vorname', 'FirstName'],
      ['Notiz', null],
    ]);
  });

  test.each([
    ['Vorname,FirstName', 'is not JSON: it is plain text'],
    ['{"Vorname":"FirstName"', 'is not JSON: it ends too early'],
    ['["FirstName"]', 'is no JSON object'],
    ['{"Vorname":7}', 'gives the column "Vorname" neither a name nor null'],
    ['{"Vorname":"mktq:id"}', 'names a column that begins with mktq:'],
    ['{" mktq:id":null}', 'names a column that begins with mktq:'],
    ['{"Vorname":" "}', 'gives the column "Vorname" neither a name nor null'],
    ['{"Vorname":"FirstName","Vorname":null}', 'names the column "Vorname" twice'],
    ['{"V\\"\\u006fr" : "A","V\\"or ":"B"}', 'names the column "V\\"or" twice'],
  ])('%s is none, and it says what one looks like', async (text, words) => {
    await expect(read(text)).rejects.toThrow(words);
    await expect(read(text)).rejects.toThrow('{"First name":"FirstName"');
  });

  test('may have a name that is a column, too, or has a quote and a colon in it', async () => {
    expect((await read('{"A":"B","B":"A","C":"\\"A\\":"}')).size).toBe(3);
  });

  test('that is no UTF-8 is refused: no name has a letter that nobody can read', async () => {
    await expect(read(Buffer.from('{"Name":"F\xfcr"}', 'latin1'))).rejects.toThrow('map.json is not UTF-8');
    await expect(read(Buffer.from('\ufeff{"A":"B"}', 'utf16le'))).rejects.toThrow('is UTF-16');
  });

  test('that is not there is told by its name', async () => {
    await expect(readColumnMap(join(dir, 'gone.json'), Readable.from([]))).rejects.toThrow(
      'there is no such file',
    );
  });
});

const leads = (text: string, map: Readonly<Record<string, string | null>>, key = 'Email') =>
  Array.fromAsync(
    csvLeads(csvRows([text]), {
      key,
      blankClears: true,
      file: 'leads.csv',
      map: new Map(Object.entries(map)),
    }),
  );

describe('columns that are mapped', () => {
  test('are sent by their new names, one mapped to null is not, and one that is not mapped keeps its name', async () => {
    const text = 'Mail,Vorname,Notiz,City\na@example.com,Ann,do not send,Rome\n';
    const [lead] = await leads(text, { Mail: 'Email', Vorname: 'FirstName', Notiz: null });
    expect(lead).toMatchObject({
      value: {
        params: {
          leadRecord: {
            Email: 'a@example.com',
            leadAttributeList: {
              attribute: [
                { attrName: 'City', attrValue: 'Rome' },
                { attrName: 'FirstName', attrValue: 'Ann' },
              ],
            },
          },
        },
      },
    });
  });

  test('are named by the map in --key, not by the file', async () => {
    await expect(leads('Mail\na@example.com\n', { Mail: 'Email' }, 'Mail')).rejects.toThrow('--key must be');
    await expect(leads('Mail\na@example.com\n', { Mail: 'Email' }, 'Id')).rejects.toThrow(
      'there is no column Id; it has Email',
    );
  });

  test('may hold what is no UTF-8 if they are left out', async () => {
    const text = 'Email,Notiz\na@example.com,\ufdd0\n';
    expect(await leads(text, { Notiz: null })).toMatchObject([{ kind: 'job' }]);
    expect(await leads(text, { Notiz: 'Note' })).toMatchObject([
      { kind: 'bad', error: 'Notiz is not UTF-8' },
    ]);
  });

  test('must be there, and the nearest column is named', async () => {
    await expect(leads('Email,Vorname\n', { Vornahme: 'FirstName' })).rejects.toThrow(
      'the header of leads.csv (line 1): --map names the column "Vornahme", which it does not have; did you mean "Vorname"?',
    );
    await expect(leads('Email\n', { Unheard: 'FirstName' })).rejects.toThrow('take it out of the map');
  });

  test('must not be two of one name', async () => {
    await expect(leads('Email,Vorname,FirstName\n', { Vorname: 'FirstName' })).rejects.toThrow(
      'the columns Vorname and FirstName would both be FirstName; map one of them to another name, or to null',
    );
    await expect(leads('Email,A,A\n', { A: 'FirstName' })).rejects.toThrow('the column A is there twice');
    expect(await leads('Email,A,A\na@example.com,1,2\n', { A: null })).toMatchObject([{ kind: 'job' }]);
  });
});
