import { expect, test } from 'vitest';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { leadMappings } from '../../../../shared/marketo/rest/leads/leads.ts';
import { type Played, play, requestsOf } from '../../../support/rest-run.ts';
import type { Canned } from '../../../support/rest-stage.ts';
import { STUB_DIRECTORY } from '../../../support/stub-lead-fields.ts';

const { getLead, getMultipleLeads } = leadMappings;

/** Every list has the id 41. */
const directory = {
  ...STUB_DIRECTORY,
  list: async (_: unknown, name: string) => ({ id: 41, name, program: null }),
  using: async <N, T>(_: unknown, find: () => Promise<N>, use: (named: N) => Promise<T>) => use(await find()),
};
const over = { directory };

const get = (keyType: 'EMAIL' | 'IDNUM' | 'LEADOWNEREMAIL', keyValue: string, replies: readonly Canned[]) =>
  play('getLead', getLead, { leadKey: { keyType, keyValue } }, replies, over);

const multiple = (params: Parameters<typeof play<'getMultipleLeads'>>[2], replies: readonly Canned[] = []) =>
  play('getMultipleLeads', getMultipleLeads, params, replies, over);

const FIELDS = 'id,email,lastName,firstName,leadScore,unsubscribed,metAt,company,originalReferrer,foreignId';

test('getLead answers every lead of the key as SOAP did, by id', async () => {
  const played = await get('EMAIL', 'ann@x.example', [
    {
      rows: [
        {
          id: 12,
          email: 'ann@x.example',
          firstName: 'Ann',
          lastName: '',
          company: null,
          unsubscribed: false,
        },
        { id: 7, email: 'Ann@x.example', leadScore: 0, metAt: '2026-01-02T03:04:05Z', updatedAt: 'x' },
      ],
    },
  ]);
  expect(requestsOf(played)).toEqual([
    {
      line: 'GET /rest/v1/leads.json',
      query: {
        filterType: 'email',
        filterValues: 'ann@x.example',
        fields: FIELDS,
        batchSize: '300',
      },
      body: '',
    },
  ]);
  expect(played.done?.result).toEqual({
    result: {
      count: 2,
      leadRecordList: {
        leadRecord: [
          {
            Id: 7,
            Email: 'Ann@x.example',
            leadAttributeList: {
              attribute: [
                { attrName: 'LeadScore', attrType: 'integer', attrValue: '0' },
                { attrName: 'Met_At', attrType: 'datetime', attrValue: '2026-01-02T03:04:05Z' },
              ],
            },
          },
          {
            Id: 12,
            Email: 'ann@x.example',
            leadAttributeList: {
              attribute: [
                { attrName: 'FirstName', attrType: 'string', attrValue: 'Ann' },
                { attrName: 'Unsubscribed', attrType: 'boolean', attrValue: 'false' },
              ],
            },
          },
        ],
      },
    },
  });
  expect(played.done?.records).toMatchObject([{ ok: true }]);
});

test('a lead without a value has no list of attributes and no Email', async () => {
  const { done } = await get('IDNUM', '12', [{ rows: [{ id: 12, email: null }] }]);
  expect(done?.result).toEqual({ result: { count: 1, leadRecordList: { leadRecord: [{ Id: 12 }] } } });
});

test('getLead of nobody is lead not found', async () => {
  const { ended } = await get('IDNUM', '12', [{ rows: [] }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1004 });
});

