import { isObject } from './json-object.ts';

/** What an answer says about one record of a call. */
export interface RecordOutcome {
  readonly failed: boolean;
  /** Marketo's own words; they carry no code. */
  readonly error: string;
  /** Which record of the params it is, from 0; null if the answer does not tell. */
  readonly position: number | null;
}

/** The failure inside a successful answer. */
export interface RecordFailures {
  readonly message: string;
  readonly failed: number;
  readonly total: number;
}

const MOST_TEXTS = 5;
const MOST_POSITIONS = 20;

/**
 * Null if nothing failed. The message quotes each error once and names its records by position, from 1, in brackets at the end:
 * `Unknown name attribute list: x [records 2, 5 of 300]`. Of a single record the brackets are left out.
 */
export function describeFailures(outcomes: readonly RecordOutcome[]): RecordFailures | null {
  const failed = outcomes.filter((outcome) => outcome.failed);
  if (failed.length === 0) return null;
  const total = outcomes.length;
  const byText = new Map<string, (number | null)[]>();
  for (const { error, position } of failed) byText.set(error, [...(byText.get(error) ?? []), position]);
  const texts = [...byText]
    .slice(0, MOST_TEXTS)
    .map(([error, positions]) => `${error}${where(positions, total)}`);
  const more = byText.size - texts.length;
  if (more > 0) texts.push(`and ${more} more errors`);
  return { message: texts.join('; '), failed: failed.length, total };
}

function where(positions: readonly (number | null)[], total: number): string {
  if (total === 1) return '';
  const known = positions.flatMap((position) => (position === null ? [] : [position + 1]));
  if (known.length !== positions.length) return ` [${positions.length} of ${total} records]`;
  const shown = known.slice(0, MOST_POSITIONS).join(', ');
  const rest = known.length > MOST_POSITIONS ? ', …' : '';
  return ` [record${known.length === 1 ? '' : 's'} ${shown}${rest} of ${total}]`;
}

/** The children below a path of names; undefined where an answer has none. Never throws. */
export function childAt(value: unknown, ...names: readonly string[]): unknown {
  let at = value;
  for (const name of names) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** A repeated element, however many came. */
export function listAt(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const found = childAt(value, ...names);
  if (found === undefined || found === null) return [];
  return Array.isArray(found) ? found : [found];
}

export function textAt(value: unknown, ...names: readonly string[]): string | null {
  const found = childAt(value, ...names);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? String(found)
    : null;
}

/** `<status>FAILED</status><error>…</error>`, the form in which most operations report a record. */
export function statusOutcome(status: unknown, position: number | null): RecordOutcome {
  return {
    failed: textAt(status, 'status') === 'FAILED',
    error: textAt(status, 'error') ?? 'status FAILED without an error text',
    position,
  };
}

/**
 * The statuses of a list of records. They stand for the records in their order, which can only be trusted if there are as many
 * and none of them says it is about another record. Where only some records got one, the others are not known to be done.
 */
export function statusOutcomes<R>(
  records: readonly R[],
  statuses: readonly unknown[],
  isAbout: (record: R, status: unknown) => boolean = () => true,
): readonly RecordOutcome[] {
  const aligned =
    records.length === statuses.length && records.every((record, index) => isAbout(record, statuses[index]));
  const told = statuses.map((status, index) => statusOutcome(status, aligned ? index : null));
  const untold = statuses.length === 0 ? 0 : Math.max(0, records.length - statuses.length);
  return [...told, ...Array.from({ length: untold }, () => UNTOLD)];
}

const UNTOLD: RecordOutcome = { failed: true, error: 'the answer has no status for it', position: null };

/** `<success>false</success>`, the form in which an operation reports that none of it happened. */
export function successOutcome(operation: string, payload: unknown): readonly RecordOutcome[] {
  const failed = textAt(payload, 'success') === 'false';
  return [{ failed, error: `${operation} answered success=false`, position: null }];
}

export function keep<T>(items: readonly T[], positions: ReadonlySet<number>): T[] {
  return items.filter((_, index) => positions.has(index));
}
