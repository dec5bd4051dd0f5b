import type { LetterHead } from '../../deadletter/letter.ts';
import { messageFor } from '../../job/message.ts';
import { parseJob } from '../../job/parse-job.ts';
import { errorText } from '../../kernel/error-text.ts';
import { mapAhead } from '../../kernel/map-ahead.ts';
import { inPages } from '../../kernel/pages.ts';
import { HEADS_AT_ONCE, type LetterRead, readHeads } from '../heads.ts';
import type { OperatePorts } from '../ports.ts';
import { type Difference, differences } from './difference.ts';
import { editFields, type FieldEdit } from './field-edits.ts';
import { checkedJob } from './letter.ts';
import type { Candidate } from './plan.ts';
import type { RedrivePlan, Skipped } from './plan-redrive.ts';

type EditPorts = Pick<OperatePorts, 'archive' | 'bodies' | 'clock'>;

/** A plan of which every edit has been made, and checked as any message is: nothing is sent before that. */
export interface EditedPlan {
  /** Without what cannot be sent edited: that is among the skipped. */
  readonly plan: RedrivePlan;
  readonly edits: Edits;
  /** What becomes of the first few. */
  readonly samples: readonly EditSample[];
}

/** The whole job message to send, by letter. One without goes as it is. */
export type Edits = Pick<ReadonlyMap<string, string>, 'get' | 'has'>;

/** Where they are put until they are sent: those of many letters are more than a memory should hold. */
export type EditStore = Edits & { set(letterId: string, text: string): unknown };

export interface EditSample {
  readonly letterId: string;
  readonly differences: readonly Difference[];
}

/** So many show what an edit does. */
export const MOST_SAMPLES = 3;

/** What would be sent of a letter as it is now: what an edit is made of. */
export interface LetterMessage {
  readonly kind: 'message';
  readonly head: LetterHead;
  readonly text: string;
}

type Read = LetterMessage | ({ readonly kind: 'unreadable' } & Skipped);
type ReadPorts = Pick<EditPorts, 'archive' | 'bodies'>;

/** Pages on their way at once. */
const PAGES_AHEAD = 2;

/** The messages of these letters, read ahead by the hundred, in their order. A text that is gone is an answer of its own. */
export async function* messagesOf(ports: ReadPorts, candidates: Iterable<Candidate>): AsyncGenerator<Read> {
  const pages = mapAhead(inPages(candidates, HEADS_AT_ONCE), (page) => messagesIn(ports, page), PAGES_AHEAD);
  for await (const page of pages) yield* page;
}

async function messagesIn(ports: ReadPorts, page: readonly Candidate[]): Promise<readonly Read[]> {
  const ids = page.map(({ letterId }) => letterId);
  const reads = new Map((await readHeads(ports, ids)).map((read) => [idOf(read), read]));
  return Promise.all(ids.map((letterId) => messageOf(ports, letterId, reads.get(letterId))));
}

const idOf = (read: LetterRead): string => (read.kind === 'head' ? read.head.letterId : read.letterId);

async function messageOf(
  { bodies }: ReadPorts,
  letterId: string,
  read: LetterRead | undefined,
): Promise<Read> {
  const unreadable = (message: string): Read => ({
    kind: 'unreadable',
    letterId,
    reason: 'unreadable',
    message,
  });
  if (read === undefined) return unreadable('it was removed meanwhile');
  if (read.kind === 'unreadable') return unreadable(read.message);
  try {
    const text = await bodies.load(read.head.retryBody ?? read.head.job);
    return text === null
      ? unreadable('the text of its job is gone')
      : { kind: 'message', head: read.head, text };
  } catch (error) {
    return unreadable(errorText(error));
  }
}

/**
 * The plan with the fields of every letter edited. One that has none of the fields is skipped: sent as it is, it would die again. So
 * is one whose edit is no valid job, with the reason; the others go.
 */
export async function planFieldEdits(
  ports: EditPorts,
  plan: RedrivePlan,
  fieldEdits: readonly FieldEdit[],
  edits: EditStore,
): Promise<EditedPlan> {
  const byId = new Map(plan.candidates.map((candidate) => [candidate.letterId, candidate]));
  const candidates: Candidate[] = [];
  const skipped: Skipped[] = [...plan.skipped];
  const samples: EditSample[] = [];
  for await (const message of messagesOf(ports, plan.candidates)) {
    if (message.kind === 'unreadable') {
      skipped.push(message);
      continue;
    }
    const { letterId } = message.head;
    const one = editOne(message, fieldEdits, ports.clock());
    if (one.kind === 'skipped') {
      skipped.push({ letterId, reason: one.reason, message: one.message });
      continue;
    }
    candidates.push(...[byId.get(letterId)].filter((candidate) => candidate !== undefined));
    if (one.text === null) continue;
    edits.set(letterId, one.text);
    if (samples.length < MOST_SAMPLES) samples.push(sampleOf(letterId, message.text, one.text));
  }
  return { plan: { candidates, skipped }, edits, samples };
}

type One =
  /** Null: as it is. */
  | { readonly kind: 'go'; readonly text: string | null }
  | { readonly kind: 'skipped'; readonly reason: 'no-such-field' | 'unfit'; readonly message: string };

function editOne({ head, text }: LetterMessage, fieldEdits: readonly FieldEdit[], now: number): One {
  const unfit = (message: string): One => ({ kind: 'skipped', reason: 'unfit', message });
  const parsed = parseJob(text);
  if (parsed.kind === 'malformed') return unfit(parsed.message);
  const edited = editFields(parsed.job, fieldEdits);
  if (edited.kind === 'refused') return unfit(edited.message);
  if (edited.kind === 'unchanged') {
    // Its redrive was interrupted: what was edited then is what it holds now.
    if (head.status === 'redriving') return { kind: 'go', text: null };
    return { kind: 'skipped', reason: 'no-such-field', message: 'it has none of the fields' };
  }
  const { body } = messageFor(edited.job);
  const checked = checkedJob(head, body, now);
  return checked.kind === 'refused' ? unfit(checked.message) : { kind: 'go', text: body };
}

/** The plan of one letter with a whole message in its place, whatever became of the letter's own text. */
export async function planTextEdit(ports: EditPorts, plan: RedrivePlan, text: string): Promise<EditedPlan> {
  const [candidate] = plan.candidates;
  const head = candidate === undefined ? null : await ports.archive.get(candidate.letterId);
  if (head === null) return { plan, edits: new Map(), samples: [] };
  const { letterId } = head;
  const checked = checkedJob(head, text, ports.clock());
  if (checked.kind === 'refused') {
    const skipped: Skipped = { letterId, reason: 'unfit', message: checked.message };
    return { plan: { candidates: [], skipped: [...plan.skipped, skipped] }, edits: new Map(), samples: [] };
  }
  const kept = await ports.bodies.load(head.retryBody ?? head.job);
  const samples = kept === null ? [] : [sampleOf(letterId, kept, text)];
  return { plan, edits: new Map([[letterId, text]]), samples };
}

/** What an edit changes. Both sides as a worker reads them, so that a number that became its text is no difference. */
export const sampleOf = (letterId: string, before: string, after: string): EditSample => ({
  letterId,
  differences: differences(asRead(before), asRead(after)),
});

function asRead(text: string): unknown {
  const parsed = parseJob(text);
  if (parsed.kind === 'job') return parsed.job;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
