import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Mix } from './packing/mix.ts';
import { play } from './packing/worlds.ts';
import { attributes, email, FIRST_LEAD, id, type Job, job, person, syncPerson } from './transports/job.ts';

const KNOWN = Array.from({ length: 12 }, (_, index) => `known${index}@x.example`);
const TWINS = KNOWN.slice(0, 3);

/** Leads with the ids from `FIRST_LEAD` on, of the last three addresses two each, half of them in a list. */
const BEFORE: readonly Job[] = [
  bulk(KNOWN, true),
  bulk(TWINS, false),
  job('listOperation', {
    listOperation: 'ADDTOLIST',
    listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Newsletter' },
    listMemberList: { leadKey: KNOWN.slice(3, 8).map(email) },
  }),
];

function bulk(addresses: readonly string[], dedupEnabled: boolean): Job {
  return job('syncMultipleLeads', {
    leadRecordList: { leadRecord: addresses.map((one) => person(one, { FirstName: 'K' })) },
    dedupEnabled,
  });
}

const field = fc.constantFrom<Readonly<Record<string, string>>>(
  { FirstName: 'Ann' },
  { LeadScore: '7' },
  { LeadScore: 'many' },
  { NoSuchField: 'x' },
  { Id: '99' },
  { FirstName: '<&>"', LastName: '' },
  {},
);

type Make = (address: string, leadId: number, values: Readonly<Record<string, string>>) => Job;

const list =
  (listOperation: 'ADDTOLIST' | 'ISMEMBEROFLIST' | 'REMOVEFROMLIST', strict?: boolean): Make =>
  (address) =>
    job('listOperation', {
      listOperation,
      listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Newsletter' },
      listMemberList: { leadKey: [email(address)] },
      ...(strict === undefined ? {} : { strict }),
    });

/** What may be done to one lead. */
const make = fc.constantFrom<Make>(
  (address, _, values) => syncPerson(address, values),
  (address, _, values) => syncPerson(address, values),
  (_, leadId, values) =>
    job('syncLead', { leadRecord: { Id: leadId, leadAttributeList: attributes(values) }, returnLead: false }),
  (address, leadId) =>
    job('syncLead', { leadRecord: { Id: leadId, Email: `new.${address}` }, returnLead: false }),
  (address, _, values) => job('syncLead', { leadRecord: person(address, values), returnLead: true }),
  (address) => job('getLead', { leadKey: email(address) }),
  (_, leadId) => job('getLead', { leadKey: id(leadId) }),
  list('ADDTOLIST'),
  list('ADDTOLIST', true),
  list('ISMEMBEROFLIST'),
  list('REMOVEFROMLIST'),
  (address) =>
    job('requestCampaign', { source: 'MKTOWS', campaignId: 1001, leadList: { leadKey: [email(address)] } }),
);

/** Each known lead at most once: what comes first of two jobs on one lead is the queue's business. */
const known = fc
  .shuffledSubarray([...KNOWN.keys()], { minLength: 6 })
  .chain((places) =>
    fc
      .tuple(...places.map((place) => fc.tuple(fc.constant(place), make, field)))
      .map((made) => made.map(([place, of, values]) => of(KNOWN[place] ?? '', FIRST_LEAD + place, values))),
  );

/** Leads that nobody has yet: made by address alone, so that they get the same ids in any order of calls. */
const fresh = fc
  .array(field, { maxLength: 6 })
  .map((fields) => fields.map((values, index) => syncPerson(`fresh${index}@x.example`, values)));

const missing = fc.constantFrom<readonly Job[]>(
  [],
  [job('getLead', { leadKey: email('nobody@x.example') })],
  [job('getLead', { leadKey: id(99) })],
  [list('ADDTOLIST')('nobody@x.example', 0, {})],
  [list('ADDTOLIST', true)('nobody@x.example', 0, {})],
);

const mix: fc.Arbitrary<Mix> = fc
  .record({
    jobs: fc.tuple(known, fresh, missing).map((parts) => parts.flat()),
    onDuplicate: fc.constantFrom('dead-letter' as const, 'latest' as const),
    mayRepeat: fc.boolean(),
  })
  .map(({ jobs, onDuplicate, mayRepeat }) => ({
    name: 'random',
    settings: { onDuplicate },
    before: BEFORE,
    jobs,
    mayRepeat,
    calls: { soap: 0, rest: 0 },
  }));

test.each(['soap', 'rest'] as const)(
  'whatever waits at once, packed over %s it comes to the same as one by one',
  async (over) => {
    const calls = { alone: 0, packed: 0 };
    await fc.assert(
      fc.asyncProperty(mix, async (one) => {
        const [alone, packed] = [await play(one, over, 'one by one'), await play(one, over, 'packed')];
        calls.alone += alone.calls;
        calls.packed += packed.calls;
        expect(packed.verdicts).toEqual(alone.verdicts);
        expect(packed.state).toEqual(alone.state);
      }),
      { numRuns: 25 },
    );
    expect(calls.packed).toBeLessThan(calls.alone);
  },
  120_000,
);
