import { MAX_BODY_BYTES } from '../shared/config/limits.ts';
import { type Job, MESSAGE_VERSION } from '../shared/job/job.ts';
import { jsonProblem } from '../shared/job/json-problem.ts';
import { digestOf, messageFor } from '../shared/job/message.ts';
import { orderingKeyOf } from '../shared/job/ordering-key.ts';
import type { OutgoingMessage } from '../shared/job/queues.ts';
import { problemText, validateJob } from '../shared/job/validate-job.ts';
import { type Clock, DAY_MS, isoTime } from '../shared/kernel/clock.ts';
import { errorText } from '../shared/kernel/error-text.ts';
import { isObject } from '../shared/kernel/is-object.ts';
import type { MakeId } from '../shared/kernel/random.ts';
import { leadKeyProblems } from './lead-key-problems.ts';

/** Nobody plans a job further ahead than a year of campaigns; what is, is a slip, or a database's word for never. */
const FARTHEST_MS = 366 * DAY_MS;

/** A job that may be sent, with its message. */
export interface Prepared {
  readonly job: Job;
  readonly digest: string;
  readonly message: OutgoingMessage;
  readonly orderingKey: string;
  /** The sender chose the id, so the ledger may know it already. */
  readonly idIsGiven: boolean;
}

export interface PreparePorts {
  readonly clock: Clock;
  readonly makeId: MakeId;
}

type Answer =
  | { readonly kind: 'prepared'; readonly prepared: Prepared }
  | { readonly kind: 'refused'; readonly error: string };

/**
 * Completes a message (id, version, enqueuedAt), validates it and makes the SQS message, or says what to change. Never
 * throws: what JSON cannot hold is the error of its own row. `isRead`: it was read from a file, so it is JSON as it stands.
 */
export function prepare(value: unknown, ports: PreparePorts, isRead = false): Answer {
  const unfit = isRead ? null : jsonProblem(value);
  if (unfit !== null) return refused(problemText([unfit]));
  try {
    return prepareJson(isRead ? value : asSent(value), ports);
  } catch (error) {
    return refused(`the job cannot be written as JSON: ${errorText(error)}`);
  }
}

/** The value as the queue will carry it: checked, keyed and sent are then one and the same, whatever getters answer next. */
function asSent(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value);
  return text === undefined ? value : JSON.parse(text);
}

function prepareJson(value: unknown, ports: PreparePorts): Answer {
  const idIsGiven = isObject(value) && value['id'] !== undefined;
  const validated = validateJob(isObject(value) ? completed(value, ports) : value);
  if (validated.kind === 'invalid') return refused(problemText(validated.problems));
  const { job } = validated;
  if (job.epoch !== undefined) return refused('epoch: only a redrive sets it; remove it');
  const { notBefore } = job;
  if (notBefore !== undefined && Date.parse(notBefore) > ports.clock() + FARTHEST_MS)
    return refused('notBefore: is more than a year ahead; is it meant?');
  const misnamed = leadKeyProblems(job);
  if (misnamed.length > 0) return refused(problemText(misnamed));
  const orderingKey = orderingKeyOf(job);
  const digest = digestOf(job);
  const message = messageFor(job, orderingKey);
  // The body is ASCII, so its length is its bytes.
  if (message.body.length > MAX_BODY_BYTES) return refused(oversize(message.body.length));
  return { kind: 'prepared', prepared: { job, digest, message, orderingKey, idIsGiven } };
}

const completed = (value: Readonly<Record<string, unknown>>, ports: PreparePorts) => ({
  ...value,
  version: value['version'] ?? MESSAGE_VERSION,
  id: value['id'] ?? ports.makeId(),
  enqueuedAt: value['enqueuedAt'] ?? isoTime(ports.clock()),
});

const refused = (error: string) => ({ kind: 'refused', error }) as const;

const oversize = (bytes: number): string =>
  `the message is ${bytes} bytes of JSON, more than the ${MAX_BODY_BYTES} that a queue takes; split the job or shorten its values (a letter outside ASCII counts six)`;
