import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { csvRows } from '../../../../simulator/rest/csv.ts';
import { multipart } from '../../../../simulator/rest/multipart.ts';
import { type Body, errorCode, rest, send } from '../rest-caller.ts';
import { type Face, startFace } from './face.ts';

let face: Face;
beforeEach(async () => {
  face = await startFace();
});
afterEach(() => face.close());

const TYPE = 'multipart/form-data; boundary=xyz';
const part = (headers: string, content: string) =>
  `--xyz\r\nContent-Disposition: form-data; ${headers}\r\n\r\n${content}\r\n`;
const file = (content: string) =>
  `${part('name="file"; filename="leads.csv"\r\nContent-Type: text/csv', content)}--xyz--\r\n`;

function upload(content: string, query = 'format=csv', body = file(content), type = TYPE): Promise<Body> {
  return rest(face, 'POST', `/bulk/v1/leads.json?${query}`, { body, headers: { 'content-type': type } });
}

const batchOf = (body: Body) => Number(body.result?.[0]?.['batchId']);
const statusOf = async (batch: number) => (await face.get(`/bulk/v1/leads/batch/${batch}.json`)).result?.[0];
const rowsOf = async (batch: number, kind: string) =>
  (await send(face, 'GET', `/bulk/v1/leads/batch/${batch}/${kind}.json`)).text;
const listId = async () => (await face.get('/rest/v1/lists.json?name=Customers')).result?.[0]?.['id'];

const CSV = 'email,firstName,leadScore\r\na@x,"Ann, the ""first""",7\r\nb@x,Bob,many\r\nc@x,Cy\r\n';

