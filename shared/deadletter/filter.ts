import { nearest } from '../config/spelling.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts';
import { FAULT_CLASSES, type FaultClass } from '../marketo/faults/fault.ts';
import { OPERATION_NAMES } from '../marketo/operations/operation-names.ts';
import {
  LETTER_STATUSES,
  type LetterHead,
  type LetterStatus,
  type LetterSummary,
  OPEN_STATUSES,
  tagOf,
} from './letter.ts';
import { personOf } from './person.ts';

export const STATUS_FILTERS = ['open', 'redriven', 'discarded', 'all'] as const;
/** `not-redriven`: those whose jobs may be dead; no word of an operator. */
type StatusFilter = (typeof STATUS_FILTERS)[number] | 'not-redriven';

/** Which letters are meant. Null is any; `since` in epoch ms. */
export interface LetterFilter {
  readonly batch: string | null;
  /** The ordering keys of a lead, one of which a letter's job has. */
  readonly lead: readonly string[] | null;
  /** Stands in the message, or in the job as it was received; upper and lower case alike. */
  readonly text: string | null;
  readonly code: number | null;
  readonly class: FaultClass | null;
  readonly operation: string | null;
  readonly cause: string | null;
  readonly since: number | null;
  readonly status: StatusFilter;
}

/** The same as a person writes it. */
export interface FilterWords {
  readonly batch?: string | undefined;
  readonly lead?: string | undefined;
  readonly text?: string | undefined;
  readonly code?: string | undefined;
  readonly class?: string | undefined;
  readonly operation?: string | undefined;
  readonly cause?: string | undefined;
  readonly since?: string | undefined;
  readonly status?: string | undefined;
  readonly all?: boolean | undefined;
}

type ParsedFilter =
  | {
      readonly kind: 'filter';
      readonly filter: LetterFilter;
      /** Whether anything was said at all: what changes letters wants a filter or `all`. */
      readonly said: boolean;
    }
  | { readonly kind: 'invalid'; readonly option: keyof FilterWords; readonly message: string };

/** Words -> filter, or which word is wrong, and how. Open letters unless a status is named. `all` narrows nothing. */
export function parseFilter(words: FilterWords, now: number): ParsedFilter {
  const code = words.code === undefined ? null : wholeNumber(words.code);
  if (Number.isNaN(code)) return invalid('code', `wants a number, such as 20103, not ${quote(words.code)}`);
  const faultClass = FAULT_CLASSES.find((name) => name === words.class) ?? null;
  if (words.class !== undefined && faultClass === null) {
    return invalid('class', `${quote(words.class)} is none of ${FAULT_CLASSES.join(', ')}`);
  }
  const status = STATUS_FILTERS.find((name) => name === (words.status ?? 'open'));
  if (status === undefined) {
    return invalid('status', `${quote(words.status)} is none of ${STATUS_FILTERS.join(', ')}`);
  }
  const since = words.since === undefined ? null : parseSince(words.since, now);
  if (Number.isNaN(since)) {
    return invalid(
      'since',
      `wants a time (2026-11-22T10:00:00Z, UTC if no zone is given) or an age (30m, 2h, 3d), not ${quote(words.since)}`,
    );
  }
  if (words.cause !== undefined && !isCause(words.cause)) {
    return invalid('cause', `wants the 12 hex digits of dlq list --by-cause, not ${quote(words.cause)}`);
  }
  const lead = words.lead === undefined ? null : personOf(words.lead).orderingKeys;
  if (lead?.length === 0) return invalid('lead', 'wants an e-mail address, or another key of a lead');
  if (words.text === '') return invalid('text', 'wants some text');
  const { operation = null, batch = null, text = null } = words;
  if (operation !== null && !OPERATION_NAMES.some((name) => name === operation)) {
    const meant = nearest(operation, OPERATION_NAMES);
    const hint = meant === null ? 'mktq operations lists them' : `did you mean ${meant}?`;
    return invalid('operation', `${quote(operation)} is no operation; ${hint}`);
  }
  const cause = words.cause?.toLowerCase() ?? null;
  const narrowed = [code, faultClass, operation, cause, since, batch, lead, text].some(
    (part) => part !== null,
  );
  if (words.all === true && narrowed)
    return invalid('all', 'and a filter contradict each other: give one of them');
  return {
    kind: 'filter',
    filter: { code, class: faultClass, operation, cause, since, batch, lead, text, status },
    said: narrowed || words.all === true || words.status !== undefined,
  };
}

