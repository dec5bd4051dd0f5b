import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPERATIONS } from '../../../../shared/marketo/operations/registry.ts';
import { channelTagMappings } from '../../../../shared/marketo/rest/assets/channels-tags.ts';
import { CallEnded } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { hostileJson } from '../../../support/hostile.ts';
import { paramsArbitrary } from '../../../support/params-arbitrary.ts';
import { type Canned, NO_SETTINGS, restStage } from '../../../support/rest-stage.ts';

const { getChannels, getTags } = channelTagMappings;
const KNOWN = { fields: null, settings: NO_SETTINGS, workspace: null, now: 0 };

const WEBINAR = {
  id: 4,
  name: 'Webinar',
  applicableProgramType: 'event',
  progressionStatuses: [
    { name: 'Invited', step: 10, description: null, hidden: false, success: false },
    { name: 'Attended', step: 40, description: 'came', hidden: true, success: true },
  ],
  createdAt: '2026-01-02T03:04:05Z+0000',
};
const EMAIL = { id: 5, name: 'Email Blast', applicableProgramType: 'email' };

const WEBINAR_STATUS = {
  tagValue: 'Webinar',
  statusList: {
    progressionStatusItem: [
      { name: 'Invited', description: null, hidden: false, type: null, step: 10, success: false },
      { name: 'Attended', description: 'came', hidden: true, type: null, step: 40, success: true },
    ],
  },
};

const tagType = (name: string) => ({ tagType: name, applicableProgramTypes: '[program]', required: true });
const withValues = (name: string, allowableValues: unknown) => ({
  rows: [{ ...tagType(name), allowableValues }],
});

const ended = async (running: Promise<unknown>) => {
  const error = await running.catch((thrown: unknown) => thrown);
  if (error instanceof CallEnded) return error.fault;
  throw error;
};

test('getChannels answers the channels that are asked for, each with its statuses', async () => {
  const { session, seen } = restStage([{ rows: [EMAIL, WEBINAR] }]);

  const { result, records } = await getChannels.run(
    { tag: { type: 'Channel', values: { stringItem: ['Webinar'] } } },
    session,
  );

  expect(seen).toMatchObject([
    { line: 'GET /rest/asset/v1/channels.json', query: { maxReturn: '200', offset: '0' }, body: '' },
  ]);
  expect(result).toEqual({ result: { tags: { tagStatus: [WEBINAR_STATUS] } } });
  expect(records).toMatchObject([{ ok: true, code: null }]);
});

test('getChannels without a tag answers all channels, and nil for the statuses of one that has none', async () => {
  const { session } = restStage([{ rows: [EMAIL, WEBINAR] }]);

  const { result } = await getChannels.run({}, session);

  expect(result).toEqual({
    result: { tags: { tagStatus: [{ tagValue: 'Email Blast', statusList: null }, WEBINAR_STATUS] } },
  });
});

test('getChannels that finds nothing answers an empty list', async () => {
  const { session } = restStage([{ rows: [EMAIL] }]);

  const { result } = await getChannels.run({ tag: { values: { stringItem: ['webinar'] } } }, session);

  expect(result).toEqual({ result: { tags: null } });
});

test('getChannels reads on while pages are full', async () => {
  const full = Array.from({ length: 200 }, (_, index) => ({ name: `Channel ${index}` }));
  const { session, seen } = restStage([{ rows: full }, { rows: [WEBINAR] }]);

  const { result } = await getChannels.run({ tag: { values: { stringItem: ['Webinar'] } } }, session);

  expect(seen.map(({ query }) => query['offset'])).toEqual(['0', '200']);
  expect(result).toEqual({ result: { tags: { tagStatus: [WEBINAR_STATUS] } } });
});

test('getChannels gives up on pages without end', async () => {
  const full = Array.from({ length: 200 }, (_, index) => ({ name: `Channel ${index}` }));
  const { session, seen } = restStage(Array.from({ length: 60 }, () => ({ rows: full })));

  expect(await ended(getChannels.run({}, session))).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toHaveLength(10);
});

test('getChannels refuses a tag of another type before anything is asked', () => {
  expect(getChannels.check({ tag: { type: 'Region' } }, KNOWN)).toMatchObject([
    { kind: 'refused', code: 1003, message: expect.stringContaining('Region') },
  ]);
  expect(getChannels.check({ tag: { type: 'Channel' } }, KNOWN)).toEqual([]);
  expect(getChannels.check({}, KNOWN)).toEqual([]);
});

test.each<readonly [string, readonly unknown[]]>([
  ['a number', [7]],
  ['null', [null]],
  ['a channel without a name', [{ id: 1 }]],
  ['a channel whose name is no text', [{ name: { toString: null } }]],
])('getChannels takes no reply with %s among its rows', async (_, rows) => {
  const { session } = restStage([{ rows }]);

  expect(await ended(getChannels.run({}, session))).toMatchObject({ kind: 'unreadable', what: 'foreign' });
});

