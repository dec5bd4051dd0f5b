import { describe, expect, test } from 'vitest';
import type { CheckedParamsOf } from '../../../../shared/marketo/operations/registry.ts';
import { scheduleCampaign } from '../../../../shared/marketo/rest/campaigns/schedule-campaign.ts';
import { faultOf } from '../../../support/call-end.ts';
import { directoryStub } from '../../../support/rest-directory.ts';
import { type Canned, NO_SETTINGS, restStage } from '../../../support/rest-stage.ts';

type Params = CheckedParamsOf<'scheduleCampaign'>;

const NOW = Date.parse('2026-11-26T12:00:00Z');
const PARAMS: Params = { programName: 'Spring', campaignName: 'Mail' };
const ACCEPTED: Canned = { rows: [{ id: 90 }] };

const stageOf = (replies: readonly Canned[], type: 'trigger' | 'batch' | null = 'batch') => {
  const { directory } = directoryStub({ campaigns: { 'Spring/Mail': [[77, type]] } });
  return restStage(replies, { directory, now: NOW });
};

const bodyFor = async (over: Partial<Params>): Promise<unknown> => {
  const { session, seen } = stageOf([ACCEPTED]);
  await scheduleCampaign.run({ ...PARAMS, ...over }, session);
  return seen[0]?.body;
};

describe('run', () => {
  test('schedules a campaign in one announced request', async () => {
    const { session, seen } = stageOf([ACCEPTED]);
    const attrib = [{ name: '{{my.date}}', value: '1 May' }];

    const { result, records } = await scheduleCampaign.run(
      {
        ...PARAMS,
        campaignRunAt: '2026-12-01T09:00:00-06:00',
        cloneToProgramName: 'Spring 2',
        programTokenList: { attrib },
      },
      session,
    );

    expect(seen).toMatchObject([
      {
        line: 'POST /rest/v1/campaigns/77/schedule.json',
        query: {},
        target: { announces: true, changes: true },
      },
    ]);
    expect(seen[0]?.body).toEqual({
      input: { runAt: '2026-12-01T15:00:00Z', tokens: attrib, cloneToProgramName: 'Spring 2' },
    });
    expect(result).toEqual({ result: { success: true } });
    expect(records).toMatchObject([{ ok: true, result: { success: true } }]);
  });

  test('takes an answer that names no campaign for none', async () => {
    const { session } = stageOf([{ rows: [{ date: '2026-11-26', total: 1 }] }]);
    const fault = await faultOf(scheduleCampaign.run(PARAMS, session));
    expect(fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
  });

  test.each([
    ['2026-12-01T08:00:00.999Z', '2026-12-01T08:00:00Z'],
    ['2026-12-01T08:00:00.123456789', '2026-12-01T08:00:00Z'],
    ['2026-12-01T08:00:00', '2026-12-01T08:00:00Z'],
    ['2026-11-26T12:05:00Z', '2026-11-26T12:05:00Z'],
    ['9999-12-31T23:59:59-14:00', '+010000-01-01T13:59:59Z'],
  ])('says %s as %s', async (campaignRunAt, runAt) => {
    expect(await bodyFor({ campaignRunAt })).toEqual({ input: { runAt } });
  });

  test.each(['2026-11-26T12:04:59Z', '2013-07-01T00:00:00.5-05:00', '0000-01-01T00:00:00+14:00'])(
    'leaves out %s, which is past or too soon when it is sent',
    async (campaignRunAt) => {
      expect(await bodyFor({ campaignRunAt })).toEqual({ input: {} });
    },
  );

  test('clones nothing for an empty name, and sends no empty list of tokens', async () => {
    expect(await bodyFor({ cloneToProgramName: ' ', programTokenList: { attrib: [] } })).toEqual({
      input: {},
    });
  });

  test('sends nothing to a trigger campaign, and something to one of unknown type', async () => {
    const { session, seen } = stageOf([], 'trigger');

    expect(await faultOf(scheduleCampaign.run(PARAMS, session))).toMatchObject({
      kind: 'decided',
      code: 1003,
    });
    expect(seen).toEqual([]);

    const unknown = stageOf([ACCEPTED], null);
    await scheduleCampaign.run(PARAMS, unknown.session);
    expect(unknown.seen).toHaveLength(1);
  });

  test.each([1003, 1042, 1020, 611])('ends with error %i of Marketo', async (error) => {
    const { session } = stageOf([{ error }]);

    expect(await faultOf(scheduleCampaign.run(PARAMS, session))).toMatchObject({
      kind: 'marketo',
      code: error,
    });
  });
});

describe('check', () => {
  const found = (over: Partial<Params>) =>
    scheduleCampaign
      .check(
        { ...PARAMS, campaignRunAt: '2026-12-01T08:00:00Z', ...over },
        { fields: null, settings: NO_SETTINGS, workspace: null, now: NOW },
      )
      .map(({ kind, message }) => `${kind}: ${message}`);

  test('has nothing to say of a run that Marketo can give', () => {
    expect(found({})).toEqual([]);
  });

  test.each<[string, Partial<Params>, RegExp]>([
    ['a time without a zone', { campaignRunAt: '2026-12-01T08:00:00' }, /^unlike: .*UTC/],
    ['a time that is past', { campaignRunAt: '2026-11-26T12:00:00Z' }, /^unlike: .*five minutes/],
    ['a name with a comma', { programName: 'A,B' }, /^refused: .*comma/],
    [
      'too many tokens',
      { programTokenList: { attrib: Array.from({ length: 101 }, () => ({ name: 'n', value: 'v' })) } },
      /^refused: .*101 tokens/,
    ],
  ])('names %s', (_, over, words) => {
    const [first, ...others] = found(over);

    expect(first).toMatch(words);
    expect(others).toEqual([]);
  });

  test('names that a run without a time is not at once', () => {
    const known = { fields: null, settings: NO_SETTINGS, workspace: null, now: NOW };

    expect(scheduleCampaign.check(PARAMS, known)).toMatchObject([{ kind: 'unlike' }]);
  });
});
