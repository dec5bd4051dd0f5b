import {
  ANN,
  ANN_AND_BOB,
  attributes,
  BOB,
  FIRST_LEAD,
  type Job,
  job,
  MADE_TWINS,
  person,
  syncPerson,
  TWINS,
} from '../../transports/job.ts';
import type { Mix } from '../mix.ts';

type Values = Readonly<Record<string, string>>;

const numbered = (count: number): readonly Job[] =>
  Array.from({ length: count }, (_, index) => syncPerson(`p${index}@x.example`, { FirstName: `P${index}` }));

const byId = (Id: number, values: Values = { FirstName: 'Id' }): Job =>
  job('syncLead', { leadRecord: { Id, leadAttributeList: attributes(values) }, returnLead: false });

const inWorkspace = (workspace: string, address: string): Job => ({ ...syncPerson(address), workspace });

export const syncLeadMixes: readonly Mix[] = [
  {
    name: 'leads by address, new and known',
    before: ANN_AND_BOB,
    jobs: [
      ...numbered(12),
      syncPerson(ANN, { LastName: 'New' }),
      syncPerson(' BOB@x.example', { LeadScore: '9' }),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'more leads than a call takes',
    jobs: numbered(301),
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'leads by id, one of them nobody’s',
    before: ANN_AND_BOB,
    jobs: [byId(FIRST_LEAD), byId(99), byId(FIRST_LEAD + 1, { Email: 'robert@x.example' })],
    calls: { soap: 2, rest: 1 },
  },
  {
    name: 'leads by address and by id',
    before: ANN_AND_BOB,
    jobs: [
      byId(FIRST_LEAD, { City: 'Bonn' }),
      syncPerson(BOB, { City: 'Ulm' }),
      syncPerson(ANN, { LastName: 'Li' }),
    ],
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'leads with a field that there is not, among others',
    jobs: [
      syncPerson(ANN, { FirstName: 'Ann' }),
      syncPerson(BOB, { NoSuchField: 'x' }),
      syncPerson('c@x.example', { AlsoNot: 'x', FirstName: 'C' }),
      syncPerson('d@x.example', { FirstName: 'D' }),
    ],
    calls: { soap: 3, rest: 1 },
  },
  {
    name: 'leads with a value that Marketo refuses',
    jobs: [syncPerson(ANN, { LeadScore: 'many' }), syncPerson(BOB, { LeadScore: '3' })],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'leads of which each is refused',
    jobs: [syncPerson(ANN, { NoSuchField: 'x' }), syncPerson(BOB, { NoSuchField: 'y' })],
    calls: { soap: 3, rest: 3 },
  },
  {
    name: 'leads that rules alone refuse over REST',
    before: ANN_AND_BOB,
    jobs: [
      syncPerson(ANN, { Email: 'other@x.example', Id: '7' }),
      syncPerson(BOB, { FirstName: 'Rob' }),
      syncPerson('c@x.example', { Id: '8' }),
    ],
    calls: { soap: 3, rest: 1 },
  },
  {
    name: 'leads that a batch would treat otherwise',
    before: [...ANN_AND_BOB, syncPerson('e@x.example')],
    jobs: [
      syncPerson('c@x.example', { FirstName: 'C' }),
      job('syncLead', { leadRecord: { Id: FIRST_LEAD, Email: 'anna@x.example' }, returnLead: false }),
      byId(FIRST_LEAD + 2, { Email: 'eve@x.example' }),
      job('syncLead', { leadRecord: { Email: BOB }, returnLead: true }),
      job('syncLead', {
        leadRecord: { Email: BOB },
        returnLead: false,
        marketoCookie: 'id:1&token:_mch-x.example-1-1',
      }),
      syncPerson('d@x.example', { FirstName: 'D' }),
      job('syncLead', {
        leadRecord: { ForeignSysPersonId: '7', ForeignSysType: 'CUSTOM' },
        returnLead: false,
      }),
    ],
    calls: { soap: 6, rest: 6 },
  },
  {
    name: 'one lead twice',
    jobs: [
      syncPerson(ANN, { FirstName: 'A' }),
      syncPerson(BOB, { FirstName: 'B' }),
      syncPerson('Ann@X.example ', { FirstName: 'C' }),
    ],
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'an address of several leads among others',
    before: [...ANN_AND_BOB, ...MADE_TWINS],
    jobs: [
      syncPerson(ANN, { City: 'Ulm' }),
      syncPerson(TWINS, { City: 'Bonn' }),
      syncPerson(BOB, { City: 'Rom' }),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'an address of several leads among others, of which the last is meant',
    settings: { onDuplicate: 'latest' },
    before: [...ANN_AND_BOB, ...MADE_TWINS, byId(FIRST_LEAD + 2)],
    jobs: [
      syncPerson(ANN, { City: 'Ulm' }),
      syncPerson(TWINS, { City: 'Bonn' }),
      syncPerson(BOB, { City: 'Rom' }),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'leads of workspaces',
    settings: { partitions: { Europe: 'Europe' } },
    before: [syncPerson(ANN)],
    jobs: [
      inWorkspace('Europe', ANN),
      inWorkspace('Europe', BOB),
      inWorkspace('Default', 'c@x.example'),
      inWorkspace('Default', 'd@x.example'),
      syncPerson('e@x.example'),
      syncPerson('f@x.example'),
    ],
    calls: { soap: 5, rest: 3 },
  },
  {
    name: 'leads of a workspace that nobody knows',
    jobs: [inWorkspace('Moon', ANN), inWorkspace('Moon', BOB)],
    calls: { soap: 2, rest: 3 },
  },
  {
    name: 'fields of a company, where Marketo refuses them',
    seed: { companyFields: 'refused' },
    jobs: [syncPerson(ANN, { Company: 'Acme' }), syncPerson(BOB, { FirstName: 'Bob' })],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'values that XML and JSON write otherwise',
    jobs: [
      syncPerson(ANN, { FirstName: '<a>&"\\\n]]>', LastName: ' ' }),
      syncPerson(BOB, { FirstName: '', LastName: 'Ünï😀' }),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'leads that are too large for one body',
    jobs: Array.from({ length: 30 }, (_, index) =>
      syncPerson(`p${index}@x.example`, { FirstName: `${index}`.padEnd(50_000, 'é"') }),
    ),
    calls: { soap: 4, rest: 4 },
  },
  {
    name: 'a batch that Marketo refuses whole for the sake of one lead',
    jobs: [...numbered(6), syncPerson(ANN, { FirstName: 'poison' }), syncPerson(BOB, { FirstName: 'Bob' })],
    rules: [
      {
        match: { contains: 'poison' },
        times: 'always',
        do: { kind: 'fault', code: 1003, message: 'no poison' },
      },
    ],
    calls: { soap: 7, rest: 7 },
  },
  {
    name: 'a second request of a batch that Marketo refuses for the sake of one lead',
    settings: { onDuplicate: 'latest' },
    before: [
      ...MADE_TWINS,
      job('syncMultipleLeads', {
        leadRecordList: { leadRecord: [person(BOB), person(BOB)] },
        dedupEnabled: false,
      }),
    ],
    jobs: [syncPerson(ANN), syncPerson(TWINS, { City: 'Bonn' }), syncPerson(BOB, { City: 'Ulm' })],
    rules: [
      {
        match: { contains: `{"id":${FIRST_LEAD + 3},` },
        times: 'always',
        do: { kind: 'fault', code: 1003, message: 'not this one' },
      },
    ],
    calls: { soap: 1, rest: 3 },
  },
];
