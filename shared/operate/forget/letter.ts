import type { LetterHead } from '../../deadletter/letter.ts';
import { type LetterTexts, textsOf } from '../../deadletter/notice.ts';
import { FORGOTTEN, type Person } from '../../deadletter/person.ts';
import type { BodyRef } from '../../job/bodies.ts';
import { parseJob } from '../../job/parse-job.ts';
import { leadKeysOf } from '../../marketo/operations/registry.ts';
import type { LetterPorts } from '../redrive/letter.ts';

export type ForgottenLetter = 'untouched' | 'removed' | 'redacted' | 'waiting';

/**
 * Erases the person from one letter: of a letter about nobody else only an empty head stays, in any other the address goes. The
 * head is for its notice, which may still be in the dead-letter queue: to the collector a letter that is gone was never filed.
 */
export async function forgetInLetter(
  ports: LetterPorts,
  letterId: string,
  person: Person,
): Promise<ForgottenLetter> {
  for (;;) {
    const head = await ports.archive.get(letterId);
    if (head === null) return 'untouched';
    const texts = await textsOf(ports.bodies, head);
    if (!namesIn(head, texts, person)) return 'untouched';
    // Its message may be on the way to the queue, and must stay what a repeat would send.
    if (head.status === 'redriving') return 'waiting';
    if (isAboutNobodyElse(texts.job, person)) {
      if ((await ports.archive.replace(emptied(ports, head))) === 'conflict') continue;
      await removeBodies(ports, head);
      return 'removed';
    }
    const next = await redacted(ports, head, texts, person);
    if ((await ports.archive.replace(next)) === 'conflict') continue;
    await removeBodies(ports, head);
    return 'redacted';
  }
}

const namesIn = (head: LetterHead, texts: LetterTexts, person: Person): boolean =>
  [JSON.stringify(head), texts.job, texts.retryBody, texts.request, texts.response].some(
    (text) => text !== null && person.isNamedIn(text),
  );

const ADDRESS = /[^\s"'<>(),;:=&\\@]+(?:@|%40|\\u0040|&#64;)[^\s"'<>(),;:=&\\@]+/iu;

function isAboutNobodyElse(text: string | null, person: Person): boolean {
  if (text === null) return true;
  if (ADDRESS.test(person.redact(text).replaceAll(FORGOTTEN, ''))) return false;
  const parsed = parseJob(text);
  return parsed.kind === 'malformed' || leadKeysOf(parsed.job).length <= 1;
}

/** That there was a letter, and nothing of whom. It still points at its parts: interrupted before they go, a repeat finds them. */
const emptied = (ports: LetterPorts, head: LetterHead): LetterHead => ({
  ...head,
  status: 'discarded',
  closing: { at: ports.clock(), note: 'forgotten' },
  message: FORGOTTEN,
  orderingKey: null,
  batch: null,
  attempts: [],
  lateOutcome: null,
  job: emptiedBody(head.job),
  retryBody: head.retryBody && emptiedBody(head.retryBody),
  request: head.request && emptiedBody(head.request),
  response: head.response && emptiedBody(head.response),
  version: head.version + 1,
  writeToken: ports.makeToken(),
});

const emptiedBody = (ref: BodyRef): BodyRef =>
  ref.kind === 'inline' ? { kind: 'inline', text: FORGOTTEN } : ref;

async function redacted(
  ports: LetterPorts,
  head: LetterHead,
  texts: LetterTexts,
  person: Person,
): Promise<LetterHead> {
  const token = ports.makeToken();
  // New texts under new names: until the head points at them, the old ones must stay whole.
  const save = async (name: keyof LetterTexts): Promise<BodyRef | null> => {
    const text = texts[name];
    if (text === null) return null;
    return ports.bodies.save(`${head.letterId}/${name}-${token}`, person.redact(text), null);
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
    job: (await save('job')) ?? head.job,
    retryBody: await save('retryBody'),
    request: await save('request'),
    response: await save('response'),
    version: head.version + 1,
    writeToken: token,
  };
}

async function removeBodies(ports: LetterPorts, head: LetterHead): Promise<void> {
  for (const ref of [head.job, head.retryBody, head.request, head.response]) {
    if (ref !== null) await ports.bodies.remove(ref);
  }
}
