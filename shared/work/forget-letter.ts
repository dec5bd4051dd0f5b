import type { LetterHead } from '../deadletter/letter.ts';
import { type LetterTexts, textsOf } from '../deadletter/notice.ts';
import { FORGOTTEN, type Person } from '../deadletter/person.ts';
import type { BodyRef } from '../job/bodies.ts';
import { parseJob } from '../job/parse-job.ts';
import { leadKeysOf } from '../marketo/operations/registry.ts';
import type { LetterPorts } from './redrive-letter.ts';

export type ForgottenLetter = 'untouched' | 'removed' | 'redacted' | 'waiting';

/** Erases the person from one letter: a letter about nobody else goes altogether, in any other the address goes. */
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
      // Texts first: interrupted in between, a repeat still finds the head; parts without a head nobody would find.
      await removeBodies(ports, head);
      await ports.archive.remove(letterId);
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
  return parsed.kind === 'malformed' || leadKeysOf(parsed.job.operation, parsed.job.params).length <= 1;
}

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