test('getTags asks for the types, and for the values of each that is asked for and there is', async () => {
  const { session, seen } = restStage([
    { rows: [tagType('Author'), tagType('Region')] },
    withValues('Region', '[North, South Africa]'),
  ]);

  const { result } = await getTags.run({ tagList: { tag: [{ type: 'Region' }, { type: 'Gone' }] } }, session);

  expect(seen).toMatchObject([
    { line: 'GET /rest/asset/v1/tagTypes.json', query: { maxReturn: '200', offset: '0' } },
    { line: 'GET /rest/asset/v1/tagType/byName.json', query: { name: 'Region' } },
  ]);
  expect(result).toEqual({
    result: { tagList: { tag: [{ type: 'Region', values: { stringItem: ['North', 'South Africa'] } }] } },
  });
});

test('getTags without a list answers every type, and nil for the values of one that has none', async () => {
  const { session } = restStage([
    { rows: [tagType('Author'), tagType('Region')] },
    withValues('Author', '[]'),
    withValues('Region', '[North]'),
  ]);

  const { result } = await getTags.run({}, session);

  expect(result).toEqual({
    result: {
      tagList: {
        tag: [
          { type: 'Author', values: null },
          { type: 'Region', values: { stringItem: ['North'] } },
        ],
      },
    },
  });
});

test('getTags answers only the values that are asked for, of any type where none is named', async () => {
  const { session } = restStage([
    { rows: [tagType('Author'), tagType('Region')] },
    withValues('Author', '[Ann, Bob]'),
    withValues('Region', '[North, South]'),
  ]);

  const { result } = await getTags.run(
    {
      tagList: {
        tag: [{ values: { stringItem: ['South'] } }, { type: 'Region', values: { stringItem: ['North'] } }],
      },
    },
    session,
  );

  expect(result).toEqual({
    result: { tagList: { tag: [{ type: 'Region', values: { stringItem: ['North', 'South'] } }] } },
  });
});

test('getTags that finds nothing answers an empty list', async () => {
  const { session } = restStage([{ rows: [] }]);

  expect((await getTags.run({}, session)).result).toEqual({ result: { tagList: null } });
});

test.each<readonly [string, Canned]>([
  ['no row', { rows: [] }],
  ['another type', withValues('Other', '[North]')],
  ['values that are no text', withValues('Region', ['North'])],
])('getTags answers a type without values where its reply has %s', async (_, reply) => {
  const { session } = restStage([{ rows: [tagType('Region')] }, reply]);

  expect((await getTags.run({}, session)).result).toEqual({
    result: { tagList: { tag: [{ type: 'Region', values: null }] } },
  });
});

const types = (count: number) => Array.from({ length: count }, (_, index) => tagType(`Type ${index}`));

test('getTags refuses more than 50 types that are named', () => {
  const asking = (count: number) => ({
    tagList: { tag: types(count).map((one) => ({ type: one.tagType })) },
  });

  expect(getTags.check(asking(51), KNOWN)).toMatchObject([{ kind: 'refused', code: 1003 }]);
  expect(getTags.check(asking(50), KNOWN)).toEqual([]);
});

test('getTags refuses more than 50 types that there are, and says to name some', async () => {
  const { session, seen } = restStage([{ rows: types(51) }]);

  expect(await ended(getTags.run({}, session))).toMatchObject({
    kind: 'decided',
    code: 1003,
    message: expect.stringContaining('name 50 at most'),
  });
  expect(seen).toHaveLength(1);
});

/** Rows as Marketo gives them, some of them broken. */
const reply: fc.Arbitrary<Canned> = fc.oneof(
  fc
    .array(
      fc.oneof(
        hostileJson,
        hostileJson.map((value) => ({ ...WEBINAR, progressionStatuses: [value] })),
        hostileJson.map((value) => ({ ...tagType('Region'), allowableValues: value })),
      ),
      { maxLength: 2 },
    )
    .map((rows) => ({ rows })),
  fc.constant({ rows: [WEBINAR, EMAIL] }),
  fc.constant({ rows: [tagType('Region'), tagType('Author')] }),
  fc.constant({ error: 606 }),
);

test.each(['getChannels', 'getTags'] as const)(
  'no params and no replies make %s throw anything else',
  async (operation) => {
    const mapping = channelTagMappings[operation];
    await fc.assert(
      fc.asyncProperty(
        paramsArbitrary(OPERATIONS[operation].params),
        fc.array(reply, { minLength: 4, maxLength: 4 }),
        async (params, replies) => {
          expect(Array.isArray(mapping.check(params as never, KNOWN))).toBe(true);
          const error = await mapping
            .run(params as never, restStage(replies).session)
            .catch((thrown: unknown) => thrown);
          if (error instanceof Error && !(error instanceof CallEnded)) throw error;
        },
      ),
    );
  },
);