describe('an import', () => {
  test('waits, runs and is complete, and writes its rows then', async () => {
    const list = await listId();
    const accepted = await upload(CSV, `format=csv&listId=${list}`);
    const batch = batchOf(accepted);
    expect(accepted.result).toEqual([{ batchId: batch, importId: String(batch), status: 'Queued' }]);
    expect(await statusOf(batch)).toMatchObject({ status: 'Queued', numOfLeadsProcessed: 0 });
    face.now += 1_000;
    expect(await statusOf(batch)).toMatchObject({ status: 'Importing', numOfLeadsProcessed: 0 });
    expect(face.instance().leads.size).toBe(0);
    face.now += 2_000;
    expect(await statusOf(batch)).toMatchObject({
      status: 'Complete',
      numOfLeadsProcessed: 1,
      numOfRowsFailed: 2,
      message: 'Import completed with errors, 1 records imported (1 members), 2 failed',
    });
    const members = await face.get(`/rest/v1/lists/${list}/leads.json?fields=firstName,leadScore`);
    expect(members.result).toMatchObject([{ firstName: 'Ann, the "first"', leadScore: 7 }]);
  });

  test('tells its failed rows as they came, and why', async () => {
    const batch = batchOf(await upload(CSV));
    face.now += 3_000;
    expect(await rowsOf(batch, 'failures')).toBe(
      'email,firstName,leadScore,Import Failure Reason\n' +
        `b@x,Bob,many,"Invalid value for field 'leadScore' and value 'many'"\n` +
        'c@x,Cy,"Row has 2 columns instead of 3"\n',
    );
    expect(await rowsOf(batch, 'warnings')).toBe('');
  });

  test('updates by id, and makes nobody', async () => {
    const id = await face.lead('a@x');
    const batch = batchOf(await upload(`id,city\n${id},Oslo\n5,Rome\n`, 'format=csv&lookupField=id'));
    face.now += 3_000;
    expect(await statusOf(batch)).toMatchObject({ numOfLeadsProcessed: 1, numOfRowsFailed: 1 });
    expect((await face.get(`/rest/v1/lead/${id}.json?fields=city`)).result).toEqual([{ id, city: 'Oslo' }]);
  });

  test('takes its parameters as parts as well', async () => {
    const body = part('name="format"', 'tsv') + file('email\tfirstName\na@x\tAnn\n');
    expect(errorCode(await upload('', '', body))).toBeNull();
    face.now += 3_000;
    expect(face.instance().leads.size).toBe(1);
  });

  test('waits for a place: two run at once', async () => {
    const batches = [];
    for (const name of ['a', 'b', 'c']) batches.push(batchOf(await upload(`email\n${name}@x\n`)));
    face.now += 3_000;
    const statuses = [];
    for (const batch of batches) statuses.push((await statusOf(batch))?.['status']);
    expect(statuses).toEqual(['Complete', 'Complete', 'Importing']);
  });

  test('is refused when twelve are open, and for a list that is being imported into', async () => {
    const list = await listId();
    await upload('email\na@x\n', `format=csv&listId=${list}`);
    expect(errorCode(await upload('email\na@x\n', `format=csv&listId=${list}`))).toBe('1019');
    for (let more = 1; more < 12; more += 1) expect(errorCode(await upload('email\na@x\n'))).toBeNull();
    expect(errorCode(await upload('email\na@x\n'))).toBe('1016');
    face.now += 60_000;
    expect(errorCode(await upload('email\na@x\n', `format=csv&listId=${list}`))).toBeNull();
  });

  test.each([
    ['no format', CSV, 'x=1', '1002'],
    ['an unknown format', CSV, 'format=pdf', '1003'],
    ['an empty file', '', 'format=csv', '1003'],
    ['a header alone', 'email\r\n', 'format=csv', '1003'],
    ['an open quote', 'email\r\n"a@x\r\n', 'format=csv', '1003'],
    ['an unknown column', 'email,Email Address\na@x,a@x\n', 'format=csv', '1006'],
    ['a column twice', 'email,email\na@x,a@x\n', 'format=csv', '1003'],
    ['an unknown lookup field', CSV, 'format=csv&lookupField=boots', '1006'],
    ['no column to look up by', 'city\nOslo\n', 'format=csv', '1003'],
    ['an unknown list', CSV, 'format=csv&listId=7', '1013'],
    ['an unknown partition', CSV, 'format=csv&partitionName=Mars', '1008'],
  ])('is refused with %s', async (_, content, query, code) => {
    expect(errorCode(await upload(content, query))).toBe(code);
  });

  test('wants a multipart body with a file in it', async () => {
    expect(errorCode(await upload('', 'format=csv', file(CSV), 'text/csv'))).toBe('612');
    expect(errorCode(await upload('', 'format=csv', file(CSV), 'multipart/form-data'))).toBe('613');
    expect(errorCode(await upload('', 'format=csv', file(CSV).replace('--xyz--', '')))).toBe('613');
    const noFile = `${part('name="file"', CSV)}--xyz--`;
    expect(errorCode(await upload('', 'format=csv', noFile))).toBe('613');
  });

  test('may be 10 MB, and no more', async () => {
    const sizeOf = async (bytes: number) =>
      (await send(face, 'POST', '/bulk/v1/leads.json?format=csv', { body: Buffer.alloc(bytes) })).status;
    expect([await sizeOf(2 * 1024 * 1024), await sizeOf(10 * 1024 * 1024 + 1)]).toEqual([200, 413]);
  });

  test('is known by its number for a week', async () => {
    const batch = batchOf(await upload(CSV));
    face.now += 7 * 24 * 3_600_000;
    expect((await statusOf(batch))?.['status']).toBe('Complete');
    face.now += 10_000;
    expect(errorCode(await face.get(`/bulk/v1/leads/batch/${batch}.json`))).toBe('1013');
    expect(errorCode(await face.get('/bulk/v1/leads/batch/7.json'))).toBe('1013');
  });

  test('goes on after a kill, to the same leads', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'simulator-import-'));
    await face.close();
    face = await startFace({ dataDir });
    const batch = batchOf(await upload(CSV));
    face.now += 3_000;
    const { now } = face;
    const later = await face.lead('z@x');
    const before = [...face.instance().leads.values()].map(({ id, email }) => [id, email]);
    await face.close();
    face = await startFace({ dataDir });
    face.now = now;
    expect([...face.instance().leads.values()].map(({ id, email }) => [id, email])).toEqual(before);
    expect(before).toMatchObject([
      [later - 1, 'a@x'],
      [later, 'z@x'],
    ]);
    expect(await statusOf(batch)).toMatchObject({ status: 'Complete', numOfRowsFailed: 2 });
    rmSync(dataDir, { recursive: true });
  });
});

test('rows of text keep their quotes raw and their cells plain', () => {
  expect(csvRows('a,"b\r\nc"\n\n"d""e",', ',')).toEqual([
    { raw: 'a,"b\r\nc"', cells: ['a', 'b\r\nc'] },
    { raw: '"d""e",', cells: ['d"e', ''] },
  ]);
  expect(csvRows('"a', ',')).toBeNull();
});

test('parts of a body are cut at the boundary alone', () => {
  const body = `${part('name="a"', 'x\r\n--xy')}${part('name="f"; filename="n"', '')}--xyz--`;
  expect(multipart(TYPE, body)).toEqual([
    { name: 'a', hasFilename: false, content: 'x\r\n--xy' },
    { name: 'f', hasFilename: true, content: '' },
  ]);
  expect(multipart('multipart/form-data', body)).toBeNull();
});
