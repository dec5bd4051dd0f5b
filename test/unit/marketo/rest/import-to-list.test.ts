import { describe, expect, test } from 'vitest';
import type { CheckedParamsOf } from '../../../../shared/marketo/operations/registry.ts';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import type { Known } from '../../../../shared/marketo/rest/call/mapping.ts';
import type { RestSettings } from '../../../../shared/marketo/rest/call/settings.ts';
import type { LeadFields } from '../../../../shared/marketo/rest/leads/lead-fields.ts';
import { listMappings } from '../../../../shared/marketo/rest/lists/lists.ts';
import { faultOf } from '../../../support/call-end.ts';
import { directoryStub, leadFieldsOf } from '../../../support/rest-directory.ts';
import { type Canned, NO_SETTINGS, restStage } from '../../../support/rest-stage.ts';

const { importToList, getImportToListStatus } = listMappings;

type Params = CheckedParamsOf<'importToList'>;

const FIELDS = leadFieldsOf(
  [
    ['email', 'Email', 'Email Address'],
    ['id', 'Id', 'Id'],
    ['firstName', 'FirstName', 'First Name'],
    ['color_c', 'Color__c', 'Color'],
    ['colour_c', 'Colour__c', 'Color'],
    ['createdAt', null, 'Created At'],
  ],
  ['id', 'createdAt'],
);

const params = (header: string, rows: readonly string[], over: Partial<Params> = {}): Params => ({
  programName: 'Trade Show',
  importFileHeader: header,
  importFileRows: { stringItem: [...rows] },
  importListMode: 'UPSERTLEADS',
  listName: 'Booth',
  clearList: false,
  campaignName: '',
  ...over,
});

const PLAIN = params('Email Address,First Name', ['ann@example.com,Ann', 'bob@example.com,"Bob, ""B"""']);
const QUEUED: Canned = { rows: [{ batchId: 3404, importId: '3404', status: 'Queued' }] };

interface Over {
  readonly lists?: readonly number[];
  readonly fields?: LeadFields;
  readonly settings?: Partial<RestSettings>;
  readonly workspace?: string;
}

const stageOf = (replies: readonly Canned[], over: Over = {}) => {
  const stub = directoryStub({
    lists: { 'Trade Show/Booth': over.lists ?? [501] },
    fields: over.fields ?? FIELDS,
  });
  const { settings = {}, workspace = null } = over;
  return { ...stub, ...restStage(replies, { directory: stub.directory, settings, workspace }) };
};

const partOf = (body: unknown): string => {
  const [, part = ''] = /\r\n\r\n([\s\S]*)\r\n--mktq-[^\r]*--\r\n$/.exec(String(body)) ?? [];
  return part;
};

