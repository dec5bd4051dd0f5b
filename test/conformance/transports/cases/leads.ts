import {
  ANN,
  ANN_AND_BOB,
  BOB,
  type Case,
  childOf,
  email,
  FIRST_LEAD,
  id,
  job,
  MADE_TWINS,
  NOBODY,
  TWINS,
} from '../job.ts';

const byKeys = (keyValues: readonly string[], batchSize?: number) =>
  job('getMultipleLeads', {
    leadSelector: { keyType: 'EMAIL', keyValues: { stringItem: [...keyValues] } },
    ...(batchSize === undefined ? {} : { batchSize }),
    includeAttributes: { stringItem: ['FirstName'] },
  });

/** The rest of two leads, behind the position. */
const goingOn = (streamPosition: string, batchSize: number) =>
  job('getMultipleLeads', {
    leadSelector: { keyType: 'EMAIL', keyValues: { stringItem: [ANN, BOB] } },
    streamPosition,
    batchSize,
    includeAttributes: { stringItem: ['FirstName'] },
  });

/** What SOAP answers to the first of two, so asked for. */
const SOAP_POSITION = 'b3M6MTpxOmZlMDMxYmI5MDZhYw';

export const leadCases: readonly Case[] = [
  {
    name: 'a lead by its address and by its id',
    before: ANN_AND_BOB,
    jobs: [
      job('getLead', { leadKey: email('ANN@x.example') }),
      job('getLead', { leadKey: id(FIRST_LEAD) }),
      job('getLead', { leadKey: email(NOBODY) }),
      job('getLead', { leadKey: id(99) }),
    ],
    shows: ['lead-attributes', 'lead-attribute-type', 'codes'],
  },
  {
    name: 'several leads of one address',
    before: MADE_TWINS,
    jobs: [job('getLead', { leadKey: email(TWINS) }), byKeys([TWINS])],
  },
  {
    name: 'leads by keys, all at once and page by page',
    before: ANN_AND_BOB,
    jobs: [
      byKeys([ANN, NOBODY, BOB]),
      byKeys([NOBODY]),
      byKeys([ANN, BOB], 1),
      (earlier) => goingOn(String(childOf(earlier.at(-1), 'result', 'newStreamPosition')), 1),
      goingOn('', 2),
    ],
    shows: ['position'],
  },
  {
    name: 'the leads that are left',
    before: [...ANN_AND_BOB, ...MADE_TWINS],
    jobs: [byKeys([ANN, BOB, TWINS], 1)],
    shows: ['remaining'],
  },
  {
    name: 'a position of SOAP’s',
    before: ANN_AND_BOB,
    jobs: [goingOn(SOAP_POSITION, 1)],
    shows: ['position-of-soap'],
  },
  {
    name: 'a position of nobody’s',
    before: ANN_AND_BOB,
    jobs: [goingOn('nonsense', 1)],
    shows: ['codes'],
  },
  {
    name: 'the members of a list',
    before: [
      ...ANN_AND_BOB,
      job('listOperation', {
        listOperation: 'ADDTOLIST',
        listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Newsletter' },
        listMemberList: { leadKey: [email(ANN), email(BOB)] },
      }),
    ],
    jobs: [
      job('getMultipleLeads', { leadSelector: { staticListName: 'Newsletter' } }),
      job('getMultipleLeads', { leadSelector: { staticListId: 1_000_002 } }),
      job('getMultipleLeads', { leadSelector: { staticListName: 'No Such List' } }),
    ],
  },
  {
    name: 'leads by the time of their last update',
    before: ANN_AND_BOB,
    jobs: [job('getMultipleLeads', { leadSelector: { oldestUpdatedAt: '2026-11-22T00:00:00Z' } })],
    shows: ['last-update'],
  },
  {
    name: 'a lead by the address of its owner',
    before: [
      job('syncLead', {
        leadRecord: {
          Email: ANN,
          leadAttributeList: { attribute: [{ attrName: 'LeadOwnerEmail', attrValue: BOB }] },
        },
        returnLead: false,
      }),
    ],
    jobs: [job('getLead', { leadKey: { keyType: 'LEADOWNEREMAIL', keyValue: BOB } })],
    shows: ['owner-email'],
  },
  {
    name: 'a lead whose address has a comma',
    before: [job('syncLead', { leadRecord: { Email: 'a,b@x.example' }, returnLead: false })],
    jobs: [job('getLead', { leadKey: email('a,b@x.example') })],
    shows: ['comma'],
  },
  {
    name: 'more cookies than take a request each',
    jobs: [
      job('listOperation', {
        listOperation: 'ISMEMBEROFLIST',
        listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Newsletter' },
        listMemberList: {
          leadKey: Array.from({ length: 51 }, (_, index) => ({
            keyType: 'COOKIE' as const,
            keyValue: `id:1&token:_mch-${index}`,
          })),
        },
      }),
    ],
    shows: ['keys-alone'],
  },
  {
    name: 'a lead that SOAP knows by a foreign id',
    before: [
      job('syncLead', {
        leadRecord: { Email: ANN, ForeignSysPersonId: '7', ForeignSysType: 'SFDC' },
        returnLead: false,
      }),
    ],
    jobs: [job('getLead', { leadKey: email(ANN) })],
    shows: ['lead-foreign-id'],
  },
];
