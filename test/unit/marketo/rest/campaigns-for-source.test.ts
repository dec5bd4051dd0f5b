import { describe, expect, test } from 'vitest';
import { getCampaignsForSource } from '../../../../shared/marketo/rest/campaigns/campaigns-for-source.ts';
import { faultOf } from '../../../support/call-end.ts';
import { type Canned, NO_SETTINGS, restStage } from '../../../support/rest-stage.ts';

const WELCOME = {
  id: 77,
  name: 'Welcome',
  description: '',
  type: 'trigger',
  programName: 'Spring',
  active: true,
};
const THANKS = { id: 78, name: 'Thanks 1.0', description: 'Second mail', type: 'trigger', programName: null };

const namesOf = (result: unknown): readonly string[] => {
  const { campaignRecordList: list } = (
    result as { result: { campaignRecordList: { campaignRecord: { name: string }[] } | null } }
  ).result;
  return list === null ? [] : list.campaignRecord.map(({ name }) => name);
};

const runOf = async (params: object, rows: readonly unknown[] = [WELCOME, THANKS]) => {
  const { session, seen } = restStage([{ rows }]);
  const { result } = await getCampaignsForSource.run({ source: 'MKTOWS', ...params }, session);
  return { result, seen, names: namesOf(result) };
};

test('lists every campaign that can be requested, one in a program by both names', async () => {
  const { result, seen } = await runOf({});

  expect(seen).toMatchObject([
    { line: 'GET /rest/v1/campaigns.json', target: { announces: false, changes: false } },
  ]);
  expect(seen[0]?.query).toEqual({ isTriggerable: 'true', batchSize: '300' });
  expect(result).toEqual({
    result: {
      returnCount: 2,
      campaignRecordList: {
        campaignRecord: [
          { id: 77, name: 'Spring.Welcome', description: null },
          { id: 78, name: 'Thanks 1.0', description: 'Second mail' },
        ],
      },
    },
  });
});

test('reads on while there is a token', async () => {
  const { session, seen } = restStage([{ rows: [WELCOME], nextPageToken: 'next=' }, { rows: [THANKS] }]);

  const { result } = await getCampaignsForSource.run({ source: 'MKTOWS' }, session);

  expect(namesOf(result)).toEqual(['Spring.Welcome', 'Thanks 1.0']);
  expect(seen[1]?.query).toEqual({ isTriggerable: 'true', batchSize: '300', nextPageToken: 'next=' });
});

test('ends where the pages never do', async () => {
  const pages = Array.from({ length: 60 }, (): Canned => ({ rows: [], nextPageToken: 'again' }));
  const { session, seen } = restStage(pages);

  const fault = await faultOf(getCampaignsForSource.run({ source: 'MKTOWS' }, session));

  expect(fault).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toHaveLength(60);
});

test('answers nil for no campaign', async () => {
  const { result } = await runOf({ name: 'none of that name' });

  expect(result).toEqual({ result: { returnCount: 0, campaignRecordList: null } });
});

describe('name', () => {
  test.each([
    ['wel', ['Spring.Welcome']],
    ['spring.', ['Spring.Welcome']],
    ['', ['Spring.Welcome', 'Thanks 1.0']],
    ['a,b', []],
  ])('%j is looked for anywhere in all of them', async (name, expected) => {
    const { names, seen } = await runOf({ name, exactName: false });

    expect(names).toEqual(expected);
    expect(seen[0]?.query).not.toHaveProperty('name');
  });

  test('is asked for by itself if it is exact, and behind each dot', async () => {
    const { names, seen } = await runOf({ name: 'Spring.Thanks 1.0', exactName: true });

    expect(seen[0]?.query['name']).toBe('Spring.Thanks 1.0,Thanks 1.0,0');
    expect(names).toEqual([]);
  });

  test.each([
    ['Spring.Welcome', ['Spring.Welcome']],
    ['Welcome', ['Spring.Welcome']],
    ['welcome', ['Spring.Welcome']],
    ['Welc', []],
    ['Thanks 1.0', ['Thanks 1.0']],
  ])('%s, exact, is that of %j', async (name, expected) => {
    expect((await runOf({ name, exactName: true })).names).toEqual(expected);
  });

  test('is compared without case only where none is spelled so', async () => {
    const small = { ...WELCOME, id: 79, name: 'welcome' };

    expect((await runOf({ name: 'Spring.welcome', exactName: true }, [WELCOME, small])).names).toEqual([
      'Spring.welcome',
    ]);
  });

  test('of dots alone asks for all campaigns rather than for hundreds of names', async () => {
    const { seen } = await runOf({ name: 'a.'.repeat(400), exactName: true });

    expect(seen[0]?.query).not.toHaveProperty('name');
  });
});

test.each([[null], [{ name: 'x' }], [{ id: 1 }], [{ id: {}, name: 'x' }], ['x']])(
  'does not read a page with the row %j',
  async (row) => {
    const { session } = restStage([{ rows: [WELCOME, row] }]);

    const fault = await faultOf(getCampaignsForSource.run({ source: 'MKTOWS' }, session));

    expect(fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
  },
);

test('check refuses the source SALES, and an exact name with a comma', () => {
  const known = { fields: null, settings: NO_SETTINGS, workspace: null, now: 0 };
  const kinds = (params: object) =>
    getCampaignsForSource.check({ source: 'MKTOWS', ...params }, known).map(({ kind }) => kind);

  expect(kinds({ source: 'SALES' })).toEqual(['refused']);
  expect(kinds({ name: 'a,b', exactName: true })).toEqual(['refused']);
  expect(kinds({ name: 'a,b' })).toEqual([]);
  expect(kinds({ name: '', exactName: true })).toEqual([]);
});
