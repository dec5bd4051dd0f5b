import { expect, test } from 'vitest';
import {
  activityName,
  typeFilterOf,
  wantedTypes,
} from '../../../../shared/marketo/rest/activities/activity-types.ts';
import { CallEnded } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { restStage } from '../../../support/rest-stage.ts';

const type = (id: number, name: string) => ({ id, name, primaryAttribute: null, attributes: [] });
const TYPES = [type(13, 'Change Data Value'), type(1, 'Visit Webpage'), type(2, 'Fill Out Form')];

/** `copies`: what the directory knows, and what it knows after reading again. */
function directory(...copies: readonly (typeof TYPES)[]) {
  const wants: (boolean | undefined)[] = [];
  return {
    wants,
    stage: restStage([], {
      directory: {
        activityTypes: async (_, want) => {
          wants.push(want?.fresh);
          return copies[want?.fresh === true ? 1 : 0] ?? [];
        },
      },
    }),
  };
}

const wanted = async (filter: object, ...copies: readonly (typeof TYPES)[]) => {
  const { stage, wants } = directory(...copies);
  const found = await wantedTypes(stage.session, { included: [], excluded: [], named: [], ...filter });
  return { ids: found.map(({ id }) => id), wants };
};

test.each([
  ['VisitWebpage', 'Visit Webpage'],
  ['ChangeDataValue', 'Change Data Value'],
  ['SFDCActivityUpdated', 'SFDC Activity Updated'],
  ['SFDCMergeLeads', 'SFDC Merge Leads'],
  ['RemoveFromSFDCCampaign', 'Remove From SFDC Campaign'],
  ['NewSFDCOpprtnty', 'New SFDC Opportunity'],
  ['PushLeadToSales', 'Sync Lead to SFDC'],
  ['ChangeFieldInProgram', 'Change Program Data'],
  ['toString', 'to String'],
])('the SOAP word %s is the activity %s', (word, name) => {
  expect(activityName(word)).toBe(name);
});

test('filters are read out of the params, and a blank name asks for every activity', () => {
  expect(
    typeFilterOf({
      startPosition: {},
      activityFilter: {
        includeTypes: { activityType: ['NewLead'] },
        excludeTypes: { activityType: ['Wait'] },
      },
      activityNameFilter: { stringItem: [' Visit Webpage ', ''] },
    }),
  ).toEqual({ included: ['New Lead'], excluded: ['Wait'], named: ['Visit Webpage'] });
});

test('without a filter all types are wanted, by id', async () => {
  expect(await wanted({}, TYPES)).toEqual({ ids: [1, 2, 13], wants: [undefined] });
});

test('types are found without case', async () => {
  expect((await wanted({ named: ['change DATA value'] }, TYPES)).ids).toEqual([13]);
});

test('a type must pass every filter', async () => {
  const filter = {
    included: ['Visit Webpage', 'Fill Out Form'],
    named: ['Fill Out Form', 'Change Data Value'],
  };
  expect((await wanted(filter, TYPES)).ids).toEqual([2]);
});

test('an excluded type is left out, and one that there is not changes nothing', async () => {
  expect((await wanted({ excluded: ['Fill Out Form', 'Wait'] }, TYPES)).ids).toEqual([1, 13]);
});

test('types are read again once for a name that is not known', async () => {
  const found = await wanted({ named: ['Attend Event'] }, TYPES, [...TYPES, type(100_001, 'Attend Event')]);

  expect(found).toEqual({ ids: [100_001], wants: [undefined, true] });
});

test('a name that is still not known is refused, with the one that was meant', async () => {
  const error = await wanted({ included: ['Visit Web page'] }, TYPES, TYPES).catch(
    (thrown: unknown) => thrown,
  );

  expect(error).toBeInstanceOf(CallEnded);
  expect(error).toMatchObject({
    fault: { kind: 'decided', code: 1003, message: expect.stringContaining('did you mean "Visit Webpage"?') },
  });
});

test('filters that leave no type are refused', async () => {
  const filter = { included: ['Visit Webpage'], excluded: ['Visit Webpage'] };

  await expect(wanted(filter, TYPES)).rejects.toMatchObject({ fault: { code: 1003 } });
});
