import { MAX_BODY_BYTES } from '../../config/limits.ts';
import { type LetterHead, withAction } from '../../deadletter/letter.ts';
import { FORGOTTEN } from '../../deadletter/person.ts';
import type { Job } from '../../job/job.ts';
import { messageFor } from '../../job/message.ts';
import { parseJob } from '../../job/parse-job.ts';
import type { OutgoingMessage } from '../../job/queues.ts';
import { assertNever } from '../../kernel/assert-never.ts';
import { sha256Hex } from '../../kernel/hash.ts';
import type { JobRow } from '../../ledger/row.ts';
import { keepIfReopened, keepLetter, releaseTexts } from '../expire-letter.ts';
import type { OperatePorts } from '../ports.ts';
import { redriveRow, withdrawnRow } from './row.ts';

export type LetterPorts = Pick<OperatePorts, 'archive' | 'bodies' | 'ledger' | 'operator' | 'clock'>;

/** A letter on its way back to the queue. */
export type Prepared =
  /** The letter is `redriving`, the row is at `epoch`, the message has to be sent. */
  | {
      readonly kind: 'ready';
      readonly letterId: string;
      readonly jobId: string;
      readonly epoch: number;
      readonly message: OutgoingMessage;
    }
  /** Sent by an earlier try, and picked up since: only the letter was left to close, and is closed now. */
  | { readonly kind: 'gone-on'; readonly letterId: string; readonly jobId: string; readonly epoch: number }
  /** Somebody else closed the letter meanwhile. */
  | { readonly kind: 'closed'; readonly letterId: string; readonly status: 'redriven' | 'discarded' }
  | { readonly kind: 'refused'; readonly letterId: string; readonly message: string };

/**
 * Everything of a redrive before the send: the letter goes `open -> redriving` (its edit saved before), then the row to
 * the next epoch. Every step is a compare-and-swap that a repeat, or another operator, finds done and passes over.
 */
export async function prepareLetter(
  ports: LetterPorts,
  letterId: string,
  edit: string | null,
): Promise<Prepared> {
  const begun = await beginRedrive(ports, letterId, edit);
  if (begun.kind !== 'begun') return begun;
  const { head, job } = begun;
  const now = ports.clock();
  const changed = await ports.ledger.change(job.id, (row) => {
    const step = redriveRow(head, row, job, now);
    return step.kind === 'move' ? step.row : null;
  });
  if (changed.kind === 'written') return moved(ports, head, job, changed.copy.value.epoch);
  const row = changed.copy.value;
  const step = redriveRow(head, row, job, now);
  switch (step.kind) {
    case 'refuse':
      return refused(letterId, step.message);
    case 'gone-on':
      await closeLetter(ports, letterId, row?.epoch ?? head.epoch + 1);
      return { kind: 'gone-on', letterId, jobId: job.id, epoch: row?.epoch ?? head.epoch + 1 };
    case 'send':
      return ready(letterId, atEpoch(job, step.epoch), step.epoch);
    case 'move':
      throw new Error(`the row of ${job.id} was left where its redrive moves it`);
    default:
      return assertNever(step);
  }
}

/** A discard that came between the letter's step and the row's has nothing in the ledger to take back: it is seen here. */
async function moved(ports: LetterPorts, head: LetterHead, job: Job, epoch: number): Promise<Prepared> {
  const { letterId } = head;
  const status = (await ports.archive.get(letterId))?.status ?? 'discarded';
  if (status !== 'discarding' && status !== 'discarded') return ready(letterId, atEpoch(job, epoch), epoch);
  await withdrawRow(ports, head, job.id);
  return { kind: 'closed', letterId, status: 'discarded' };
}

const refused = (letterId: string, message: string): Prepared => ({ kind: 'refused', letterId, message });

const ready = (letterId: string, job: Job, epoch: number): Prepared => ({
  kind: 'ready',
  letterId,
  jobId: job.id,
  epoch,
  message: messageFor(job),
});

/**
 * Ends the row in its letter again, if a redrive moved it and no run has taken it. Answers the row as it is then. The redrive may be a
 * later one, of a letter that was reopened since it was seen closed: then the letter is open again, since its job ends in it.
 */
export async function withdrawRow(
  ports: LetterPorts,
  head: LetterHead,
  jobId: string,
): Promise<JobRow | null> {
  const now = ports.clock();
  const changed = await ports.ledger.change(jobId, (row) => withdrawnRow(head, row, now));
  if (changed.kind === 'written') await openIfRedriven(ports, head);
  return changed.copy.value;
}

async function openIfRedriven(ports: LetterPorts, head: LetterHead): Promise<void> {
  const opened = await ports.archive.change(head.letterId, (stored) =>
    stored?.status === 'redriving' || stored?.status === 'redriven'
      ? { ...stored, status: 'open', closing: null }
      : null,
  );
  if (opened.kind === 'written') await keepLetter(ports, opened.copy.value);
}

type Begun = { readonly kind: 'begun'; readonly head: LetterHead; readonly job: Job };