test('getLead by the address of an owner is refused without a request', async () => {
  const { findings, ended, seen } = await get('LEADOWNEREMAIL', 'a@x.example', []);
  expect(findings).toMatchObject([{ kind: 'refused', code: 1003 }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toEqual([]);
});

test('Marketo’s own refusal of a look-up ends the call with its code', async () => {
  const { ended } = await get('EMAIL', 'a@x.example', [{ error: 1003, message: 'Too many results' }]);
  expect(ended?.fault).toMatchObject({ kind: 'marketo', code: 1003 });
});

const positionIn = ({ done }: Played): string =>
  (done?.result as { result?: { newStreamPosition: string } } | undefined)?.result?.newStreamPosition ?? '';

const byKeys = (...stringItem: string[]) => ({
  leadSelector: { keyType: 'EMAIL' as const, keyValues: { stringItem } },
});

test('getMultipleLeads by keys asks once for all, with the named fields alone', async () => {
  const played = await multiple(
    {
      ...byKeys('a@x.example', 'A@x.example', 'b@x.example', ''),
      includeAttributes: { stringItem: ['FirstName', 'Last Name', 'updatedAt', 'FirstName'] },
    },
    [
      {
        rows: [
          {
            id: 5,
            email: 'a@x.example',
            lastName: 'Lee',
            firstName: null,
            updatedAt: '2026-01-01T00:00:00Z',
          },
        ],
      },
    ],
  );
  expect(requestsOf(played)).toEqual([
    {
      line: 'GET /rest/v1/leads.json',
      query: {
        filterType: 'email',
        filterValues: 'a@x.example,b@x.example',
        fields: 'id,email,firstName,lastName,updatedAt',
        batchSize: '100',
      },
      body: '',
    },
  ]);
  expect(played.done?.result).toEqual({
    result: {
      returnCount: 1,
      remainingCount: 0,
      newStreamPosition: '',
      leadRecordList: {
        leadRecord: [
          {
            Id: 5,
            Email: 'a@x.example',
            leadAttributeList: {
              attribute: [
                { attrName: 'LastName', attrType: 'string', attrValue: 'Lee' },
                { attrName: 'updatedAt', attrType: 'datetime', attrValue: '2026-01-01T00:00:00Z' },
              ],
            },
          },
        ],
      },
    },
  });
});

test('getMultipleLeads goes on where a position says, page after page', async () => {
  const params = { leadSelector: { staticListId: 9 }, batchSize: 1_000 };
  const first = await multiple(params, [{ rows: [{ id: 5 }], nextPageToken: 'T=' }]);
  expect(requestsOf(first)).toEqual([
    { line: 'GET /rest/v1/lists/9/leads.json', query: { fields: FIELDS, batchSize: '300' }, body: '' },
  ]);
  const newStreamPosition = positionIn(first);
  expect(first.done?.result).toMatchObject({ result: { returnCount: 1, remainingCount: 1 } });
  const second = await multiple({ ...params, batchSize: 2, streamPosition: newStreamPosition }, [
    { rows: [] },
  ]);
  expect(second.seen[0]?.query).toEqual({ fields: FIELDS, batchSize: '2', nextPageToken: 'T=' });
  expect(second.done?.result).toEqual({
    result: { returnCount: 0, remainingCount: 0, newStreamPosition: '' },
  });
});

test('a page of more than 300 leads is named as a difference, and the usual one is not', async () => {
  const messages = async (batchSize: number) =>
    (await multiple({ leadSelector: { staticListId: 9 }, batchSize }, [{ rows: [] }])).findings.map(
      ({ kind, message }) => `${kind}: ${message}`,
    );
  expect(await messages(301)).toContain('unlike: a page has at most 300 leads');
  expect(await messages(300)).not.toContain('unlike: a page has at most 300 leads');
});

test('a position of other params, or of SOAP, is refused before any request', async () => {
  const first = await multiple({ leadSelector: { staticListId: 9 } }, [{ rows: [], nextPageToken: 'T=' }]);
  const newStreamPosition = positionIn(first);
  for (const streamPosition of [newStreamPosition, 'id:1089966:to:1392234668:tl:1392321068:os:3:rc:24']) {
    const { findings, ended, seen } = await multiple({ leadSelector: { staticListId: 10 }, streamPosition });
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'refused', code: 1003 }));
    expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
    expect(seen).toEqual([]);
  }
});

test('a list is found by its name where it has no id', async () => {
  const played = await multiple({ leadSelector: { staticListName: 'Trade Show' } }, [{ rows: [] }]);
  expect(played.seen[0]?.line).toBe('GET /rest/v1/lists/41/leads.json');
});

test('getMultipleLeads by no key at all asks nothing', async () => {
  const { done, seen } = await multiple(byKeys(' ', ''));
  expect(done?.result).toMatchObject({ result: { returnCount: 0, remainingCount: 0 } });
  expect(seen).toEqual([]);
});

test('a hundred cookies go in one filter', async () => {
  const stringItem = Array.from({ length: 100 }, (_, index) => `id:a&token:${index}`);
  const played = await multiple({ leadSelector: { keyType: 'COOKIE', keyValues: { stringItem } } }, [
    { rows: [] },
  ]);
  expect(played.findings.filter(({ kind }) => kind !== 'unlike')).toEqual([]);
  expect(played.seen.map(({ query }) => query['filterValues']?.split(',').length)).toEqual([100]);
});

test.each([
  { what: 'by the time of update', params: { leadSelector: { oldestUpdatedAt: '2026-11-22T10:00:00Z' } } },
  { what: 'by lastUpdatedAt', params: { lastUpdatedAt: '2026-11-22T10:00:00Z' } },
  { what: 'without a selector', params: {} },
  { what: 'by lastUpdatedAt beside keys', params: { ...byKeys('a'), lastUpdatedAt: '2026-11-22T10:00:00Z' } },
  { what: 'with a comma in a key', params: byKeys('a@x.example,b@x.example') },
])('getMultipleLeads $what is refused', async ({ params }) => {
  const { findings } = await multiple(params, [{ rows: [] }]);
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'refused', code: 1003 }));
});

test('a list id that no list can have is refused as not found', async () => {
  const { findings, ended } = await multiple({ leadSelector: { staticListId: -5 } });
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'refused', code: 1013 }));
  expect(ended?.fault).toMatchObject({ kind: 'decided' });
});

test('an attribute that nobody knows is refused with the names near it', async () => {
  const { ended, seen } = await multiple({
    ...byKeys('a@x.example'),
    includeAttributes: { stringItem: ['FistName'] },
  });
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1006 });
  expect(ended?.fault.message).toContain('FirstName');
  expect(seen).toEqual([]);
});

test('a page whose rows are no leads is no answer', async () => {
  const { ended } = await multiple({ leadSelector: { staticListId: 9 } }, [{ rows: [{ email: 'a' }] }]);
  expect(ended?.fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
});

test('a read that is not let through is not let through', async () => {
  await expect(get('IDNUM', '12', [{ refusal: 'full' }])).rejects.toBeInstanceOf(CallRefused);
});
