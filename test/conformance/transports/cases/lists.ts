import {
  ANN,
  ANN_AND_BOB,
  BOB,
  type Case,
  email,
  FIRST_LEAD,
  id,
  job,
  MADE_TWINS,
  NOBODY,
  TWINS,
} from '../job.ts';

type Key = { readonly keyType: 'EMAIL' | 'IDNUM'; readonly keyValue: string };
type Wanted = 'ADDTOLIST' | 'ISMEMBEROFLIST' | 'REMOVEFROMLIST';

const list = (listOperation: Wanted, keys: readonly Key[], over: { strict?: boolean; name?: string } = {}) =>
  job('listOperation', {
    listOperation,
    listKey: { keyType: 'MKTOLISTNAME', keyValue: over.name ?? 'Newsletter' },
    listMemberList: { leadKey: [...keys] },
    ...(over.strict === undefined ? {} : { strict: over.strict }),
  });

export const listCases: readonly Case[] = [
  {
    name: 'leads come into a list and leave it',
    before: ANN_AND_BOB,
    jobs: [
      list('ADDTOLIST', [email(ANN), id(FIRST_LEAD + 1)]),
      list('ADDTOLIST', [email(ANN)]),
      list('ADDTOLIST', [email(ANN), email(NOBODY)]),
      list('ADDTOLIST', [id(99)]),
      list('ISMEMBEROFLIST', [email(ANN), email(BOB)]),
      list('REMOVEFROMLIST', [email(BOB)]),
      list('ISMEMBEROFLIST', [email(ANN), email(BOB)]),
      list('ISMEMBEROFLIST', [email(NOBODY)]),
      list('ADDTOLIST', [email(ANN)], { name: 'Webinar.Attendees' }),
      list('ADDTOLIST', [email(ANN)], { name: 'No Such List' }),
    ],
    shows: ['record-code', 'codes'],
  },
  {
    name: 'all or nothing',
    before: [...ANN_AND_BOB, list('ADDTOLIST', [email(ANN)])],
    jobs: [
      list('ADDTOLIST', [email(ANN), email(NOBODY)], { strict: true }),
      list('REMOVEFROMLIST', [email(ANN), email(BOB)], { strict: true }),
      list('ADDTOLIST', [email(ANN), email(BOB)], { strict: true }),
      list('REMOVEFROMLIST', [email(ANN), email(BOB)], { strict: true }),
    ],
    shows: ['codes'],
  },
  {
    name: 'all or nothing, of members that are asked for',
    before: [...ANN_AND_BOB, list('ADDTOLIST', [email(ANN)])],
    jobs: [list('ISMEMBEROFLIST', [email(ANN), email(BOB)], { strict: true })],
    shows: ['strict-member'],
  },
  {
    name: 'the list of a sales person',
    before: ANN_AND_BOB,
    jobs: [
      job('listOperation', {
        listOperation: 'ADDTOLIST',
        listKey: { keyType: 'MKTOSALESUSERID', keyValue: '7' },
        listMemberList: { leadKey: [email(ANN)] },
      }),
    ],
    shows: ['list-key-type'],
  },
  {
    name: 'an address of several leads into a list',
    before: [...ANN_AND_BOB, ...MADE_TWINS],
    jobs: [list('ADDTOLIST', [email(ANN), email(TWINS)])],
    shows: ['list-duplicate'],
  },
  {
    name: 'whether an address of several leads is in a list',
    before: [...ANN_AND_BOB, ...MADE_TWINS],
    jobs: [list('ISMEMBEROFLIST', [email(ANN), email(TWINS)])],
    shows: ['member-duplicate'],
  },
  {
    name: 'a lead that is in no list leaves it',
    before: ANN_AND_BOB,
    jobs: [list('REMOVEFROMLIST', [email(ANN)])],
    shows: ['remove-no-member'],
  },
];
