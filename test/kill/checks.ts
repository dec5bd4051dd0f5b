import type { LetterHead } from '../../shared/deadletter/letter.ts';
import type { JobRow } from '../../shared/ledger/row.ts';
import { type Books, leadKeyOf } from './books.ts';
import { type ChildRecord, diedOverIntent, killsInARow, storyOf } from './history.ts';
import { markOf, type PlannedJob } from './jobs.ts';
import { type Chain, type Item, TROUBLE } from './workload.ts';

/** Everything there is to check when the last child has worked everything off. */
export interface Observed {
  readonly chains: readonly Chain[];
  readonly rawTries: ReadonlyMap<string, number>;
  readonly rows: ReadonlyMap<string, JobRow>;
  readonly letters: readonly (LetterHead & { readonly body: string | null })[];
  readonly books: Books;
  readonly children: readonly ChildRecord[];
}

/** A job that is claimed again after four claims without a settle is dead-lettered as poison. */
const KILLS_TO_POISON = 4;
/** What a job says whose lead was never made. */
const MISSING: ReadonlySet<string> = new Set(['not-found', 'record-failed']);

/** Every broken promise, in words; none if all were kept. */
export function brokenPromises(observed: Observed): readonly string[] {
  const items: readonly Item[] = observed.chains.flat();
  const jobs = items.filter((item) => item.kind === 'job');
  const behindFailures = new Set(observed.chains.flatMap((chain) => behindFailure(chain, observed)));
  return [
    ...jobs.flatMap((planned) => checkJob(planned, behindFailures.has(planned.job.id), observed)),
    ...items.flatMap((item) => (item.kind === 'raw' ? checkRaw(item.body, observed) : [])),
    ...unknownJobs(jobs, observed),
    ...observed.chains.flatMap((chain) => checkOrder(chain, observed.books)),
    ...arrivedTwice(jobs, observed),
    ...sharedThoughUnsafe(jobs, observed.books),
    ...overTheLimits(observed.books),
  ];
}

/** Jobs whose lead may not exist, because the write in front of them is dead-lettered. */
function behindFailure(chain: Chain, { rows }: Observed): readonly string[] {
  const ids = chain.flatMap((item) => (item.kind === 'job' ? [item.job.id] : []));
  const failed = ids.findIndex((id) => rows.get(id)?.state.kind === 'dead-lettered');
  return failed < 0 ? [] : ids.slice(failed + 1);
}

function checkJob(planned: PlannedJob, isBehind: boolean, observed: Observed): string[] {
  const { id } = planned.job;
  const row = observed.rows.get(id);
  const letters = observed.letters.filter(({ letterId }) => letterId === id);
  if (row === undefined) return [`${id} is lost: the ledger has no row`];
  const runs = planned.executions(observed.books);
  switch (row.state.kind) {
    case 'completed':
      return [
        ...(letters.length > 0 ? [`${id} ended twice: completed, and a letter`] : []),
        ...(runs === 0 ? [`${id} is completed, but the simulator never ran it`] : []),
        ...(planned.expectedEnd === 'completed'
          ? []
          : [`${id} is completed, but should have failed with ${planned.expectedEnd}`]),
        ...(planned.unsafe && !planned.repeatable && (runs ?? 1) !== 1
          ? [`${id} is unsafe and ran ${runs} times`]
          : []),
      ];
    case 'dead-lettered': {
      const [letter, ...others] = letters;
      if (letter === undefined) return [`${id} is dead-lettered, but there is no letter`];
      const words = `${id} is dead-lettered as ${letter.class} (${letter.message})`;
      return [
        ...(others.length > 0 ? [`${id} has ${letters.length} letters`] : []),
        ...(letter.status === 'open' ? [] : [`the letter of ${id} is ${letter.status}`]),
        ...(planned.unsafe && !planned.repeatable && (runs ?? 0) > 1
          ? [`${id} is unsafe and ran ${runs} times`]
          : []),
        ...(isExplained(planned, letter, runs, observed) || (isBehind && MISSING.has(letter.class))
          ? []
          : [`${words}, which nothing explains`]),
      ];
    }
    default:
      return [`${id} has not ended: it is ${row.state.kind}`];
  }
}

function isExplained(
  planned: PlannedJob,
  letter: LetterHead,
  runs: number | null,
  observed: Observed,
): boolean {
  const { id } = planned.job;
  switch (letter.class) {
    case 'in-doubt':
      return (
        planned.unsafe && !planned.repeatable && (planned.unclear || diedOverIntent(observed.children, id))
      );
    case 'poison':
      return killsInARow(observed.children, id) >= KILLS_TO_POISON;
    default:
      return (letter.code ?? letter.class) === planned.expectedEnd && !runs;
  }
}

