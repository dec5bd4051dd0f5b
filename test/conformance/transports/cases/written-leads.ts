import {
  ANN,
  ANN_AND_BOB,
  attributes,
  BOB,
  type Case,
  email,
  FIRST_LEAD,
  job,
  MADE_TWINS,
  NOBODY,
  person,
  syncPerson,
  TWINS,
} from '../job.ts';

const COOKIE = 'id:123-ABC-456&token:_mch-x.example-1';

const byId = (Id: number, values: Readonly<Record<string, string>>) =>
  job('syncLead', { leadRecord: { Id, leadAttributeList: attributes(values) }, returnLead: true });

const sync = (leadRecord: readonly ReturnType<typeof person>[], dedupEnabled?: boolean) =>
  job('syncMultipleLeads', {
    leadRecordList: { leadRecord: [...leadRecord] },
    ...(dedupEnabled === undefined ? {} : { dedupEnabled }),
  });

const merge = (
  winner: Readonly<Record<string, string>>,
  ...losers: readonly Readonly<Record<string, string>>[]
) =>
  job('mergeLeads', {
    winningLeadKeyList: attributes(winner),
    losingLeadKeyLists: { keyList: losers.map(attributes) },
  });

const cookieAlone = (values: Readonly<Record<string, string>>) =>
  job('syncLead', {
    leadRecord: { leadAttributeList: attributes(values) },
    marketoCookie: COOKIE,
    returnLead: false,
  });

