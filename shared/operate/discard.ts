import { type LetterHead, withAction } from '../deadletter/letter.ts';
import { parseJob } from '../job/parse-job.ts';
import type { Copy } from '../kernel/document.ts';
import type { JobRow } from '../ledger/row.ts';
import { expireLetter, keepIfReopened, releaseTexts } from './expire-letter.ts';
import { type LetterPorts, withdrawRow } from './redrive/letter.ts';
import { isTaken } from './redrive/row.ts';

export type Discarded =
  | { readonly kind: 'discarded' }
  | { readonly kind: 'already-discarded' }
  | { readonly kind: 'gone' }
  /** Its redrive is done, or a run has picked it up: what comes of it will be another letter, or none. */
  | { readonly kind: 'redriven' };

/**
 * Closes a letter for good, with the reason. A redrive that no run has picked up is taken back: the letter is `discarding`,
 * so that the redrive sees it, then the row ends in it again, then it is `discarded`. Interrupted, a repeat goes on from there.
 */
export async function discard(ports: LetterPorts, letterId: string, reason: string): Promise<Discarded> {
  const copy = await ports.archive.read(letterId);
  const head = copy.value;
  if (head === null) return { kind: 'gone' };
  switch (head.status) {
    case 'redriven':
      return { kind: 'redriven' };
    case 'discarded':
      // A redrive that was interrupted may have moved the row after the end.
      await withdraw(ports, head);
      await expireLetter(ports, head);
      return { kind: 'already-discarded' };
    case 'open':
    case 'redriving': {
      const [at, by] = [ports.clock(), await ports.operator()];
      const closing = { at, note: reason, edited: head.closing?.edited === true };
      const actions = withAction(head, { action: 'discard', at, by, note: reason });
      const status = head.status === 'open' ? 'discarded' : 'discarding';
      const changed = await ports.archive.change(copy, (stored) =>
        stored?.status === head.status ? { ...stored, status, closing, actions } : null,
      );
      // A redrive moved it on meanwhile: each look again means that a person has acted, so it comes to an end.
      if (changed.kind === 'left') return discard(ports, letterId, reason);
      if (status === 'discarding') return conclude(ports, changed.copy.value, changed.copy);
      await expireLetter(ports, changed.copy.value);
      return { kind: 'discarded' };
    }
    case 'discarding':
      return conclude(ports, head, copy);
  }
}

/** From `discarding` to the end that the row shows: taken back, or picked up by a run before. */
async function conclude(
  ports: LetterPorts,
  head: LetterHead,
  copy: Copy<LetterHead | null>,
): Promise<Discarded> {
  const row = await withdraw(ports, head);
  const end = isTaken(head, row)
    ? ({ status: 'redriven', note: `redriven to epoch ${row?.epoch ?? head.epoch + 1}` } as const)
    : ({ status: 'discarded', note: head.closing?.note ?? '' } as const);
  const closing = { at: ports.clock(), note: end.note, edited: head.closing?.edited === true };
  await releaseTexts(ports, head, closing.at);
  const ended = await ports.archive.change(copy, (stored) => {
    if (stored?.status !== 'discarding') return null;
    // A discard that came too late has done nothing: whoever reads who did what must not find it there.
    const actions = end.status === 'redriven' ? { actions: stored.actions?.slice(0, -1) ?? [] } : {};
    return { ...stored, ...actions, status: end.status, closing };
  });
  await (ended.kind === 'written' ? expireLetter(ports, ended.copy.value) : keepIfReopened(ports, head));
  return { kind: end.status };
}

async function withdraw(ports: LetterPorts, head: LetterHead): Promise<JobRow | null> {
  const jobId = head.class === 'malformed' ? await editedId(ports, head) : head.jobId;
  return jobId === null ? null : withdrawRow(ports, head, jobId);
}

/** The id of the job that the edit of a malformed letter is: the letter itself never was a job. */
async function editedId({ bodies }: LetterPorts, { retryBody }: LetterHead): Promise<string | null> {
  const text = retryBody === null ? null : await bodies.load(retryBody);
  const parsed = text === null ? null : parseJob(text);
  return parsed?.kind === 'job' ? parsed.job.id : null;
}
