import type { Bodies } from '../job/bodies.ts';
import type { MakeId } from '../kernel/random.ts';
import type { Archive } from './archive.ts';
import { causeOf } from './cause.ts';
import type { LetterHead } from './letter.ts';

/** Everything about a letter that its filing does not make itself. `jobBody` is the message's raw body. */
export type LetterDraft = Omit<
  LetterHead,
  'version' | 'writeToken' | 'cause' | 'status' | 'closing' | 'job'
> & { readonly jobBody: string };

export interface FilingPorts {
  readonly archive: Pick<Archive, 'get' | 'replace'>;
  readonly bodies: Pick<Bodies, 'save'>;
  readonly makeToken: MakeId;
}

/**
 * Files the letter unless one of this id is there already, and answers the one that is there: the crash after it, and
 * a second run that files the same, change nothing. The job's body is saved first, the head last.
 */
export async function fileLetter(ports: FilingPorts, draft: LetterDraft): Promise<LetterHead> {
  const filed = await ports.archive.get(draft.letterId);
  if (filed !== null) return filed;
  const { jobBody, ...rest } = draft;
  // Open letters never expire.
  const job = await ports.bodies.save(`${draft.letterId}/job`, jobBody, null);
  const head: LetterHead = {
    ...rest,
    job,
    version: 1,
    writeToken: ports.makeToken(),
    cause: causeOf(draft),
    status: 'open',
    closing: null,
  };
  if ((await ports.archive.replace(head)) === 'written') return head;
  const other = await ports.archive.get(draft.letterId);
  if (other === null) throw new Error(`letter ${draft.letterId} could be neither filed nor read`);
  return other;
}