/** As causes are written: 12 hex digits. */
export const isCause = (word: string): boolean => /^[0-9a-f]{12}$/iu.test(word);

const invalid = (option: keyof FilterWords, message: string): ParsedFilter => ({
  kind: 'invalid',
  option,
  message,
});
const quote = (word: string | undefined): string => JSON.stringify(word ?? '');
const wholeNumber = (word: string): number => (/^\d{1,9}$/u.test(word) ? Number(word) : Number.NaN);

const UNIT_MS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/** `90s`, `30m`, `2h`, `3d`, `1w` in ms; NaN for anything else. */
export function ageMs(word: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})\s*([smhdw])$/iu.exec(word.trim()) ?? [];
  return amount === undefined ? Number.NaN : Number(amount) * (UNIT_MS[unit.toLowerCase()] ?? Number.NaN);
}

/** Epoch ms of an ISO time or of an age before `now`; NaN for anything else. */
function parseSince(word: string, now: number): number {
  const age = ageMs(word);
  if (!Number.isNaN(age)) return now - age;
  const iso =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/iu.exec(
      word.trim(),
    );
  if (iso === null) return Number.NaN;
  return Date.parse(`${iso[1]}T${iso[2] ?? '00:00'}${iso[3]?.toUpperCase() ?? 'Z'}`);
}

/** Whether the filter means a letter of this summary. Of its text, and of what its summary lacks, `matchesWhole` can tell. */
export function matches(filter: LetterFilter, letter: LetterSummary): boolean {
  const { batchTag, keyTag } = letter;
  return (
    statusesOf(filter.status).includes(letter.status) &&
    (filter.code === null || filter.code === letter.code) &&
    (filter.class === null || filter.class === letter.class) &&
    (filter.operation === null || filter.operation === letter.operation) &&
    (filter.cause === null || filter.cause === letter.cause) &&
    (filter.since === null || letter.deadLetteredAt >= filter.since) &&
    (filter.batch === null || batchTag === undefined || tagOf(filter.batch) === batchTag) &&
    (filter.lead === null || keyTag === undefined || filter.lead.some((key) => tagOf(key) === keyTag))
  );
}

/** Whether the summary says all that the filter asks. */
export const isToldBySummary = ({ batch, lead, text }: LetterFilter, letter: LetterSummary): boolean =>
  text === null &&
  (batch === null || letter.batchTag !== undefined) &&
  (lead === null || letter.keyTag !== undefined);

/** The same as `matches` of a whole letter; `job` is the raw body of its message. */
export const matchesWhole = (filter: LetterFilter, letter: LetterHead, job: string | null): boolean =>
  matches(filter, tagged(letter)) &&
  (filter.text === null || hasText(filter.text, [letter.message, asWritten(job)]));

const tagged = (letter: LetterHead): LetterSummary => ({
  ...letter,
  batchTag: tagOf(letter.batch),
  keyTag: tagOf(letter.orderingKey),
});

/** Whether one of the texts has it, in capitals or not; in JSON, where a quote, a backslash or a new line is written with two characters, too. */
export function hasText(wanted: string, texts: readonly string[]): boolean {
  const small = wanted.toLowerCase();
  const inJson = JSON.stringify(small).slice(1, -1);
  return texts.some((text) => {
    const within = text.toLowerCase();
    return within.includes(small) || (inJson !== small && within.includes(inJson));
  });
}

/** A message's body is ASCII: what stands there as an escape is sought as a person writes it. */
export function asWritten(body: string | null): string {
  if (body?.includes('\\u') !== true) return body ?? '';
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}

/** A letter being redriven counts as open: if its redrive was interrupted, it still wants somebody. */
export function statusesOf(status: StatusFilter): readonly LetterStatus[] {
  switch (status) {
    case 'open':
      return OPEN_STATUSES;
    case 'redriven':
      return ['redriven'];
    case 'discarded':
      return ['discarded'];
    case 'all':
      return LETTER_STATUSES;
    case 'not-redriven':
      return LETTER_STATUSES.filter((one) => one !== 'redriven');
    default:
      return assertNever(status);
  }
}