async function beginRedrive(
  ports: LetterPorts,
  letterId: string,
  edit: string | null,
): Promise<Begun | Extract<Prepared, { kind: 'closed' | 'refused' }>> {
  const copy = await ports.archive.read(letterId);
  const head = copy.value;
  if (head === null) return { kind: 'refused', letterId, message: 'there is no such letter' };
  if (head.status === 'redriven' || head.status === 'discarded') {
    return { kind: 'closed', letterId, status: head.status };
  }
  if (head.status === 'discarding') {
    return { kind: 'refused', letterId, message: 'it is being discarded; repeat the discard to end that' };
  }
  const kept = await ports.bodies.load(head.retryBody ?? head.job);
  if (head.status === 'redriving' && edit !== null && edit !== kept) {
    const message =
      'it is being redriven already; an edit comes too late (repeat without --edit, or discard it)';
    return { kind: 'refused', letterId, message };
  }
  const text = edit ?? kept;
  if (text === null) return { kind: 'refused', letterId, message: 'the text of its job is gone' };
  const checked = checkedJob(head, text, ports.clock());
  if (checked.kind === 'refused') return { kind: 'refused', letterId, message: checked.message };
  if (head.status === 'redriving') return { kind: 'begun', head, job: checked.job };
  const change = await redriving(ports, head, edit);
  const changed = await ports.archive.change(copy, (stored) =>
    stored?.status === 'open' ? { ...stored, ...change } : null,
  );
  // Begun or closed by somebody else meanwhile: each look again means that a person has acted, so it comes to an end.
  if (changed.kind === 'left') return beginRedrive(ports, letterId, edit);
  return { kind: 'begun', head: changed.copy.value, job: checked.job };
}

/** The job that a text becomes when it is sent in place of the letter's, or why it cannot be. */
export function checkedJob(head: Pick<LetterHead, 'class' | 'jobId' | 'epoch'>, text: string, now: number) {
  // What never was a job has no id to keep: its edit may even need another one.
  const made = redriveJob(text, head.class === 'malformed' ? null : head.jobId, now);
  if (made.kind === 'refused') return made;
  const bytes = messageFor(atEpoch(made.job, head.epoch + 1)).body.length;
  if (bytes <= MAX_BODY_BYTES) return made;
  return {
    kind: 'refused',
    message: `its message would have ${bytes} bytes of at most ${MAX_BODY_BYTES}`,
  } as const;
}

async function redriving(
  ports: LetterPorts,
  head: LetterHead,
  edit: string | null,
): Promise<Pick<LetterHead, 'retryBody' | 'status' | 'closing' | 'actions'>> {
  // Named by its contents: two operators with two edits must not write into one another's text.
  const retryBody =
    edit === null
      ? head.retryBody
      : await ports.bodies.save(`${head.letterId}/edit-${sha256Hex(edit).slice(0, 16)}`, edit, null);
  const note = edit === null ? 'being redriven' : 'being redriven, edited';
  const [at, by] = [ports.clock(), await ports.operator()];
  const actions = withAction(head, { action: edit === null ? 'redrive' : 'edited-redrive', at, by });
  return { retryBody, status: 'redriving', closing: { at, edited: edit !== null, note }, actions };
}

/**
 * The last step: `redriving -> redriven`. Whatever the letter is by now, its message has been sent. False: another redrive
 * of it, at the same time, has closed it.
 */
export async function closeLetter(ports: LetterPorts, letterId: string, epoch: number): Promise<boolean> {
  const at = ports.clock();
  const letter = await ports.archive.get(letterId);
  if (letter?.status === 'redriving') await releaseTexts(ports, letter, at);
  const closed = await ports.archive.change(letterId, (head) => {
    if (head === null || head.status !== 'redriving') return null;
    const edited = head.closing?.edited === true;
    const note = `redriven to epoch ${epoch}${edited ? ', edited' : ''}`;
    return { ...head, status: 'redriven', closing: { at, edited, note } };
  });
  if (closed.kind === 'left' && letter !== null) await keepIfReopened(ports, letter);
  return closed.kind === 'written';
}

type RedriveJob =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * The job that a redrive sends: the kept or edited message without its expiry, and without a notBefore that has passed.
 * It is checked as any message is, because a version in between may have become stricter. `jobId`: the id it must keep.
 */
function redriveJob(text: string, jobId: string | null, now: number): RedriveJob {
  if (text.includes(FORGOTTEN)) {
    return {
      kind: 'refused',
      message: `it names ${FORGOTTEN}, a lead that was erased; --edit the job without that lead`,
    };
  }
  const parsed = parseJob(text);
  if (parsed.kind === 'malformed') return { kind: 'refused', message: parsed.message };
  const { expiresAt: _dropped, epoch: _set, notBefore, ...job } = parsed.job;
  if (jobId !== null && job.id !== jobId) {
    return {
      kind: 'refused',
      message: `an edited message must keep the id ${jobId}, this one has ${job.id}`,
    };
  }
  const ahead = notBefore !== undefined && Date.parse(notBefore) > now;
  return { kind: 'job', job: ahead ? { ...job, notBefore } : job };
}

const atEpoch = (job: Job, epoch: number): Job => (epoch === 0 ? job : { ...job, epoch });
