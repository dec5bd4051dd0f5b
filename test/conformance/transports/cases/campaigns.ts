import { ANN, ANN_AND_BOB, attribs, BOB, type Case, email, job, MADE_TWINS, NOBODY, TWINS } from '../job.ts';

const request = (over: Readonly<Record<string, unknown>>, ...addresses: readonly string[]) =>
  job('requestCampaign', {
    source: 'MKTOWS',
    ...over,
    leadList: { leadKey: addresses.map(email) },
  });

const schedule = (over: Readonly<Record<string, string>> = {}) =>
  job('scheduleCampaign', { programName: 'Webinar', campaignName: 'Reminder', ...over });

const campaigns = (over: { name?: string; exactName?: boolean } = {}) =>
  job('getCampaignsForSource', { source: 'MKTOWS', ...over });

export const campaignCases: readonly Case[] = [
  {
    name: 'campaigns of a source',
    jobs: [
      campaigns(),
      campaigns({ name: 'Demo' }),
      campaigns({ name: 'Welcome', exactName: true }),
      campaigns({ name: 'Demo Program.Welcome', exactName: true }),
      campaigns({ name: 'No Such Campaign', exactName: true }),
    ],
  },
  {
    name: 'a name of a campaign in small letters',
    jobs: [campaigns({ name: 'welcome' })],
    shows: ['campaign-case'],
  },
  {
    name: 'campaigns of sales people',
    jobs: [job('getCampaignsForSource', { source: 'SALES' })],
    shows: ['source-sales'],
  },
  {
    name: 'a campaign is requested',
    before: ANN_AND_BOB,
    jobs: [
      request({ campaignId: 1001 }, ANN, BOB),
      request(
        {
          programName: 'Demo Program',
          campaignName: 'Welcome',
          programTokenList: attribs({ '{{my.code}}': 'x' }),
        },
        ANN,
      ),
      request({ campaignId: 9 }, ANN),
      request({ programName: 'Demo Program', campaignName: 'No Such Campaign' }, ANN),
      request({ campaignId: 1001 }, ANN, NOBODY),
    ],
    shows: ['codes'],
  },
  {
    name: 'a campaign for an address of several leads',
    before: MADE_TWINS,
    jobs: [request({ campaignId: 1001 }, TWINS)],
    shows: ['campaign-duplicate'],
  },
  {
    name: 'campaigns of the other kind',
    before: ANN_AND_BOB,
    jobs: [
      request({ programName: 'Webinar', campaignName: 'Reminder' }, ANN),
      schedule({ campaignName: 'Invitation' }),
    ],
    shows: ['campaign-kind'],
  },
  {
    name: 'more tokens than REST takes',
    before: ANN_AND_BOB,
    jobs: [
      request(
        {
          programName: 'Demo Program',
          campaignName: 'Welcome',
          programTokenList: attribs(
            Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`{{my.t${index}}}`, 'x'])),
          ),
        },
        ANN,
      ),
    ],
    shows: ['campaign-tokens'],
  },
  {
    name: 'a campaign is scheduled',
    jobs: [
      schedule(),
      schedule({ campaignRunAt: '2026-11-23T10:00:00Z' }),
      schedule({ cloneToProgramName: 'Webinar in May' }),
      schedule({ cloneToProgramName: 'Webinar in May' }),
      schedule({ campaignName: 'No Such Campaign' }),
    ],
    shows: ['codes'],
  },
  {
    name: 'eleven clones in a day',
    jobs: Array.from({ length: 11 }, (_, index) => schedule({ cloneToProgramName: `Copy ${index}` })),
    shows: ['clones'],
  },
];
