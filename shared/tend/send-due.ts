import { letterIdOf } from '../deadletter/letter.ts';
import { deduplicationIdOf } from '../job/message.ts';
import type { OutgoingMessage, SendResult } from '../job/queues.ts';
import { type Entry, type Outcome, sendInOrder } from '../job/send-in-order.ts';
import { errorText } from '../kernel/error-text.ts';
import type { JobRow } from '../ledger/row.ts';
import type { Invocation, RunPorts } from '../run/ports.ts';
import { settleDeadLetter } from '../run/settle.ts';

type DuePorts = Pick<
  RunPorts,
  | 'ledger'
  | 'archive'
  | 'bodies'
  | 'jobsQueue'
  | 'deadLetters'
  | 'jobEvents'
  | 'clock'
  | 'trace'
  | 'metrics'
  | 'log'
  | 'settings'
>;

const PAGE = 100;

/**
 * Sends the parked jobs whose time has come, earliest first; that moment is their place in their lead's order. Sent
 * first, marked after: a crash in between sends a message twice, and the ledger takes only one of them. A job that can never
 * be sent becomes a letter: parked for ever, a page of them would keep every other from being looked at.
 */
export async function sendDue(invocation: Invocation, ports: DuePorts): Promise<number> {
  let sent = 0;
  // Nobody can say when it is due, nor send it: an operator has to look.
  const unreadable = (jobId: string, error: unknown): void =>
    ports.log.error('the row of a parked job cannot be read', { jobId, error: errorText(error) });
  for (;;) {
    const due = await ports.ledger.due(ports.clock(), PAGE, unreadable);
    const ends = await sendPage(due, ports);
    sent += ends.filter((end) => end === 'sent').length;
    const timeLeft = invocation.deadline - ports.clock() > ports.settings.timings.settleReserveMs;
    // What stays parked would only come back in the next page.
    if (due.length < PAGE || ends.length < due.length || ends.includes('parked') || !timeLeft) return sent;
  }
}

/** `parked`: it could not be sent now, and the next minute tries again. */
type End = 'sent' | 'filed' | 'parked';

async function sendPage(due: readonly JobRow[], ports: DuePorts): Promise<readonly End[]> {
  const sender = {
    send: (batch: readonly ParkedRow[]) => sendBatch(batch, ports),
    refuse: (row: ParkedRow) => notNow(row, 'not sent, because an earlier one of its group failed', ports),
  };
  return Array.fromAsync(sendInOrder(entriesOf(due), sender));
}

type ParkedRow = JobRow & { readonly state: Extract<JobRow['state'], { kind: 'parked' }> };

const isParked = (row: JobRow): row is ParkedRow => row.state.kind === 'parked';

/** A job's text is loaded only when its turn comes. */
const entriesOf = (due: readonly JobRow[]): readonly Entry<ParkedRow, End>[] =>
  due.filter(isParked).map((item) => ({ kind: 'send', item, names: [item.state.groupId], bytes: 0 }));

async function sendBatch(batch: readonly ParkedRow[], ports: DuePorts): Promise<readonly Outcome<End>[]> {
  const bodies = await Promise.all(batch.map(({ state }) => ports.bodies.load(state.body)));
  const messages = batch.flatMap((row, i) => messageOf(row, bodies[i] ?? null) ?? []);
  const answers = (await ports.jobsQueue.send(messages)).values();
  const outcomes: Outcome<End>[] = [];
  for (const [i, row] of batch.entries()) {
    const body = bodies[i] ?? null;
    const end =
      body === null
        ? await file(row, TEXT_GONE, TEXT_GONE, ports)
        : await endOf(row, body, answers.next().value, ports);
    // Whatever is sent later must not be overtaken by what comes after it.
    outcomes.push({ result: end, blocks: end === 'parked' ? row.state.groupId : null });
  }
  return outcomes;
}

const TEXT_GONE = 'the text of the parked job is gone';

async function endOf(
  row: ParkedRow,
  body: string,
  answer: SendResult | undefined,
  ports: DuePorts,
): Promise<End> {
  switch (answer?.kind) {
    case 'sent':
      await unpark(row, ports);
      return 'sent';
    case 'refused':
      return file(row, body, `the queue will never take it: ${answer.message}`, ports);
    default:
      return notNow(row, answer?.message, ports);
  }
}

function notNow({ jobId }: ParkedRow, error: string | undefined, ports: DuePorts): 'parked' {
  ports.log.error('a parked job could not be sent', { jobId, error });
  return 'parked';
}

/** Decides for the run that the job will never have, and settles as it would have. */
async function file(row: ParkedRow, body: string, message: string, ports: DuePorts): Promise<End> {
  const decision = {
    letterId: letterIdOf(row.jobId, row.epoch),
    class: 'internal',
    code: null,
    message,
    retryBody: null,
    request: null,
    response: null,
    httpStatus: null,
    decidedAt: ports.clock(),
    quietUntil: null,
  } as const;
  const changed = await ports.ledger.change(row.jobId, (stored) =>
    stored?.state.kind === 'parked' ? { ...stored, state: { kind: 'decided', decision } } : null,
  );
  if (changed.kind === 'left') return 'filed';
  await settleDeadLetter(changed.copy, decision, body, ports);
  await releaseText(row, ports);
  return 'filed';
}

async function unpark(row: ParkedRow, ports: DuePorts): Promise<void> {
  const changed = await ports.ledger.change(row.jobId, (stored) =>
    stored?.state.kind === 'parked' ? { ...stored, state: { kind: 'queued' } } : null,
  );
  if (changed.kind === 'written') await releaseText(row, ports);
}

/** Once its message or its letter has the text, the kept one is one too many, and no row points at it any more: it expires. */
async function releaseText({ jobId, state }: ParkedRow, ports: DuePorts): Promise<void> {
  await ports.bodies.release(state.body, ports.clock()).catch((error: unknown) => {
    ports.log.warn('the text of a parked job was left behind', { jobId, error: String(error) });
  });
}

function messageOf({ jobId, epoch, state }: ParkedRow, body: string | null): OutgoingMessage | null {
  if (body === null) return null;
  // Not that of its first message: parked for less than SQS's five minutes it would be dropped as the repeat of that, and lost.
  const deduplicationId = deduplicationIdOf({ id: jobId, epoch }, `${body} due ${state.until}`);
  return { body, groupId: state.groupId, deduplicationId };
}