/** What never was a job has a letter for each message, whose body it keeps; an unanswered send may have arrived or not. */
function checkRaw(body: string, { letters, rawTries }: Observed): string[] {
  const own = letters.filter((letter) => letter.class === 'malformed' && letter.body === body);
  const most = rawTries.get(body) ?? 0;
  if (own.length >= 1 && own.length <= most) return [];
  return [`a malformed message sent ${most} times has ${own.length} letters: ${body}`];
}

/** Rows and letters of nothing that was sent. */
function unknownJobs(jobs: readonly PlannedJob[], { rows, letters, rawTries }: Observed): string[] {
  const known = new Set(jobs.map(({ job }) => job.id));
  return [
    ...[...rows.keys()].filter((id) => !known.has(id)).map((id) => `a row of an unknown job ${id}`),
    ...letters
      .filter(
        ({ letterId, class: of, body }) =>
          !known.has(letterId) && !(of === 'malformed' && rawTries.has(body ?? '')),
      )
      .map(({ letterId }) => `a letter of an unknown job ${letterId}`),
  ];
}

/** The executed writes of a lead, as places in its chain, never step back; a repeat of the newest is harmless. */
function checkOrder(chain: Chain, { writesOf }: Books): string[] {
  const places = new Map<string, Map<string, number>>();
  for (const [place, item] of chain.entries()) {
    if (item.kind !== 'job' || item.writes === null) continue;
    const { email, marks } = item.writes;
    const ofLead = places.get(email) ?? new Map<string, number>();
    for (const mark of marks) ofLead.set(mark, place);
    places.set(email, ofLead);
  }
  return [...places].flatMap(([email, ofLead]) => {
    const ran = writesOf(email).map(({ deed, seq }) => ofLead.get(markOf(deed, seq)) ?? -1);
    const inOrder = ran.every((place, index) => place >= (ran[index - 1] ?? 0));
    return inOrder ? [] : [`${email} was written out of order: ${ran.join(' ')}`];
  });
}

const isOfAll = (leads: readonly string[], some: ReadonlySet<string>): boolean =>
  leads.length > 0 && leads.every((lead) => some.has(lead));

/** A campaign request that must not be repeated travels alone: nobody else's trouble may put it in doubt. */
function sharedThoughUnsafe(jobs: readonly PlannedJob[], { witness, face, leadsIn }: Books): string[] {
  const repeatable = repeatableLeads(jobs);
  return witness.entries
    .filter(({ operation }) => face.deeds[operation] === 'campaign')
    .map(leadsIn)
    .filter((leads) => leads.length > 1 && !isOfAll(leads, repeatable))
    .map((leads) => `a campaign request of ${leads} was shared, and not all of them may be repeated`);
}

const repeatableLeads = (jobs: readonly PlannedJob[]): ReadonlySet<string> =>
  new Set(
    jobs.flatMap(({ repeatable, writes }) =>
      repeatable && writes !== null ? [leadKeyOf(writes.email)] : [],
    ),
  );

/** Every unsafe call has params of its own, so that two arrivals of one fingerprint are two arrivals of one job. */
function arrivedTwice(jobs: readonly PlannedJob[], { books, children }: Observed): string[] {
  const { witness, face, leadsIn } = books;
  const repeatable = repeatableLeads(jobs);
  const proofs = new Set([...face.proving].map((code) => `rejected:${code}`));
  const arrivals = witness.entries.filter(
    (entry) =>
      face.announced.has(entry.operation) &&
      !proofs.has(entry.outcome) &&
      !(face.deeds[entry.operation] === 'campaign' && isOfAll(leadsIn(entry), repeatable)),
  );
  const storyOfLead = (leads: readonly string[]): string =>
    jobs
      .filter(({ unsafe, writes }) => unsafe && writes !== null && leads.includes(leadKeyOf(writes.email)))
      .map(({ job }) => `${job.id}: ${storyOf(children, job.id)}`)
      .join('\n');
  return [...Map.groupBy(arrivals, ({ fingerprint }) => fingerprint).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined || same.length === 1) return [];
    const outcomes = same.map(({ outcome, at }) => `${outcome} at ${at}`).join(', ');
    const leads = leadsIn(first);
    return [
      `${first.operation} of ${leads} arrived ${same.length} times: ${outcomes}\n${storyOfLead(leads)}`,
    ];
  });
}

/** Calls that Marketo turned away for their number, but those that the script turned away. */
function overTheLimits({ witness, face, leadsIn }: Books): string[] {
  return witness.entries
    .filter(
      (entry) => face.limits.has(entry.outcome) && !leadsIn(entry).some((lead) => lead.includes(TROUBLE)),
    )
    .map(
      ({ operation, outcome }) => `a call of ${operation} was ${outcome}: more calls than the account allows`,
    );
}
