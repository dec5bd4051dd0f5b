import { ANN, ANN_AND_BOB, type Case, email, job } from '../job.ts';

interface Import {
  readonly header?: string;
  readonly rows?: readonly string[];
  readonly list?: string;
  readonly mode?: 'UPSERTLEADS' | 'LISTONLY';
  readonly clearList?: boolean;
}

const importing = ({ header = 'Email Address,First Name', rows, list = 'Attendees', ...over }: Import = {}) =>
  job('importToList', {
    programName: 'Webinar',
    importFileHeader: header,
    importFileRows: { stringItem: [...(rows ?? ['kim@x.example,Kim'])] },
    importListMode: over.mode ?? 'UPSERTLEADS',
    listName: list,
    clearList: over.clearList ?? false,
    campaignName: '',
  });

const status = (programName?: string) =>
  job('getImportToListStatus', {
    ...(programName === undefined ? {} : { programName }),
    listName: 'Attendees',
  });

export const importCases: readonly Case[] = [
  {
    name: 'an import, its end, and what it made',
    jobs: [
      importing(),
      status('Webinar'),
      job('listOperation', {
        listOperation: 'ISMEMBEROFLIST',
        listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Webinar.Attendees' },
        listMemberList: { leadKey: [email('kim@x.example')] },
      }),
    ],
    passMs: 10_000,
    shows: ['import-status'],
  },
  {
    name: 'an import whose column is no field',
    jobs: [importing({ header: 'Email Address,Nonsense' })],
    shows: ['import-column'],
  },
  {
    name: 'an import without a key',
    jobs: [importing({ header: 'Last Name,First Name' })],
    shows: ['import-key'],
  },
  {
    name: 'an import with a row that has no end',
    jobs: [importing({ rows: ['kim@x.example,"Kim'] })],
    shows: ['import-row'],
  },
  {
    name: 'an import into a list that there is not',
    jobs: [importing({ list: 'Latecomers' })],
    shows: ['import-list'],
  },
  { name: 'an import that clears its list', jobs: [importing({ clearList: true })], shows: ['import-clear'] },
  {
    name: 'an import with tokens',
    jobs: [importing({ header: 'Email Address,{{my.code}}' })],
    shows: ['import-tokens'],
  },
  {
    name: 'an import of leads that are there, into a list alone',
    before: ANN_AND_BOB,
    jobs: [
      importing({ header: 'Email Address', rows: [ANN, 'kim@x.example'], mode: 'LISTONLY' }),
      status('Webinar'),
    ],
    shows: ['import-list-only', 'import-status'],
  },
  {
    name: 'two imports at once into one list',
    jobs: [importing(), importing()],
    passMs: 0,
    shows: ['import-busy'],
  },
  {
    name: 'the status of an import that somebody else has made',
    before: [importing()],
    jobs: [status('Webinar'), status()],
    shows: ['import-known'],
  },
];
