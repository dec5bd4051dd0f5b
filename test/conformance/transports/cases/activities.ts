import {
  ANN,
  ANN_AND_BOB,
  BOB,
  type Case,
  childOf,
  email,
  id,
  job,
  MADE_TWINS,
  NOBODY,
  TWINS,
} from '../job.ts';
import type { Verdict } from '../verdict.ts';

type Types = { readonly includeTypes: { readonly activityType: ('NewLead' | 'Wait' | 'RequestCampaign')[] } };

const activities = (over: { activityFilter?: Types; batchSize?: number; startPosition?: object } = {}) =>
  job('getLeadActivity', { leadKey: email(ANN), ...over });

const NEW: Types = { includeTypes: { activityType: ['NewLead'] } };

const changes = (over: object = {}) =>
  job('getLeadChanges', {
    startPosition: { oldestCreatedAt: '2026-11-20T00:00:00Z' },
    activityNameFilter: { stringItem: ['New Lead', 'Change Data Value'] },
    ...over,
  });

const positionIn = (answers: readonly Verdict[]) =>
  childOf(answers.at(-1), 'leadActivityList', 'newStartPosition') as object;

export const activityCases: readonly Case[] = [
  {
    name: 'the activities of a lead',
    before: ANN_AND_BOB,
    jobs: [
      activities({ activityFilter: NEW }),
      job('getLeadActivity', { leadKey: email(NOBODY), activityFilter: NEW }),
      activities({ activityFilter: NEW, startPosition: { oldestCreatedAt: '2026-11-20T00:00:00Z' } }),
    ],
    shows: ['activity-start', 'activity-attributes', 'dates', 'position', 'codes'],
  },
  {
    name: 'activities of all types',
    before: ANN_AND_BOB,
    jobs: [activities()],
    shows: ['activity-page', 'activity-start'],
  },
  {
    name: 'activities behind the last one',
    before: ANN_AND_BOB,
    jobs: [
      activities({ activityFilter: NEW }),
      (earlier) => activities({ activityFilter: NEW, startPosition: positionIn(earlier) }),
    ],
    shows: ['activity-end', 'activity-start', 'activity-attributes'],
  },
  {
    name: 'activities of a type that the instance has not',
    before: ANN_AND_BOB,
    jobs: [activities({ activityFilter: { includeTypes: { activityType: ['Wait'] } } })],
    shows: ['activity-type'],
  },
  {
    name: 'activities of a campaign',
    before: [
      ...ANN_AND_BOB,
      job('requestCampaign', { source: 'MKTOWS', campaignId: 1001, leadList: { leadKey: [email(ANN)] } }),
    ],
    jobs: [activities({ activityFilter: { includeTypes: { activityType: ['RequestCampaign'] } } })],
    shows: ['activity-campaign', 'activity-start', 'activity-attributes'],
  },
  {
    name: 'activities of an id that nobody has',
    jobs: [job('getLeadActivity', { leadKey: id(99), activityFilter: NEW })],
    shows: ['activity-nobody'],
  },
  {
    name: 'activities of an address of several leads',
    before: MADE_TWINS,
    jobs: [job('getLeadActivity', { leadKey: email(TWINS), activityFilter: NEW })],
    shows: ['activity-duplicate'],
  },
  {
    name: 'changes of leads',
    before: ANN_AND_BOB,
    jobs: [
      changes(),
      changes({ leadSelector: { keyType: 'EMAIL', keyValues: { stringItem: [BOB, NOBODY] } } }),
      changes({ leadSelector: { staticListName: 'Newsletter' } }),
      changes({ leadSelector: { staticListName: 'No Such List' } }),
      changes({
        startPosition: { oldestCreatedAt: '2026-11-23T00:00:00Z', latestCreatedAt: '2026-11-21T00:00:00Z' },
      }),
    ],
    shows: ['activity-attributes', 'codes'],
  },
];
