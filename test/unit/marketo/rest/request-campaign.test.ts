import { describe, expect, test } from 'vitest';
import type { CheckedParamsOf } from '../../../../shared/marketo/operations/registry.ts';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { requestCampaign } from '../../../../shared/marketo/rest/campaigns/request-campaign.ts';
import { faultOf } from '../../../support/call-end.ts';
import { directoryStub } from '../../../support/rest-directory.ts';
import { type Canned, NO_SETTINGS, restStage } from '../../../support/rest-stage.ts';

type Params = CheckedParamsOf<'requestCampaign'>;

const leads = (...keys: readonly (readonly [string, string])[]): NonNullable<Params['leadList']> => ({
  leadKey: keys.map(([keyType, keyValue]) => ({ keyType, keyValue }) as never),
});

const BY_ID: Params = { source: 'MKTOWS', campaignId: 77, leadList: leads(['IDNUM', '12']) };
const BY_NAME: Params = {
  source: 'MKTOWS',
  programName: 'Spring',
  campaignName: 'Welcome',
  leadList: leads(['IDNUM', '12']),
};
const ACCEPTED: Canned = { rows: [{ id: 77 }] };

const stageOf = (
  replies: readonly Canned[],
  campaigns: Readonly<Record<string, readonly (readonly [number, 'trigger' | 'batch' | null])[]>> = {},
  onDuplicate: 'dead-letter' | 'latest' = 'dead-letter',
) => {
  const { directory } = directoryStub({ campaigns });
  return restStage(replies, { directory, settings: { onDuplicate } });
};

