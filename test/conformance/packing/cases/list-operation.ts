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
  TWINS,
} from '../../transports/job.ts';
import type { Mix } from '../mix.ts';

type Key = { readonly keyType: 'EMAIL' | 'IDNUM' | 'COOKIE'; readonly keyValue: string };
type Wanted = 'ADDTOLIST' | 'ISMEMBEROFLIST' | 'REMOVEFROMLIST';

const list = (
  listOperation: Wanted,
  keys: readonly Key[],
  over: { readonly strict?: boolean; readonly name?: string } = {},
): Job =>
  job('listOperation', {
    listOperation,
    listKey: { keyType: 'MKTOLISTNAME', keyValue: over.name ?? 'Newsletter' },
    listMemberList: { leadKey: [...keys] },
    ...(over.strict === undefined ? {} : { strict: over.strict }),
  });

const WITH_ANN = [...ANN_AND_BOB, list('ADDTOLIST', [email(ANN)])];
const STRICT = { strict: true };

export const listOperationMixes: readonly Mix[] = [
  {
    name: 'leads into a list, some of them nobody’s',
    before: ANN_AND_BOB,
    jobs: [
      list('ADDTOLIST', [email(ANN)]),
      list('ADDTOLIST', [email(NOBODY), email('none@x.example')]),
      list('ADDTOLIST', [email('c@x.example'), email(BOB)]),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'leads into a list by id, some of them nobody’s',
    before: ANN_AND_BOB,
    jobs: [
      list('ADDTOLIST', [id(FIRST_LEAD)]),
      list('ADDTOLIST', [id(99)]),
      list('ADDTOLIST', [id(FIRST_LEAD + 1)]),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'more ids than REST takes',
    before: ANN_AND_BOB,
    jobs: [...Array.from({ length: 300 }, (_, index) => id(index + 1)), id(FIRST_LEAD)].map((one) =>
      list('ADDTOLIST', [one]),
    ),
    calls: { soap: 1, rest: 2 },
  },
  {
    name: 'members that are asked for',
    before: WITH_ANN,
    jobs: [
      list('ISMEMBEROFLIST', [email(ANN)]),
      list('ISMEMBEROFLIST', [email(BOB)]),
      list('ISMEMBEROFLIST', [email(NOBODY)]),
      list('ISMEMBEROFLIST', [email('c@x.example'), email('d@x.example')]),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'members that are all there',
    before: [...WITH_ANN, list('ADDTOLIST', [email(BOB)])],
    jobs: [list('ISMEMBEROFLIST', [email(ANN)]), list('ISMEMBEROFLIST', [email(BOB)])],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'leads out of a list, some of them no members',
    before: WITH_ANN,
    jobs: [
      list('REMOVEFROMLIST', [email(ANN)]),
      list('REMOVEFROMLIST', [email(BOB)]),
      list('REMOVEFROMLIST', [email(NOBODY)]),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'all or nothing, of which one is nothing',
    before: ANN_AND_BOB,
    jobs: [
      list('ADDTOLIST', [email(ANN)], STRICT),
      list('ADDTOLIST', [email(NOBODY)], STRICT),
      list('ADDTOLIST', [email(BOB)], STRICT),
    ],
    calls: { soap: 5, rest: 5 },
  },
  {
    name: 'all or nothing, and all of it',
    before: ANN_AND_BOB,
    jobs: [list('ADDTOLIST', [email(ANN)], STRICT), list('ADDTOLIST', [email(BOB)], STRICT)],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'all or nothing out of a list',
    before: WITH_ANN,
    jobs: [list('REMOVEFROMLIST', [email(ANN)], STRICT), list('REMOVEFROMLIST', [email(BOB)], STRICT)],
    calls: { soap: 3, rest: 3 },
  },
  {
    name: 'all or nothing of members that are asked for',
    before: WITH_ANN,
    jobs: [list('ISMEMBEROFLIST', [email(ANN)], STRICT), list('ISMEMBEROFLIST', [email(BOB)], STRICT)],
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'several lists, actions and kinds of keys',
    before: ANN_AND_BOB,
    jobs: [
      list('ADDTOLIST', [email(ANN)]),
      list('ADDTOLIST', [id(FIRST_LEAD + 1)]),
      list('ADDTOLIST', [email(BOB)], { name: 'Customers' }),
      list('ISMEMBEROFLIST', [email(BOB)], { name: 'Customers' }),
      list('ADDTOLIST', [email(ANN), id(FIRST_LEAD + 1)], { name: 'Customers' }),
      list('ADDTOLIST', [email('c@x.example')]),
      list('ADDTOLIST', [email(ANN)], { name: 'Customers' }),
    ],
    calls: { soap: 5, rest: 5 },
  },
  {
    name: 'a list that there is not',
    before: ANN_AND_BOB,
    jobs: [
      list('ADDTOLIST', [email(ANN)], { name: 'No Such List' }),
      list('ADDTOLIST', [email(BOB)], { name: 'No Such List' }),
    ],
    calls: { soap: 3, rest: 3 },
  },
  {
    name: 'an address of several leads into a list, among others',
    before: [...ANN_AND_BOB, ...MADE_TWINS],
    jobs: [
      list('ADDTOLIST', [email(ANN)]),
      list('ADDTOLIST', [email(TWINS)]),
      list('ISMEMBEROFLIST', [email(TWINS)]),
    ],
    calls: { soap: 2, rest: 2 },
  },
];
