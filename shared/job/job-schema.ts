import * as v from 'valibot';
import { MOST_MAX_ATTEMPTS } from '../config/limits.ts';
import { OPERATION_NAMES } from '../marketo/operations/operation-names.ts';
import { MESSAGE_VERSION } from './job.ts';

const text = (most: number) =>
  v.pipe(
    v.string('must be text'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(most, `must be at most ${most} characters`),
  );

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Whether a text is a time with a zone that exists: JavaScript takes the 31st of November for the 1st of December. */
export function isInstant(text: string): boolean {
  const day = INSTANT.exec(text)?.[1];
  if (day === undefined || Number.isNaN(Date.parse(text))) return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

const instant = v.pipe(
  v.string('must be a time such as 2026-11-22T10:00:00Z'),
  v.check(isInstant, 'must be an ISO-8601 time with a zone that exists, such as 2026-11-22T10:00:00Z'),
);

/** The message, version 1, but for `params`, which the operation's own schema checks. Unknown top-level keys are refused. */
export const jobSchema = v.strictObject({
  version: v.literal(MESSAGE_VERSION, `must be ${MESSAGE_VERSION}`),
  id: v.pipe(
    v.string('must be text'),
    v.regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be 1 to 100 of letters, digits and - _ .'),
  ),
  operation: v.picklist(OPERATION_NAMES, 'must be one of the 23 operations, such as syncLead'),
  params: v.unknown(),
  workspace: v.optional(text(255)),
  orderingKey: v.optional(text(1_024)),
  batch: v.optional(text(255)),
  enqueuedAt: v.optional(instant),
  notBefore: v.optional(instant),
  expiresAt: v.optional(instant),
  maxAttempts: v.optional(
    v.pipe(
      v.number('must be a whole number'),
      v.integer('must be a whole number'),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(MOST_MAX_ATTEMPTS, `must be at most ${MOST_MAX_ATTEMPTS}`),
    ),
  ),
  onInDoubt: v.optional(v.picklist(['dead-letter', 'retry'], 'must be "dead-letter" or "retry"')),
  meta: v.optional(v.unknown()),
  epoch: v.optional(
    v.pipe(
      v.number('must be a whole number'),
      v.integer('must be a whole number'),
      v.minValue(0, 'must not be negative'),
    ),
  ),
});
