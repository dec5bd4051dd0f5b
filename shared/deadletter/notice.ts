import * as v from 'valibot';
import { MAX_BODY_BYTES } from '../config/limits.ts';
import type { Bodies } from '../job/bodies.ts';
import { asciiJson } from '../kernel/hash.ts';
import { jsonIn } from '../kernel/json-in.ts';
import { FAULT_CLASSES } from '../marketo/faults/fault.ts';
import { type FilingPorts, fileLetter } from './archive.ts';
import type { LetterHead } from './letter.ts';

/** The long texts of a letter, whole. Null: there is none, or its parts are gone. */
export interface LetterTexts {
  readonly job: string | null;
  readonly retryBody: string | null;
  readonly request: string | null;
  readonly response: string | null;
}

/** What a message of the dead-letter queue says. */
type Notice =
  /** The whole letter: enough to file it again. */
  | { readonly kind: 'letter'; readonly letter: NoticedLetter }
  /** The letter is too long for a message: it is in the archive. */
  | { readonly kind: 'reference'; readonly letterId: string }
  /** Something else: a message that SQS itself moved there. */
  | { readonly kind: 'foreign' };

export async function textsOf(bodies: Pick<Bodies, 'load'>, head: LetterHead): Promise<LetterTexts> {
  const load = async (ref: LetterHead['request']) => (ref === null ? null : bodies.load(ref));
  const [job, retryBody, request, response] = await Promise.all(
    [head.job, head.retryBody, head.request, head.response].map(load),
  );
  return {
    job: job ?? null,
    retryBody: retryBody ?? null,
    request: request ?? null,
    response: response ?? null,
  };
}

const MARK = 'mktq/dead-letter';

/**
 * The body of the dead-letter queue's message, ASCII JSON of at most 256 KiB: the whole letter if it fits, otherwise
 * what a reader of the queue wants to know and the id under which the archive has the rest. A text that cannot fit is not even
 * loaded: a reply of many megabytes, escaped, would exhaust the memory of the worker. `job` is the message's raw body.
 */
export async function letterNotice(
  bodies: Pick<Bodies, 'load'>,
  head: LetterHead,
  job: string | null,
): Promise<string> {
  const { letterId, jobId, epoch, operation, cause, code, deadLetteredAt } = head;
  const reference = asciiJson({
    kind: MARK,
    version: 1,
    reference: { letterId, jobId, epoch, operation, class: head.class, code, cause, deadLetteredAt },
  });
  const least = [head.retryBody, head.request, head.response].reduce((sum, ref) => sum + lengthOf(ref), 0);
  if (job === null || job.length + least > MAX_BODY_BYTES) return reference;
  const texts = { ...(await textsOf(bodies, head)), job };
  const whole = asciiJson({ kind: MARK, version: 1, letter: { ...wholeLetter(head), texts } });
  return whole.length <= MAX_BODY_BYTES ? whole : reference;
}

/** At least so many characters; of parts a third of their bytes, since UTF-8 has at most three for one. */
function lengthOf(ref: LetterHead['request']): number {
  if (ref === null) return 0;
  return ref.kind === 'inline' ? ref.text.length : ref.bytes / 3;
}

function wholeLetter(head: LetterHead) {
  const { job: _job, retryBody: _retryBody, request: _request, response: _response, ...columns } = head;
  return columns;
}

const optionalText = v.nullable(v.string());
const letterSchema = v.object({
  letterId: v.pipe(v.string(), v.minLength(1)),
  jobId: optionalText,
  epoch: v.number(),
  operation: optionalText,
  class: v.picklist(FAULT_CLASSES),
  code: v.nullable(v.number()),
  message: v.string(),
  attempts: v.array(
    v.object({
      callId: v.string(),
      at: v.number(),
      durationMs: v.number(),
      class: v.nullable(v.picklist(FAULT_CLASSES)),
      code: v.nullable(v.number()),
      httpStatus: v.nullable(v.number()),
      message: v.string(),
      counted: v.boolean(),
    }),
  ),
  deadLetteredAt: v.number(),
  orderingKey: optionalText,
  batch: optionalText,
  sequenceNumber: optionalText,
  firstSentAt: v.optional(v.nullable(v.number()), null),
  httpStatus: v.nullable(v.number()),
  lateOutcome: v.nullable(v.object({ at: v.number(), succeeded: v.boolean(), message: v.string() })),
  texts: v.object({
    job: v.string(),
    retryBody: optionalText,
    request: optionalText,
    response: optionalText,
  }),
});
const noticeSchema = v.object({ kind: v.literal(MARK), version: v.literal(1), letter: letterSchema });
const referenceSchema = v.object({
  kind: v.literal(MARK),
  version: v.literal(1),
  reference: v.object({ letterId: v.pipe(v.string(), v.minLength(1)) }),
});

type NoticedLetter = v.InferOutput<typeof letterSchema>;

/** The message of the dead-letter queue, read. Total: whatever is no notice of ours is `foreign`. */
export function readNotice(body: string): Notice {
  const value = jsonIn(body);
  const whole = v.safeParse(noticeSchema, value);
  if (whole.success) return { kind: 'letter', letter: whole.output.letter };
  const reference = v.safeParse(referenceSchema, value);
  if (reference.success) return { kind: 'reference', letterId: reference.output.reference.letterId };
  return { kind: 'foreign' };
}

/** Files the letter that a notice carries, unless it is filed already: the collector's part. */
export async function fileNoticed(ports: FilingPorts, noticed: NoticedLetter): Promise<LetterHead> {
  const filed = await ports.archive.get(noticed.letterId);
  if (filed !== null) return filed;
  const { texts, ...columns } = noticed;
  const save = async (name: 'retryBody' | 'request' | 'response') => {
    const text = texts[name];
    return text === null ? null : ports.bodies.save(`${noticed.letterId}/${name}`, text, null);
  };
  const [retryBody, request, response] = [
    await save('retryBody'),
    await save('request'),
    await save('response'),
  ];
  return fileLetter(ports, { ...columns, retryBody, request, response, jobBody: texts.job });
}
