import { expect, test } from 'vitest';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { leadMappings } from '../../../../shared/marketo/rest/leads/leads.ts';
import { play, requestsOf } from '../../../support/rest-run.ts';
import type { Canned } from '../../../support/rest-stage.ts';

type Pair = readonly [string, string];

const keyList = (...pairs: readonly Pair[]) => ({
  attribute: pairs.map(([attrName, attrValue]) => ({ attrName, attrValue })),
});

const merge = (
  winner: Pair,
  losers: readonly Pair[],
  replies: readonly Canned[] = [],
  mergeInSales?: boolean,
) =>
  play(
    'mergeLeads',
    leadMappings.mergeLeads,
    {
      winningLeadKeyList: keyList(['Name', 'ignored'], winner),
      losingLeadKeyLists: { keyList: losers.map((loser) => keyList(loser)) },
      ...(mergeInSales === undefined ? {} : { mergeInSales }),
    },
    replies,
  );

test('leads given by id are merged with one announced request', async () => {
  const played = await merge(
    ['idnum', '007'],
    [
      ['IDNUM', '21'],
      ['IDNUM', '22'],
    ],
    [{ rows: [] }],
    false,
  );
  expect(requestsOf(played)).toEqual([
    { line: 'POST /rest/v1/leads/7/merge.json', query: { leadIds: '21,22' }, body: '' },
  ]);
  expect(played.seen[0]?.target).toMatchObject({ announces: true, changes: true, timeoutMs: 195_000 });
  expect(played.findings).toEqual([]);
  const mergeStatus = {
    winningLeadId: 7,
    losingLeadIdList: { integerItem: [21, 22] },
    status: 'MERGED',
  };
  expect(played.done).toEqual({
    result: { result: { mergeStatus } },
    records: [{ ok: true, code: null, message: '', result: mergeStatus }],
  });
});

test('an answer with rows is none to a merge', async () => {
  const { ended } = await merge(
    ['IDNUM', '7'],
    [['IDNUM', '21']],
    [{ rows: [{ id: 7, status: 'updated' }] }],
  );
  expect(ended?.fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
});

test('a merge in the CRM is asked for where mergeInSales is true', async () => {
  const { seen } = await merge(['IDNUM', '7'], [['IDNUM', '21']], [{ rows: [] }], true);
  expect(seen[0]?.query).toEqual({ leadIds: '21', mergeInCRM: 'true' });
});

test('other keys are looked up before, which announces nothing', async () => {
  const { seen, done } = await merge(
    ['EMAIL', 'a@x.example'],
    [
      ['IDNUM', '21'],
      ['EMAIL', 'b@x.example'],
    ],
    [
      {
        rows: [
          { id: 8, email: 'b@x.example' },
          { id: 7, email: 'a@x.example' },
        ],
      },
      { rows: [] },
    ],
  );
  expect(seen.map(({ target }) => target.announces)).toEqual([false, true]);
  expect(seen[1]).toMatchObject({ line: 'POST /rest/v1/leads/7/merge.json', query: { leadIds: '21,8' } });
  expect(done?.records).toMatchObject([{ ok: true }]);
});

test('a loser that nobody finds fails the record, and none is merged', async () => {
  const { seen, done } = await merge(
    ['IDNUM', '7'],
    [
      ['IDNUM', '21'],
      ['EMAIL', 'b@x.example'],
    ],
    [{ rows: [] }],
  );
  expect(seen).toHaveLength(1);
  expect(done?.records).toMatchObject([{ ok: false, code: 1004 }]);
  expect(done?.result).toMatchObject({ result: { mergeStatus: { status: 'FAILED' } } });
});

test('a winner that nobody finds is lead not found', async () => {
  const { ended } = await merge(['EMAIL', 'a@x.example'], [['IDNUM', '21']], [{ rows: [] }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1004 });
});

test('a key of several leads merges none of them', async () => {
  const { ended, seen } = await merge(
    ['IDNUM', '7'],
    [['EMAIL', 'b@x.example']],
    [
      {
        rows: [
          { id: 8, email: 'b@x.example' },
          { id: 9, email: 'b@x.example' },
        ],
      },
    ],
  );
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1007 });
  expect(seen).toHaveLength(1);
});

test('two keys that turn out to be of one lead merge nothing', async () => {
  const { ended, seen } = await merge(
    ['IDNUM', '8'],
    [['EMAIL', 'b@x.example']],
    [{ rows: [{ id: 8, email: 'b@x.example' }] }],
  );
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toHaveLength(1);
});

test('an id that a number does not hold merges no other lead', async () => {
  const { ended, seen } = await merge(['IDNUM', '9007199254740993'], [['IDNUM', '21']]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1004 });
  expect(seen).toEqual([]);
});

const ids = (count: number): readonly Pair[] =>
  Array.from({ length: count }, (_, index) => ['IDNUM', String(index + 100)]);

test.each<{ what: string; winner: Pair; losers: readonly Pair[]; code: number }>([
  { what: 'no lead key', winner: ['Name', 'Ann'], losers: ids(1), code: 1003 },
  { what: 'the winner among the losers', winner: ['IDNUM', '7'], losers: [['IDNUM', '07']], code: 1003 },
  { what: 'a loser twice', winner: ['IDNUM', '7'], losers: [...ids(1), ...ids(1)], code: 1003 },
  { what: '26 losers', winner: ['IDNUM', '7'], losers: ids(26), code: 1080 },
  { what: 'an id that is two', winner: ['IDNUM', '7'], losers: [['IDNUM', '12,13']], code: 1003 },
  { what: 'the address of an owner', winner: ['LEADOWNEREMAIL', 'a'], losers: ids(1), code: 1003 },
])('a merge with $what is refused before any request', async ({ winner, losers, code }) => {
  const { findings, ended, seen } = await merge(winner, losers);
  expect(findings).toMatchObject([{ kind: 'refused', code }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code });
  expect(seen).toEqual([]);
});

test('25 losers are merged', async () => {
  const { findings, done } = await merge(['IDNUM', '7'], ids(25), [{ rows: [] }]);
  expect(findings).toEqual([]);
  expect(done?.records).toMatchObject([{ ok: true }]);
});

test('what Marketo says of a merge ends the call', async () => {
  const asked = [['IDNUM', '7'], [['IDNUM', '21']]] as const;
  expect(
    (await merge(...asked, [{ error: 1004, message: 'Lead [21] not found' }])).ended?.fault,
  ).toMatchObject({
    kind: 'marketo',
    code: 1004,
  });
  await expect(merge(...asked, [{ refusal: 'full' }])).rejects.toBeInstanceOf(CallRefused);
});
