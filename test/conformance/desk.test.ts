import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Job, MESSAGE_VERSION } from '../../shared/job/job.ts';
import type { Rule } from '../../simulator/script.ts';
import { checked } from '../support/checked.ts';
import { type Play, play } from './desk/worlds.ts';
import { job as asked, attributes, email, person, syncPerson } from './transports/job.ts';

const KNOWN = Array.from({ length: 10 }, (_, index) => `known${index}@x.example`);

const jobOf = (id: string, { operation, params }: ReturnType<typeof asked>): Job => ({
  version: MESSAGE_VERSION,
  id,
  ...checked(operation, params),
});

const BEFORE: readonly Job[] = [
  jobOf(
    'before',
    asked('syncMultipleLeads', {
      leadRecordList: { leadRecord: KNOWN.map((one) => person(one, { FirstName: 'K' })) },
      dedupEnabled: true,
    }),
  ),
];

const field = fc.constantFrom<Readonly<Record<string, string>>>(
  { FirstName: 'Ann' },
  { FirstName: 'Bob', LastName: 'Ng' },
  { LeadScore: '7' },
  { LeadScore: 'many' },
  { NoSuchField: 'x' },
  { NoSuchField: 'x', NorThis: 'y' },
);

type Make = (address: string, values: Readonly<Record<string, string>>) => ReturnType<typeof asked>;

/** What may be done to one lead; a repeat of it changes nothing. */
const make = fc.constantFrom<Make>(
  syncPerson,
  syncPerson,
  (address, values) =>
    asked('syncLead', {
      leadRecord: { Email: address, leadAttributeList: attributes(values) },
      returnLead: true,
    }),
  (address) => asked('getLead', { leadKey: email(address) }),
  (address) => asked('getLead', { leadKey: email(`not.${address}`) }),
  (address) =>
    asked('listOperation', {
      listOperation: 'ADDTOLIST',
      listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Newsletter' },
      listMemberList: { leadKey: [email(address)] },
      strict: true,
    }),
);

/** A lead at most once: what comes first of two jobs on one is the queue's business. */
const jobs: fc.Arbitrary<readonly Job[]> = fc
  .tuple(
    fc
      .shuffledSubarray([...KNOWN], { minLength: 4 })
      .chain((addresses) =>
        fc.tuple(
          ...addresses.map((address) =>
            fc
              .tuple(make, field)
              .map(([of, values]) => jobOf(`on-${address.slice(0, 6)}`, of(address, values))),
          ),
        ),
      ),
    fc.array(field, { maxLength: 5 }),
  )
  .map(([known, fresh]) => [
    ...known,
    ...fresh.map((values, nth) => jobOf(`new-${nth}`, syncPerson(`new${nth}@x.example`, values))),
  ]);

const code = (soap: number, rest: number) => ({ soap, rest });

/** What Marketo may do to a request that is not about what stands in it. */
const trouble = fc.constantFrom<(over: 'soap' | 'rest') => NonNullable<Rule['do']>>(
  () => ({ kind: 'drop', when: 'before' }),
  () => ({ kind: 'drop', when: 'after' }),
  () => ({ kind: 'garbage', body: 'html', when: 'after' }),
  () => ({ kind: 'garbage', body: 'truncated', when: 'after' }),
  () => ({ kind: 'garbage', body: 'empty' }),
  (over) => ({ kind: 'fault', code: code(20023, 606)[over] }),
  (over) => ({ kind: 'fault', code: code(20024, 615)[over] }),
  (over) => ({ kind: 'fault', code: code(10001, 611)[over] }),
  (over) => ({ kind: 'fault', code: code(20011, 604)[over], when: 'after' }),
);

/** At most four requests of any play, wherever they fall: between two halvings, to one alone, at the first of all. */
const troubles = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), trouble), {
  selector: ([nth]) => nth,
  maxLength: 4,
});

const rulesOf = (
  chosen: readonly (readonly [number, (over: 'soap' | 'rest') => NonNullable<Rule['do']>])[],
  over: 'soap' | 'rest',
): readonly Rule[] => chosen.map(([nth, of]) => ({ match: { nth }, do: of(over) }));

test.each(['soap', 'rest'] as const)(
  'whatever Marketo does to the calls over %s, each job ends as it would have ended alone in good weather',
  async (over) => {
    const calls = { alone: 0, packed: 0, kept: 0 };
    await fc.assert(
      fc.asyncProperty(jobs, troubles, async (all, chosen) => {
        const of = (rules: readonly Rule[]): Play => ({ jobs: all, before: BEFORE, rules });
        const alone = await play(of([]), over, 'one by one');
        const packed = await play(of(rulesOf(chosen, over)), over, 'packed');
        calls.alone += alone.calls;
        calls.packed += packed.calls;
        calls.kept += packed.kept;
        expect(packed.ends).toEqual(alone.ends);
        expect(packed.state).toEqual(alone.state);
        expect(packed.mostCounted).toBeLessThanOrEqual(1 + chosen.length);
      }),
      { numRuns: 30 },
    );
    expect(calls.packed).toBeLessThan(calls.alone);
    expect(calls.kept).toBeGreaterThan(0);
  },
  120_000,
);
