import {
  ANN,
  ANN_AND_BOB,
  attribs,
  BOB,
  email,
  FIRST_LEAD,
  id,
  type Job,
  job,
  MADE_TWINS,
  NOBODY,
  TWINS,
} from '../../transports/job.ts';
import type { Mix } from '../mix.ts';

const request = (over: Readonly<Record<string, unknown>>, ...addresses: readonly string[]): Job =>
  job('requestCampaign', { source: 'MKTOWS', ...over, leadList: { leadKey: addresses.map(email) } });

const WELCOME = { campaignId: 1001 };
const NAMED = { programName: 'Demo Program', campaignName: 'Welcome' };
const coded = (code: string) => ({ ...NAMED, programTokenList: attribs({ '{{my.code}}': code }) });

export const requestCampaignMixes: readonly Mix[] = [
  {
    name: 'a campaign is requested for several',
    before: ANN_AND_BOB,
    mayRepeat: true,
    jobs: [request(WELCOME, ANN), request(WELCOME, BOB)],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'a campaign is requested by who does not say that a repeat is harmless',
    before: ANN_AND_BOB,
    jobs: [request(WELCOME, ANN), request(WELCOME, BOB)],
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'a campaign is requested for several, one of them nobody',
    before: ANN_AND_BOB,
    mayRepeat: true,
    jobs: [request(WELCOME, ANN), request(WELCOME, NOBODY), request(WELCOME, BOB)],
    calls: { soap: 5, rest: 5 },
  },
  {
    name: 'a campaign is requested for one lead twice, and by other keys',
    before: ANN_AND_BOB,
    mayRepeat: true,
    jobs: [
      request(WELCOME, ANN),
      request(WELCOME, ANN),
      job('requestCampaign', { source: 'MKTOWS', ...WELCOME, leadList: { leadKey: [id(FIRST_LEAD)] } }),
      request(WELCOME, BOB),
    ],
    calls: { soap: 3, rest: 3 },
  },
  {
    name: 'campaigns with other tokens and of other names',
    before: ANN_AND_BOB,
    mayRepeat: true,
    jobs: [
      request(coded('x'), ANN),
      request(coded('y'), BOB),
      request(NAMED, ANN),
      request(NAMED, BOB),
      request(coded('x'), BOB),
    ],
    calls: { soap: 3, rest: 3 },
  },
  {
    name: 'a campaign that there is not',
    before: ANN_AND_BOB,
    mayRepeat: true,
    jobs: [request({ campaignId: 9 }, ANN), request({ campaignId: 9 }, BOB)],
    calls: { soap: 3, rest: 3 },
  },
  {
    name: 'a campaign for an address of several leads, among others',
    before: [...ANN_AND_BOB, ...MADE_TWINS],
    mayRepeat: true,
    jobs: [request(WELCOME, ANN), request(WELCOME, TWINS)],
    calls: { soap: 1, rest: 3 },
  },
  {
    name: 'more leads than SOAP reads',
    before: ANN_AND_BOB,
    mayRepeat: true,
    jobs: [
      ...Array.from({ length: 25 }, (_, index) =>
        request(WELCOME, ...Array.from({ length: 4 }, (__, at) => `p${index * 4 + at}@x.example`)),
      ),
      request(WELCOME, BOB),
    ],
    calls: { soap: 50, rest: 50 },
  },
];
