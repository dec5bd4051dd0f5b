import { deduplicationIdOf } from '../job/message.ts';
import type { OutgoingMessage, SendResult } from '../job/queues.ts';
import { type Entry, type Outcome, sendInOrder } from '../job/send-in-order.ts';
import type { JobRow } from '../ledger/row.ts';
import type { Invocation, RunPorts } from '../run/ports.ts';

type DuePorts = Pick<RunPorts, 'ledger' | 'bodies' | 'jobsQueue' | 'clock' | 'log' | 'settings'>;

const PAGE = 100;

/**
 * Sends the parked jobs whose time has come, earliest first; that moment is their place in their lead's order. Sent
 * first, marked after: a crash in between sends a message twice, and the ledger takes only one of them.
 */
export async function sendDue(invocation: Invocation, ports: DuePorts): Promise<number> {
  let sent = 0;
  for (;;) {
    const due = await ports.ledger.due(ports.clock(), PAGE);
    const sentNow = await sendPage(due, ports);
    sent += sentNow;
    const timeLeft = invocation.deadline - ports.clock() > ports.settings.timings.settleReserveMs;
    // A page that did not go through whole would only come back the same.
    if (due.length < PAGE || sentNow < due.length || !timeLeft) return sent;
  }
}

/** How many of the page were sent. */
async function sendPage(due: readonly JobRow[], ports: DuePorts): Promise<number> {
  const sender = {
    send: (batch: readonly ParkedRow[]) => sendBatch(batch, ports),
    refuse: (row: ParkedRow) => notSent(row, 'not sent, because an earlier one of its group failed', ports),
  };
  let sent = 0;
  for await (const wasSent of sendInOrder(entriesOf(due), sender)) if (wasSent) sent += 1;
  return sent;
}

type ParkedRow = JobRow & { readonly state: Extract<JobRow['state'], { kind: 'parked' }> };

const isParked = (row: JobRow): row is ParkedRow => row.state.kind === 'parked';

/** A job's text is loaded only when its turn comes. */
const entriesOf = (due: readonly JobRow[]): readonly Entry<ParkedRow, boolean>[] =>
  due.filter(isParked).map((item) => ({ kind: 'send', item, names: [item.state.groupId], bytes: 0 }));

async function sendBatch(batch: readonly ParkedRow[], ports: DuePorts): Promise<readonly Outcome<boolean>[]> {
  const messages = await Promise.all(batch.map((row) => messageOf(row, ports)));
  const answers = (await ports.jobsQueue.send(messages.filter((message) => message !== null))).values();
  const outcomes: Outcome<boolean>[] = [];
  for (const [i, row] of batch.entries()) {
    const isGone = messages[i] === null;
    outcomes.push(isGone ? SKIPPED : await outcomeOf(row, answers.next().value, ports));
  }
  return outcomes;
}

const SKIPPED: Outcome<boolean> = { result: false, blocks: null };

async function outcomeOf(
  row: ParkedRow,
  answer: SendResult | undefined,
  ports: DuePorts,
): Promise<Outcome<boolean>> {
  if (answer?.kind !== 'sent') {
    // What the queue will never take stays parked for ever: it must not keep its lead's later jobs there, too.
    const blocks = answer?.kind === 'refused' ? null : row.state.groupId;
    return { result: notSent(row, answer?.message, ports), blocks };
  }
  await unpark(row, ports);
  return { result: true, blocks: null };
}

function notSent({ jobId }: ParkedRow, error: string | undefined, ports: DuePorts): false {
  ports.log.error('a parked job could not be sent', { jobId, error });
  return false;
}

/** Once the message is in the queue the kept text is one too many, and no row points at it any more. */
async function unpark({ jobId, state }: ParkedRow, ports: DuePorts): Promise<void> {
  const changed = await ports.ledger.change(jobId, (stored) =>
    stored?.state.kind === 'parked' ? { ...stored, state: { kind: 'queued' } } : null,
  );
  if (changed.kind === 'left') return;
  await ports.bodies.remove(state.body).catch((error: unknown) => {
    ports.log.warn('the text of a parked job was left behind', { jobId, error: String(error) });
  });
}

async function messageOf(row: ParkedRow, ports: DuePorts): Promise<OutgoingMessage | null> {
  const { body: ref, groupId } = row.state;
  const body = await ports.bodies.load(ref);
  if (body === null) {
    ports.log.error('the body of a parked job is gone', { jobId: row.jobId });
    return null;
  }
  const deduplicationId = deduplicationIdOf({ id: row.jobId, epoch: row.epoch }, body);
  return { body, groupId, deduplicationId };
}
