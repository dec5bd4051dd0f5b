import type { LetterHead } from '../../deadletter/letter.ts';
import { type LetterTexts, textsOf } from '../../deadletter/notice.ts';
import { FORGOTTEN, type Person } from '../../deadletter/person.ts';
import type { BodyRef } from '../../job/bodies.ts';
import { parseJob } from '../../job/parse-job.ts';
import { sha256Hex } from '../../kernel/hash.ts';
import { leadKeysOf } from '../../marketo/operations/registry.ts';
import { expireLetter } from '../expire-letter.ts';
import { type Became, type ForgetPorts, forgetCalls, forgetDigest } from './row.ts';

/**
 * Erases the person from one letter. Of a letter about nobody else an empty head stays: its notice may still be in the
 * dead-letter queue, and the collector would file anew a letter that is gone.
 */
export async function forgetInLetter(ports: ForgetPorts, seen: LetterHead, person: Person): Promise<Became> {
  if (!isHalfRemoved(seen) && !namesIn(seen, await textsOf(ports.bodies, seen), person)) {
    return { kind: 'untouched' };
  }
  const { letterId } = seen;
  // As it is now, with what a change needs: of almost every letter that is not worth a read of its own.
  const copy = await ports.archive.read(letterId);
  const head = copy.value;
  if (head === null) return { kind: 'untouched' };
  if (isHalfRemoved(head)) return removed(ports, head);
  const texts = await textsOf(ports.bodies, head);
  if (!namesIn(head, texts, person)) return { kind: 'untouched' };
  // Its message may be on the way to the queue, and must stay what a repeat would send.
  if (head.status === 'redriving' || head.status === 'discarding') return { kind: 'waiting', id: letterId };
  // Before the letter: once it names nobody, no repeat would come to its row.
  if (head.jobId !== null && head.class !== 'malformed') await forgetDigest(ports, head.jobId);
  await forgetCalls(ports, head.attempts);
  // Whoever only worked on it is not whom it is about.
  const isTheirs = namesIn({ ...head, actions: [], closing: null }, texts, person);
  const alone = isTheirs && isAboutNobodyElse(texts.job, person);
  const erased = alone ? emptied(head, ports.clock()) : await redacted(ports, head, texts, person);
  const changed = await ports.archive.change(copy, (stored) =>
    JSON.stringify(stored) === JSON.stringify(head) ? erased : null,
  );
  // Somebody works on it at this moment: it is reported, and a repeat finds it.
  if (changed.kind === 'left') return { kind: 'waiting', id: letterId };
  if (alone) return removed(ports, erased);
  await expireLetter(ports, erased);
  const kept = textsOfLetter(erased);
  for (const ref of textsOfLetter(head)) if (!kept.includes(ref)) await ports.bodies.remove(ref);
  return { kind: 'letter-redacted' };
}

const NOTE = 'forgotten';

/** Emptied, and still pointing at its parts: the run that emptied it ended before they had gone. */
const isHalfRemoved = (head: LetterHead): boolean =>
  head.closing?.note === NOTE &&
  head.message === FORGOTTEN &&
  textsOfLetter(head).some(({ kind }) => kind === 'parts');

/** Removes the parts, then the way to them. */
async function removed(ports: ForgetPorts, head: LetterHead): Promise<Became> {
  await expireLetter(ports, head);
  for (const ref of textsOfLetter(head)) await ports.bodies.remove(ref);
  await ports.archive.change(head.letterId, (stored) =>
    stored !== null && isHalfRemoved(stored)
      ? {
          ...stored,
          job: { kind: 'inline', text: FORGOTTEN },
          retryBody: null,
          request: null,
          response: null,
        }
      : null,
  );
  return { kind: 'letter-removed' };
}

const namesIn = (head: LetterHead, texts: LetterTexts, person: Person): boolean =>
  [JSON.stringify(head), texts.job, texts.retryBody, texts.request, texts.response].some(
    (text) => text !== null && person.isNamedIn(text),
  );

/** An at sign between two characters of an address: what stands further out need not be read to know that one is there. */
const ADDRESS = /(?<=[^\s"'<>(),;:=&\\@])(?:@|%40|\\u0040|&#64;|&#x40;)[^\s"'<>(),;:=&\\@]/iu;

function isAboutNobodyElse(text: string | null, person: Person): boolean {
  if (text === null) return true;
  if (ADDRESS.test(person.redact(text).replaceAll(FORGOTTEN, ''))) return false;
  const parsed = parseJob(text);
  return parsed.kind === 'malformed' || leadKeysOf(parsed.job).length <= 1;
}

/** That there was a letter, and nothing of whom. It still points at its parts: interrupted before they go, a repeat finds them. */
const emptied = (head: LetterHead, now: number): LetterHead => ({
  ...head,
  status: 'discarded',
  closing: { at: now, note: 'forgotten', edited: false },
  message: FORGOTTEN,
  orderingKey: null,
  batch: null,
  attempts: [],
  lateOutcome: null,
  ...withoutNotes(head),
  job: emptiedBody(head.job),
  retryBody: head.retryBody && emptiedBody(head.retryBody),
  request: head.request && emptiedBody(head.request),
  response: head.response && emptiedBody(head.response),
});

/** What was done and by whom is not about the person; a reason may be. */
const withoutNotes = ({ actions }: LetterHead): Pick<LetterHead, 'actions'> =>
  actions === undefined ? {} : { actions: actions.map(({ note: _note, ...action }) => action) };

const redactedActions = ({ actions }: LetterHead, person: Person): Pick<LetterHead, 'actions'> =>
  actions === undefined
    ? {}
    : {
        actions: actions.map((action) => ({
          ...action,
          by: person.redact(action.by),
          ...(action.note === undefined ? {} : { note: person.redact(action.note) }),
        })),
      };

const emptiedBody = (ref: BodyRef): BodyRef =>
  ref.kind === 'inline' ? { kind: 'inline', text: FORGOTTEN } : ref;

async function redacted(
  ports: ForgetPorts,
  head: LetterHead,
  texts: LetterTexts,
  person: Person,
): Promise<LetterHead> {
  // New texts under new names, by their contents: until the head points at them, the old ones must stay whole.
  const save = async (name: keyof LetterTexts): Promise<BodyRef | null> => {
    const text = texts[name];
    const written = text === null ? null : person.redact(text);
    if (written === null || written === text) return head[name];
    return ports.bodies.save(`${head.letterId}/${name}-${sha256Hex(written).slice(0, 16)}`, written, null);
  };
  return {
    ...head,
    message: person.redact(head.message),
    orderingKey: head.orderingKey === null ? null : person.redact(head.orderingKey),
    batch: head.batch === null ? null : person.redact(head.batch),
    attempts: head.attempts.map((attempt) => ({ ...attempt, message: person.redact(attempt.message) })),
    closing: head.closing === null ? null : { ...head.closing, note: person.redact(head.closing.note) },
    lateOutcome:
      head.lateOutcome === null
        ? null
        : { ...head.lateOutcome, message: person.redact(head.lateOutcome.message) },
    ...redactedActions(head, person),
    job: (await save('job')) ?? head.job,
    retryBody: await save('retryBody'),
    request: await save('request'),
    response: await save('response'),
  };
}

export const textsOfLetter = (head: LetterHead): readonly BodyRef[] =>
  [head.job, head.retryBody, head.request, head.response].filter((ref) => ref !== null);
