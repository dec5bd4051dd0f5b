import {
  ANN,
  ANN_AND_BOB,
  BOB,
  email,
  FIRST_LEAD,
  id,
  type Job,
  job,
  MADE_TWINS,
  NOBODY,
  person,
  TWINS,
} from '../../transports/job.ts';
import type { Mix } from '../mix.ts';

type Key = { readonly keyType: 'EMAIL' | 'IDNUM' | 'COOKIE'; readonly keyValue: string };

const get = (leadKey: Key): Job => job('getLead', { leadKey });

const HUNDRED = Array.from({ length: 100 }, (_, index) => `p${index}@x.example`);

export const getLeadMixes: readonly Mix[] = [
  {
    name: 'leads read by address, one of them nobody’s and one of several',
    before: [...ANN_AND_BOB, ...MADE_TWINS],
    jobs: [get(email(BOB)), get(email(' ANN@x.example')), get(email(NOBODY)), get(email(TWINS))],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'leads read by id, one of them nobody’s',
    before: ANN_AND_BOB,
    jobs: [get(id(FIRST_LEAD + 1)), get(id(99)), get({ keyType: 'IDNUM', keyValue: `00${FIRST_LEAD}` })],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'leads nobody knows',
    before: ANN_AND_BOB,
    jobs: [get(email(NOBODY)), get(email('none@x.example'))],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'keys that go alone',
    before: ANN_AND_BOB,
    jobs: [
      get(email(ANN)),
      get({ keyType: 'COOKIE', keyValue: 'id:1&token:_mch-x' }),
      get(email('a,b@x.example')),
      get({ keyType: 'IDNUM', keyValue: '12,13' }),
      get(email(BOB)),
    ],
    calls: { soap: 4, rest: 4 },
  },
  {
    name: 'one lead asked for twice',
    before: ANN_AND_BOB,
    jobs: [get(email(ANN)), get(email('ann@X.example')), get(email(BOB))],
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'more leads than keys: those past a page are asked for again',
    before: [
      job('syncMultipleLeads', {
        leadRecordList: { leadRecord: HUNDRED.map((one) => person(one)) },
        dedupEnabled: true,
      }),
      job('syncMultipleLeads', {
        leadRecordList: { leadRecord: [person('p7@x.example')] },
        dedupEnabled: false,
      }),
    ],
    jobs: [...HUNDRED, NOBODY].map((one) => get(email(one))),
    calls: { soap: 4, rest: 2 },
  },
];