export const writtenLeadCases: readonly Case[] = [
  {
    name: 'a lead is made, changed, and read back',
    before: ANN_AND_BOB,
    jobs: [
      syncPerson('new@x.example', { FirstName: 'Kim' }),
      job('syncLead', { leadRecord: person('NEW@x.example', { LastName: 'Li' }), returnLead: true }),
      byId(FIRST_LEAD, { FirstName: 'Anna' }),
      byId(99, { FirstName: 'Nobody' }),
      syncPerson(BOB, { NoSuchField: 'x' }),
      job('getLead', { leadKey: email('new@x.example') }),
    ],
    shows: ['codes'],
  },
  {
    name: 'several leads are made and changed, and one fails alone',
    before: ANN_AND_BOB,
    jobs: [
      sync([person(ANN, { FirstName: 'A' }), person('new@x.example')], true),
      sync([person(ANN, { FirstName: 'B' }), person(BOB, { NoSuchField: 'x' })], true),
      sync([person(ANN, { FirstName: 'C' }), person(ANN, { FirstName: 'D' })], true),
      sync([person('newer@x.example')]),
      sync([person('newer@x.example')], false),
      job('getLead', { leadKey: email('newer@x.example') }),
    ],
    shows: ['record-code', 'error-words'],
  },
  {
    name: 'the only lead of a batch fails',
    jobs: [sync([person(BOB, { NoSuchField: 'x' })], true)],
    shows: ['decided-alone'],
  },
  {
    name: 'an address of several leads is written to',
    before: MADE_TWINS,
    jobs: [syncPerson(TWINS, { FirstName: 'Zoe' }), sync([person(TWINS, { FirstName: 'Zoe' })], true)],
    shows: ['duplicate'],
  },
  {
    name: 'an address of several leads is written to, of which the last is meant',
    settings: { onDuplicate: 'latest' },
    before: [...MADE_TWINS, byId(FIRST_LEAD, { LastName: 'Li' })],
    jobs: [
      syncPerson(TWINS, { FirstName: 'Zoe' }),
      sync([person(TWINS, { FirstName: 'Mia' }), person(BOB)], true),
      job('getLead', { leadKey: email(TWINS) }),
    ],
  },
  {
    name: 'a lead is written by a foreign id',
    jobs: [
      job('syncLead', {
        leadRecord: { Email: ANN, ForeignSysPersonId: '7', ForeignSysType: 'CUSTOM' },
        returnLead: false,
      }),
    ],
    shows: ['foreign-id'],
  },
  {
    name: 'a workspace that has no partition in the settings',
    jobs: [job('syncLead', { leadRecord: person(ANN), returnLead: false }, 'Europe')],
    shows: ['workspace'],
  },
  {
    name: 'a workspace with its partition, and a lead that is in another',
    settings: { partitions: { Europe: 'Europe' } },
    before: ANN_AND_BOB,
    jobs: [
      job('syncLead', { leadRecord: person('new@x.example'), returnLead: false }, 'Europe'),
      job('syncLead', { leadRecord: person(ANN), returnLead: false }, 'Europe'),
      job('syncLead', { leadRecord: person(ANN), returnLead: false }, 'Default'),
    ],
    shows: ['partition'],
  },
  {
    name: 'a field of the company',
    before: ANN_AND_BOB,
    jobs: [syncPerson(ANN, { Company: 'Acme' }), job('getLead', { leadKey: email(ANN) })],
    shows: ['company-fields'],
  },
  {
    name: 'an address that is to change, by the address itself',
    before: ANN_AND_BOB,
    jobs: [syncPerson(ANN, { Email: 'other@x.example' })],
    shows: ['email-change'],
  },
  {
    name: 'an id among the attributes',
    before: ANN_AND_BOB,
    jobs: [syncPerson(ANN, { Id: '5' })],
    shows: ['attribute-id'],
  },
  {
    name: 'a boolean as a number',
    jobs: [syncPerson(ANN, { DoNotCall: '1' }), job('getLead', { leadKey: email(ANN) })],
    shows: ['written-values'],
  },
  {
    name: 'a cookie beside an address',
    jobs: [
      job('syncLead', { leadRecord: person(ANN), marketoCookie: COOKIE, returnLead: false }),
      job('getLead', { leadKey: { keyType: 'COOKIE', keyValue: COOKIE } }),
      cookieAlone({ FirstName: 'Ann' }),
    ],
  },
  {
    name: 'a cookie that Marketo does not take',
    jobs: [job('syncLead', { leadRecord: person(ANN), marketoCookie: 'nonsense', returnLead: false })],
    shows: ['cookie-refused'],
  },
  {
    name: 'a cookie of several leads',
    before: [ANN, BOB].map((address) =>
      job('syncLead', { leadRecord: person(address), marketoCookie: COOKIE, returnLead: false }),
    ),
    jobs: [cookieAlone({ FirstName: 'Ann' })],
    shows: ['cookie-of-several'],
  },
  {
    name: 'a cookie alone, beside the address of a lead among the attributes',
    before: ANN_AND_BOB,
    jobs: [cookieAlone({ Email: ANN })],
    shows: ['cookie-email'],
  },
  {
    name: 'a cookie of nobody makes a lead',
    jobs: [
      cookieAlone({ FirstName: 'Kim' }),
      job('getLead', { leadKey: { keyType: 'COOKIE', keyValue: COOKIE } }),
    ],
  },
  {
    name: 'leads are merged',
    before: ANN_AND_BOB,
    jobs: [
      merge({ EMAIL: NOBODY }, { EMAIL: ANN }),
      merge({ EMAIL: ANN }, { EMAIL: NOBODY }),
      merge({ EMAIL: ANN }, { IDNUM: String(FIRST_LEAD + 1) }),
      job('getLead', { leadKey: email(BOB) }),
    ],
    shows: ['record-code'],
  },
  {
    name: 'a lead is merged with itself',
    before: ANN_AND_BOB,
    jobs: [merge({ IDNUM: String(FIRST_LEAD) }, { IDNUM: String(FIRST_LEAD) })],
    shows: ['merge-with-itself'],
  },
  {
    name: 'a merge by the address of several leads',
    before: [...ANN_AND_BOB, ...MADE_TWINS],
    jobs: [merge({ EMAIL: ANN }, { EMAIL: TWINS })],
    shows: ['merge-duplicate'],
  },
  {
    name: 'more leads than REST merges at once',
    before: [
      sync(
        Array.from({ length: 27 }, (_, index) => person(`${index}@x.example`)),
        true,
      ),
    ],
    jobs: [
      merge(
        { IDNUM: String(FIRST_LEAD) },
        ...Array.from({ length: 26 }, (_, index) => ({ IDNUM: String(FIRST_LEAD + 1 + index) })),
      ),
    ],
    shows: ['merge-most'],
  },
];