describe('an upload', () => {
  test('sends the rows as they are below REST names, announced, and keeps the batch', async () => {
    const { session, seen, batches } = stageOf([QUEUED]);

    const { result, records } = await importToList.run(PLAIN, session);

    expect(seen).toMatchObject([
      {
        line: 'POST /bulk/v1/leads.json',
        query: { format: 'csv', listId: '501', lookupField: 'email' },
        target: { announces: true, changes: true },
      },
    ]);
    expect(seen[0]?.query).not.toHaveProperty('partitionName');
    expect(partOf(seen[0]?.body)).toBe('email,firstName\nann@example.com,Ann\nbob@example.com,"Bob, ""B"""');
    expect(result).toEqual({ result: { importStatus: 'PROCESSING' } });
    expect(records).toEqual([{ ok: true, code: null, message: '', result: { importStatus: 'PROCESSING' } }]);
    expect(batches.get('Trade Show/Booth')).toEqual({ kind: 'batch', batchId: 3404 });
  });

  test.each([
    ['FirstName,Email', 'firstName,email', 'email'],
    ['"Id","First Name "', 'id,firstName', 'id'],
    ['email,Color__c', 'email,color_c', 'email'],
    ['\ufeffEmail Address\r\n', 'email', 'email'],
  ])('reads the header %j as %s, found by %s', async (header, names, lookupField) => {
    const { session, seen } = stageOf([QUEUED]);

    await importToList.run(params(header, ['x,y']), session);

    expect(partOf(seen[0]?.body)).toBe(`${names}\nx,y`);
    expect(seen[0]?.query['lookupField']).toBe(lookupField);
  });

  test('has a boundary that no row holds', async () => {
    const { session, seen } = stageOf([QUEUED]);
    const row = 'a@example.com,"--mktq-i-0"';

    await importToList.run(params('Email,FirstName', [row]), session);

    const [, boundary = ''] = /^--(\S+)\r\n/.exec(String(seen[0]?.body)) ?? [];
    expect(boundary).toBe('mktq-i-1');
    expect(row).not.toContain(boundary);
  });

  test('names the partition of the workspace, but not for an import by id', async () => {
    const over = { settings: { partitions: { EU: 'Europe' } }, workspace: 'EU' };
    const byEmail = stageOf([QUEUED], over);
    const byId = stageOf([QUEUED], over);

    await importToList.run(PLAIN, byEmail.session);
    await importToList.run(params('Id', ['7']), byId.session);

    expect(byEmail.seen[0]?.query['partitionName']).toBe('Europe');
    expect(byId.seen[0]?.query).not.toHaveProperty('partitionName');
  });

  test('asks for the fields once more before it calls a column unknown', async () => {
    const { session, seen, directory } = stageOf([QUEUED]);
    const asked: boolean[] = [];
    Object.assign(directory, {
      leadFields: async (_: unknown, { fresh = false } = {}) => {
        asked.push(fresh);
        return fresh ? FIELDS : leadFieldsOf([['email', 'Email', 'Email Address']]);
      },
    });

    await importToList.run(PLAIN, session);

    expect(asked).toEqual([false, true]);
    expect(seen).toHaveLength(1);
  });

  test.each([
    ['a column that is no field', 'Email,No Such', 1006, '"No Such"'],
    ['a name that two fields have', 'Email,Color', 1006, '"Color"'],
    ['two names of one field', 'Email,Email Address', 1003, 'email'],
    ['no key', 'First Name', 1003, 'neither'],
  ])('sends nothing for %s', async (_, header, code, words) => {
    const { session, seen } = stageOf([]);

    const fault = await faultOf(importToList.run(params(header, ['x']), session));

    expect(fault).toMatchObject({ kind: 'decided', code });
    expect(fault.message).toContain(words);
    expect(seen).toEqual([]);
  });

  test('sends it again to the list a second look-up gives', async () => {
    const { session, seen } = stageOf([{ error: 1013 }, QUEUED], { lists: [501, 502] });

    await importToList.run(PLAIN, session);

    expect(seen.map(({ query }) => query['listId'])).toEqual(['501', '502']);
  });

  test('has failed where Marketo says so at once', async () => {
    const { session } = stageOf([{ rows: [{ batchId: 1, status: 'Failed' }] }]);

    const { result, records } = await importToList.run(PLAIN, session);

    expect(result).toEqual({ result: { importStatus: 'FAILED' } });
    expect(records).toMatchObject([{ ok: false, code: null, message: 'importToList answered FAILED' }]);
  });

  test('stands though its batch could not be kept', async () => {
    const { session, directory } = stageOf([QUEUED]);
    Object.assign(directory, { keepImportBatch: () => Promise.reject(new Error('no table')) });

    expect((await importToList.run(PLAIN, session)).result).toEqual({
      result: { importStatus: 'PROCESSING' },
    });
  });

  test.each([[[]], [[{}]], [[{ batchId: {} }]], [['x']]])('does not read the rows %j', async (rows) => {
    const { session, batches } = stageOf([{ rows }]);

    expect(await faultOf(importToList.run(PLAIN, session))).toMatchObject({ kind: 'unreadable' });
    expect(batches.size).toBe(0);
  });

  test.each([1016, 1019, 1003, 611])('ends with error %i', async (error) => {
    const { session } = stageOf([{ error }]);

    expect(await faultOf(importToList.run(PLAIN, session))).toMatchObject({ kind: 'marketo', code: error });
  });

  test('passes on that it was not admitted', async () => {
    const { session } = stageOf([{ refusal: 'quota' }]);

    await expect(importToList.run(PLAIN, session)).rejects.toBeInstanceOf(CallRefused);
  });
});

