import { deduplicationIdOf } from '../job/message.ts';
import type { OutgoingMessage } from '../job/queues.ts';
import type { JobRow } from '../ledger/row.ts';
import type { Invocation, WorkPorts } from '../run/ports.ts';

type DuePorts = Pick<WorkPorts, 'ledger' | 'bodies' | 'jobsQueue' | 'clock' | 'log' | 'settings'>;

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

async function sendPage(due: readonly JobRow[], ports: DuePorts): Promise<number> {
  const parcels = await Promise.all(due.map((row) => parcelOf(row, ports)));
  const ready = parcels.filter((parcel) => parcel !== null);
  const results = await ports.jobsQueue.send(ready.map(({ message }) => message));
  let sent = 0;
  for (const [index, { row }] of ready.entries()) {
    const result = results[index];
    if (result?.kind !== 'sent') {
      ports.log.error('a parked job could not be sent', { jobId: row.jobId, error: result?.message });
      continue;
    }
    sent += 1;
    await unpark(row, ports);
  }
  return sent;
}

/** Once the message is in the queue the kept text is one too many, and no row points at it any more. */
async function unpark({ jobId, state }: JobRow, ports: DuePorts): Promise<void> {
  const changed = await ports.ledger.change(jobId, (stored) =>
    stored?.state.kind === 'parked' ? { ...stored, state: { kind: 'queued' } } : null,
  );
  if (changed.kind === 'left' || state.kind !== 'parked') return;
  await ports.bodies.remove(state.body).catch((error: unknown) => {
    ports.log.warn('the text of a parked job was left behind', { jobId, error: String(error) });
  });
}

interface Parcel {
  readonly row: JobRow;
  readonly message: OutgoingMessage;
}

async function parcelOf(row: JobRow, ports: DuePorts): Promise<Parcel | null> {
  if (row.state.kind !== 'parked') return null;
  const { body: ref, groupId } = row.state;
  const body = await ports.bodies.load(ref);
  if (body === null) {
    ports.log.error('the body of a parked job is gone', { jobId: row.jobId });
    return null;
  }
  const deduplicationId = deduplicationIdOf({ id: row.jobId, epoch: row.epoch }, body);
  return { row, message: { body, groupId, deduplicationId } };
}
