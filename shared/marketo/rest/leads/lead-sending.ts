import { classify } from '../../faults/classify.ts';
import type { Tried } from '../call/asking.ts';
import { CallEnded, CallRefused, isRefusal } from '../call/call-ended.ts';
import type { Session } from '../call/session.ts';
import { batchesOf, halvesOf, type LeadBatch, type Placed } from './lead-batches.ts';
import { planLatest, SEVERAL_LEADS, withMatches } from './lead-duplicates.ts';
import { failedLead, type LeadWrite, type SyncedLead, syncedLeads, syncRequest } from './lead-write.ts';
import { partitionOf } from './partition.ts';

/** What the records are sent with. */
export interface Sending {
  readonly session: Session;
  /** Whether a request of this kind must not be done twice. */
  readonly announces: (write: LeadWrite) => boolean;
  /** The params that are left to do where of the records that are sent these are. */
  readonly paramsWith: (positions: ReadonlySet<number>) => unknown;
}

/** Up to where batches are halved: of the 60 requests of a call some are left for duplicates and their look-up. */
const MOST_FIRST = 38;
const MOST_SECOND = 20;

/** What became of each record, by its position. */
type Outcomes = Map<number, SyncedLead>;

/**
 * Sends the records, batch after batch. Throws `CallEnded` and `CallRefused` where the whole call is to be made again or is in
 * doubt; once an announced request has been answered, for doubt alone, as the call must not be made again.
 */
export async function sendLeads(
  sending: Sending,
  leads: readonly Placed[],
): Promise<ReadonlyMap<number, SyncedLead>> {
  const outcomes: Outcomes = new Map();
  const isAnnounced = await sendBatches(sending, leads, outcomes, MOST_FIRST);
  const ambiguous = leads.filter(({ position }) => outcomes.get(position)?.code === SEVERAL_LEADS);
  if (ambiguous.length > 0) await settleAmbiguous(sending, ambiguous, outcomes, isAnnounced);
  return outcomes;
}

/** Fills `outcomes`; answers whether an announced request has been answered. */
async function sendBatches(
  sending: Sending,
  leads: readonly Placed[],
  outcomes: Outcomes,
  mostRequests: number,
): Promise<boolean> {
  let left = batchesOf(leads);
  let isAnnounced = false;
  for (let sent = 1; ; sent += 1) {
    const [batch, ...others] = left;
    if (batch === undefined) return isAnnounced;
    left = others;
    const isSole = outcomes.size === 0 && sent === 1 && others.length === 0;
    const tried = await send(sending, batch, isSole ? null : `request ${sent} of ${sent + others.length}`);
    const canHalve = batch.leads.length > 1 && sent + others.length + 2 <= mostRequests;
    if (tried.kind === 'answered') {
      keep(batch, syncedLeads(tried.reply), outcomes);
      isAnnounced ||= sending.announces(batch);
    } else if (isTooLarge(tried) && canHalve) left = [...halvesOf(batch), ...others];
    else if (isOfRecords(tried) && !isSole) keep(batch, failuresOf(batch, tried), outcomes);
    else if (isInDoubt(sending, batch, tried)) throw inDoubt(sending, leads, tried, outcomes);
    else if (!isAnnounced) throw tried.error;
    else {
      for (const unsent of [batch, ...others]) keep(unsent, failuresOf(unsent, tried, 'not sent'), outcomes);
      return isAnnounced;
    }
  }
}

type Failed = Exclude<Tried, { readonly kind: 'answered' }>;

function send({ session, announces }: Sending, batch: LeadBatch, step: string | null): Promise<Tried> {
  const partition = partitionOf(session.workspace, session.settings);
  const plans = batch.leads.map(({ plan }) => plan);
  const over = { announces: announces(batch), ...(step === null ? {} : { step }) };
  return session.try(syncRequest(batch, plans, partition, over));
}

function keep({ leads }: LeadBatch, synced: readonly SyncedLead[], outcomes: Outcomes): void {
  for (const [index, { position }] of leads.entries()) {
    const one = synced[index];
    if (one !== undefined) outcomes.set(position, one);
  }
}

const isTooLarge = (tried: Failed): boolean =>
  tried.kind === 'ended' && tried.error.fault.kind === 'gateway' && tried.error.fault.httpStatus === 413;

/** Whether the other requests can be sent all the same. */
const isOfRecords = (tried: Failed): boolean =>
  isTooLarge(tried) || (tried.error instanceof CallEnded && isVerdict(tried.error));

const isVerdict = (error: CallEnded): boolean => error.fault.kind === 'decided' || isRefusal(error);

const isInDoubt = ({ announces }: Sending, batch: LeadBatch, tried: Failed): boolean =>
  tried.kind === 'ended' && announces(batch) && classify(tried.error.fault, true).ran !== 'no';

/** Its retry is of what is not done: the records of requests that were answered before must not be sent again. */
function inDoubt(
  { paramsWith }: Sending,
  leads: readonly Placed[],
  { error }: Failed,
  outcomes: Outcomes,
): CallEnded | CallRefused {
  if (error instanceof CallRefused) return error;
  const undone = leads.map(({ position }) => position).filter((one) => !isDone(outcomes.get(one)));
  if (undone.length === leads.length) return error;
  return new CallEnded(error.fault, error.exchange, { remaining: paramsWith(new Set(undone)) });
}

const isDone = (synced: SyncedLead | undefined): boolean =>
  synced !== undefined && synced.status !== 'FAILED';

function failuresOf({ leads }: LeadBatch, { error }: Failed, prefix?: string): readonly SyncedLead[] {
  const fault = error instanceof CallEnded ? error.fault : null;
  // Not sent is no verdict on a record: a code would give the job its class.
  const code = prefix === undefined && fault !== null && 'code' in fault ? fault.code : null;
  const words = code === null ? error.message : `${code} - ${error.message}`;
  return leads.map(() => ({
    ...failedLead(code, prefix === undefined ? words : `${prefix}: ${words}`),
    ofRequest: true,
  }));
}

/** Once an announced request is answered, nothing that is asked here may end the call: the records stay as they are. */
async function settleAmbiguous(
  sending: Sending,
  leads: readonly Placed[],
  outcomes: Outcomes,
  isAnnounced: boolean,
): Promise<void> {
  const { session } = sending;
  const plans = leads.map(({ plan }) => plan);
  if (session.settings.onDuplicate !== 'latest') {
    const synced = leads.map(({ position }) => outcomes.get(position) ?? failedLead(SEVERAL_LEADS, ''));
    for (const [index, one] of (await withMatches(session, plans, synced)).entries())
      outcomes.set(leads[index]?.position ?? -1, one);
    return;
  }
  try {
    const latest = await planLatest(session, plans);
    const placed = leads.flatMap(({ position }, index) => {
      const plan = latest[index] ?? null;
      return plan === null ? [] : [{ position, plan }];
    });
    await sendBatches(sending, placed, outcomes, MOST_SECOND);
  } catch (error) {
    const isKept = error instanceof CallEnded ? isAnnounced || isVerdict(error) : isAnnounced;
    if (!isKept || !(error instanceof CallEnded || error instanceof CallRefused)) throw error;
  }
}