describe('LISTONLY', () => {
  const only = (header: string, rows: readonly string[]) =>
    params(header, rows, { importListMode: 'LISTONLY' });

  test('looks the leads up and adds those that are found, and counts', async () => {
    const { session, seen, batches } = stageOf([
      {
        rows: [
          { id: 7, email: 'ann@example.com' },
          { id: 8, email: 'bob@example.com' },
          { id: 9, email: 'bob@example.com' },
        ],
      },
      { rows: [{ id: 7, status: 'added' }] },
    ]);
    const rows = [
      'Ann,Ann@example.com',
      'Bob,bob@example.com',
      'Cy,cy@example.com',
      'Di',
      'E,"a,b@example.com"',
    ];

    const { result, records } = await importToList.run(only('First Name,Email Address', rows), session);

    expect(seen).toMatchObject([
      {
        line: 'GET /rest/v1/leads.json',
        query: { filterValues: 'ann@example.com,bob@example.com,cy@example.com' },
      },
      {
        line: 'POST /rest/v1/lists/501/leads.json',
        body: { input: [{ id: 7 }] },
        target: { announces: false },
      },
    ]);
    expect(result).toEqual({ result: { importStatus: 'COMPLETE' } });
    expect(records).toMatchObject([{ ok: true }]);
    expect(batches.get('Trade Show/Booth')).toEqual({ kind: 'counts', imported: 1, failed: 4 });
  });

  test('adds ids without looking them up', async () => {
    const skipped = { id: 8, status: 'skipped', reasons: [{ code: '1004', message: 'no' }] };
    const { session, seen, batches } = stageOf([{ rows: [{ id: 7, status: 'added' }, skipped] }]);

    await importToList.run(only('Id', ['7', '007', '8', 'x']), session);

    expect(seen.map(({ body }) => body)).toEqual([{ input: [{ id: 7 }, { id: 8 }] }]);
    expect(batches.get('Trade Show/Booth')).toEqual({ kind: 'counts', imported: 2, failed: 2 });
  });

  test('asks for nothing where no row has a key', async () => {
    const { session, seen, batches } = stageOf([]);

    await importToList.run(only('Email', ['', '""']), session);

    expect(seen).toEqual([]);
    expect(batches.get('Trade Show/Booth')).toEqual({ kind: 'counts', imported: 0, failed: 2 });
  });
});

describe('check', () => {
  const KNOWN: Known = { fields: null, settings: NO_SETTINGS, workspace: null, now: 0 };
  const found = (one: Params, known: Partial<Known> = {}) =>
    importToList.check(one, { ...KNOWN, ...known }).map(({ kind, message }) => `${kind}: ${message}`);

  test('has nothing to say of a plain import, with the fields or without', () => {
    expect(found(PLAIN)).toEqual([]);
    expect(found(PLAIN, { fields: FIELDS })).toEqual([]);
    expect(found(params('Email', ['', '"two\nlines"', 'a,"b""c"']))).toEqual([]);
  });

  test.each<[string, Params, RegExp]>([
    ['clearing the list', params('Email', ['a'], { clearList: true }), /clear/],
    ['tokens of a lead', params('Email,{{my.code}}', ['a,b']), /\{\{my\.code\}\}.*requestCampaign/],
    ['an empty header', params(' ', ['a']), /is empty/],
    ['a column without a name', params('Email,,x', ['a']), /column 2/],
    ['a header of two lines', params('Email\nFirst Name', ['a']), /importFileHeader has a line end/],
    ['a header that is no CSV', params('"Email', ['a']), /importFileHeader is no row of CSV/],
    ['a row of two lines', params('Email', ['a', 'b\nc', 'd\r']), /row 2 has a line end.*1 more/],
    ['a row after an empty line', params('Email', ['\na']), /row 1 has a line end/],
    ['a quote that is never closed', params('Email', ['a', '"b']), /row 2 is no row of CSV/],
    ['a name with a comma', params('Email', ['a'], { listName: 'A, B' }), /listName has a comma/],
    ['an empty name', params('Email', ['a'], { programName: '' }), /programName is empty/],
    [
      'a file over 10 MB',
      params(
        'Email',
        Array.from({ length: 11 }, () => 'a'.repeat(1_000_000)),
      ),
      /10 MB/,
    ],
    [
      'more rows than are looked up',
      params(
        'Email',
        Array.from({ length: 1001 }, () => 'a'),
        { importListMode: 'LISTONLY' },
      ),
      /1001 rows/,
    ],
  ])('refuses %s', (_, one, words) => {
    const [first, ...others] = found(one);

    expect(first).toMatch(/^refused: /);
    expect(first).toMatch(words);
    expect(others).toEqual([]);
  });

  test('refuses by the fields where it has them', () => {
    expect(found(params('Email,No Such', ['a']), { fields: FIELDS })).toEqual([
      'refused: importFileHeader names "No Such", which is no one field of this instance; did you mean "Email Address"?',
    ]);
  });

  test('wants a partition for a workspace, but not to fill a list', () => {
    const one = params('Email', ['a']);

    expect(found(one, { workspace: 'EU' })[0]).toMatch(/^needs-setting: /);
    expect(found(one, { workspace: 'Default' })).toEqual([]);
    expect(found({ ...one, importListMode: 'LISTONLY' }, { workspace: 'EU' })).toEqual([]);
  });

  test('names what differs', () => {
    expect(found(params('Email', ['a'], { campaignName: 'Mail' }))).toEqual([
      expect.stringMatching(/^unlike: campaignName/),
    ]);
    expect(found(params('Email,Id,Created At', ['a']), { fields: FIELDS })).toEqual([
      expect.stringMatching(/^unlike: the leads are found by their e-mail address/),
      expect.stringMatching(/^unlike: .*"Created At" is read-only/),
    ]);
  });
});