describe('run', () => {
  test('triggers a campaign by its number, in one announced request and no look-up', async () => {
    const { session, seen } = stageOf([ACCEPTED]);

    const { result, records } = await requestCampaign.run(BY_ID, session);

    expect(result).toEqual({ result: { success: true } });
    expect(records).toEqual([{ ok: true, code: null, message: '', result: { success: true } }]);
    expect(seen).toMatchObject([
      {
        line: 'POST /rest/v1/campaigns/77/trigger.json',
        query: {},
        body: { input: { leads: [{ id: 12 }] } },
        target: { announces: true, changes: true },
      },
    ]);
    expect(seen[0]?.body).toEqual({ input: { leads: [{ id: 12 }] } });
  });

  test('sends the tokens as they are, whatever their names', async () => {
    const { session, seen } = stageOf([ACCEPTED]);
    const attrib = [
      { name: '{{my.message}}', value: 'Ann, <b>hello</b>' },
      { name: '__proto__', value: '' },
    ];

    await requestCampaign.run({ ...BY_ID, programTokenList: { attrib } }, session);

    expect(seen[0]?.body).toEqual({ input: { leads: [{ id: 12 }], tokens: attrib } });
  });

  test('looks up the leads of each kind of key in one read, and triggers each lead once', async () => {
    const { session, seen } = stageOf([
      {
        rows: [
          { id: 13, email: 'Bob@example.com' },
          { id: 12, email: 'ann@example.com' },
        ],
      },
      ACCEPTED,
    ]);
    const leadList = leads(
      ['EMAIL', 'ann@example.com'],
      ['IDNUM', '012'],
      ['EMAIL', 'bob@example.com'],
      ['IDNUM', '14'],
    );

    await requestCampaign.run({ ...BY_ID, leadList }, session);

    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({
      line: 'GET /rest/v1/leads.json',
      query: { filterType: 'email', filterValues: 'ann@example.com,bob@example.com' },
      target: { announces: false, changes: false },
    });
    expect(seen[1]?.body).toEqual({ input: { leads: [{ id: 12 }, { id: 13 }, { id: 14 }] } });
  });

  test('triggers nobody where one key leads to no lead, and says at which position', async () => {
    const { session, seen } = stageOf([{ rows: [{ id: 12, email: 'ann@example.com' }] }]);
    const leadList = leads(['EMAIL', 'ann@example.com'], ['EMAIL', 'nobody@example.com']);

    const fault = await faultOf(requestCampaign.run({ ...BY_ID, leadList }, session));

    expect(fault).toMatchObject({ kind: 'decided', code: 1004 });
    expect(fault.message).toContain('position 2');
    expect(fault.message).not.toContain('nobody@example.com');
    expect(seen).toHaveLength(1);
  });

  test('takes an id that no number can hold for no lead', async () => {
    const { session, seen } = stageOf([]);
    const leadList = leads(['IDNUM', '999999999999999999']);

    expect(await faultOf(requestCampaign.run({ ...BY_ID, leadList }, session))).toMatchObject({ code: 1004 });
    expect(seen).toEqual([]);
  });

  const TWINS: Canned = {
    rows: [
      { id: 12, email: 'ann@example.com', updatedAt: '2026-01-02T03:04:05Z' },
      { id: 31, email: 'Ann@example.com', updatedAt: '2026-01-01T03:04:05Z' },
    ],
  };

  test('triggers nobody where several leads have an address, and names their ids', async () => {
    const { session } = stageOf([TWINS]);
    const leadList = leads(['EMAIL', 'ann@example.com']);

    const fault = await faultOf(requestCampaign.run({ ...BY_ID, leadList }, session));

    expect(fault).toMatchObject({ kind: 'decided', code: 1007 });
    expect(fault.message).toContain('leads 12, 31');
  });

  test('takes the one that changed last, where the setting says so', async () => {
    const { session, seen } = stageOf([TWINS, ACCEPTED], {}, 'latest');
    const leadList = leads(['EMAIL', 'ann@example.com']);

    await requestCampaign.run({ ...BY_ID, leadList }, session);

    expect(seen[0]?.query['fields']).toContain('updatedAt');
    expect(seen[1]?.body).toEqual({ input: { leads: [{ id: 12 }] } });
  });

  test('chooses among leads of an address alone, not among those of a cookie', async () => {
    const rows = [
      { id: 12, cookies: 'c', updatedAt: '2026-01-02T03:04:05Z' },
      { id: 31, cookies: 'c', updatedAt: '2026-01-01T03:04:05Z' },
    ];
    const { session } = stageOf([{ rows }], {}, 'latest');

    const run = requestCampaign.run({ ...BY_ID, leadList: leads(['COOKIE', 'c']) }, session);

    expect(await faultOf(run)).toMatchObject({ code: 1007 });
  });

  test('finds a campaign by its names', async () => {
    const { session, seen } = stageOf([ACCEPTED], { 'Spring/Welcome': [[77, 'trigger']] });

    await requestCampaign.run(BY_NAME, session);

    expect(seen.map(({ line }) => line)).toEqual(['POST /rest/v1/campaigns/77/trigger.json']);
  });

  test('sends nothing to a batch campaign', async () => {
    const { session, seen } = stageOf([], { 'Spring/Welcome': [[77, 'batch']] });

    expect(await faultOf(requestCampaign.run(BY_NAME, session))).toMatchObject({
      kind: 'decided',
      code: 1003,
    });
    expect(seen).toEqual([]);
  });

  test('asks again with the number a second look-up gives, where Marketo knows no such campaign', async () => {
    const { session, seen } = stageOf([{ error: 1013 }, { rows: [{ id: 78 }] }], {
      'Spring/Welcome': [
        [77, 'trigger'],
        [78, 'trigger'],
      ],
    });

    await requestCampaign.run(BY_NAME, session);

    expect(seen.map(({ line }) => line)).toEqual([
      'POST /rest/v1/campaigns/77/trigger.json',
      'POST /rest/v1/campaigns/78/trigger.json',
    ]);
  });

  test('looks nothing up where Marketo does not know the number the job gives', async () => {
    const { session, seen } = stageOf([{ error: 1013, message: 'Campaign 77 not found' }], {
      'Spring/Welcome': [[78, 'trigger']],
    });

    expect(await faultOf(requestCampaign.run(BY_ID, session))).toMatchObject({ kind: 'marketo', code: 1013 });
    expect(seen).toHaveLength(1);
  });

  test('leaves it to the transport when Marketo refuses all leads for one', async () => {
    const { session } = stageOf([{ error: 1004, message: 'Lead [12] not found' }]);

    expect(await faultOf(requestCampaign.run(BY_ID, session))).toEqual({
      kind: 'marketo',
      code: 1004,
      message: 'Lead [12] not found',
      httpStatus: 200,
    });
  });

  test.each([[{ id: 78 }], [{ id: 'x' }], [{ date: '2026-11-26', total: 1 }], [null]])(
    'takes the answer about something else for none: %j',
    async (row) => {
      const { session } = stageOf([{ rows: [row] }]);

      const fault = await faultOf(requestCampaign.run(BY_ID, session));

      expect(fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
    },
  );

  test('takes success without rows for success', async () => {
    const { session } = stageOf([{ rows: [] }]);

    expect((await requestCampaign.run(BY_ID, session)).result).toEqual({ result: { success: true } });
  });

  test('passes on that a request was not admitted', async () => {
    const { session } = stageOf([{ refusal: 'quota' }]);

    await expect(requestCampaign.run(BY_ID, session)).rejects.toBeInstanceOf(CallRefused);
  });
});

describe('check', () => {
  const found = (over: Partial<Params>) =>
    requestCampaign
      .check({ ...BY_ID, ...over }, { fields: null, settings: NO_SETTINGS, workspace: null, now: 0 })
      .map(({ kind, message }) => `${kind}: ${message}`);

  const attrib = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `{{my.t${index}}}`, value: 'v' }));

  test('has nothing to say of a plain request', () => {
    expect(found({})).toEqual([]);
    expect(found({ programTokenList: { attrib: attrib(100) } })).toEqual([]);
    expect(requestCampaign.check(BY_NAME, KNOWN)).toEqual([]);
  });

  const KNOWN = { fields: null, settings: NO_SETTINGS, workspace: null, now: 0 };

  test.each([
    ['campaigns of sales people', { source: 'SALES' }, 'SALES'],
    ['a request for nobody', { leadList: undefined }, 'leadList'],
    ['more than 100 tokens', { programTokenList: { attrib: attrib(101) } }, '101 tokens'],
    ['a number beside a name', { programName: 'P', campaignName: 'C' }, 'campaignId and campaignName'],
    ['keys that REST has no filter for', { leadList: leads(['LEADOWNEREMAIL', 'a@example.com']) }, ''],
    ['a name with a comma', { campaignId: undefined, programName: 'A, B', campaignName: 'C' }, 'comma'],
    ['an empty name', { campaignId: undefined, programName: ' ', campaignName: 'C' }, 'empty'],
  ] as const)('refuses %s', (_, over, words) => {
    const [first, ...others] = found(over as Partial<Params>);

    expect(others).toEqual([]);
    expect(first).toMatch(/^refused: /);
    expect(first).toContain(words);
  });
});