describe('the status of an import', () => {
  const ASKED = { programName: 'Trade Show', listName: 'Booth' };
  const NONE = {
    startedTime: null,
    endedTime: null,
    estimatedTime: null,
    estimatedRows: null,
    rowsIgnored: null,
  };

  const stageWith = (replies: readonly Canned[]) => {
    const stage = stageOf(replies);
    stage.batches.set('Trade Show/Booth', { kind: 'batch', batchId: 3404 });
    return stage;
  };

  test.each([
    ['Queued', 'PROCESSING'],
    ['Importing', 'PROCESSING'],
    ['Complete', 'COMPLETE'],
    ['Failed', 'FAILED'],
  ])('%s is %s', async (word, status) => {
    const row = { batchId: 3404, status: word, numOfLeadsProcessed: 2, numOfRowsFailed: 1, message: 'done' };
    const { session, seen } = stageWith([{ rows: [row] }]);

    const { result, records } = await getImportToListStatus.run(ASKED, session);

    expect(seen).toMatchObject([{ line: 'GET /bulk/v1/leads/batch/3404.json', query: {} }]);
    expect(result).toEqual({
      result: { ...NONE, status, rowsImported: 2, rowsFailed: 1, importSummary: 'done' },
    });
    expect(records).toMatchObject([{ ok: true }]);
  });

  test('is the counts of a list that was filled without a batch', async () => {
    const { session, seen, batches } = stageOf([]);
    batches.set('Trade Show/Booth', { kind: 'counts', imported: 3, failed: 1 });

    const { result } = await getImportToListStatus.run(ASKED, session);

    expect(seen).toEqual([]);
    expect(result).toMatchObject({
      result: { status: 'COMPLETE', rowsImported: 3, rowsFailed: 1, importSummary: '3 imported, 1 failed' },
    });
  });

  test('is not known of an import that was not sent from here', async () => {
    const { session, seen } = stageOf([]);

    expect(await faultOf(getImportToListStatus.run(ASKED, session))).toMatchObject({
      kind: 'decided',
      code: 1013,
    });
    expect(seen).toEqual([]);
  });

  test('has null for what the answer does not say', async () => {
    const { session } = stageWith([{ rows: [{ status: 'Queued', message: '' }] }]);

    const { result } = await getImportToListStatus.run(ASKED, session);

    expect(result).toMatchObject({ result: { rowsImported: null, rowsFailed: null, importSummary: null } });
  });

  test.each([[[]], [['x']], [[{ status: 'Odd' }]], [[{ batchId: 1, status: 'Queued' }]]])(
    'does not read the rows %j',
    async (rows) => {
      const { session } = stageWith([{ rows }]);

      expect(await faultOf(getImportToListStatus.run(ASKED, session))).toMatchObject({ kind: 'unreadable' });
    },
  );

  test('is asked for by both names', () => {
    const known: Known = { fields: null, settings: NO_SETTINGS, workspace: null, now: 0 };
    const kinds = (over: object) => getImportToListStatus.check(over, known).map(({ kind }) => kind);

    expect(kinds(ASKED)).toEqual([]);
    expect(kinds({ listName: 'Booth' })).toEqual(['refused']);
    expect(kinds({ programName: 'Trade Show' })).toEqual(['refused']);
    expect(kinds({ programName: ' ', listName: 'Booth' })).toEqual(['refused']);
  });
});
