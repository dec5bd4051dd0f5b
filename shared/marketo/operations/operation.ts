import type * as v from 'valibot';
import { checkParams } from './check-params.ts';
import { describeFailures, type RecordFailures, type RecordOutcome } from './record-outcome.ts';
import type { Schema } from './xsd.ts';

/** A lead as a job names it. `type` is a LeadKeyRef word, or the ForeignSysType of a foreign id. */
export interface LeadReference {
  readonly type: string;
  readonly value: string;
}

/** One row of the table: everything that is known about an operation, over its own params type. */
export interface OperationRow<P extends Schema> {
  /** The children of `params<Operation>`. */
  readonly params: P;
  /** The children of `success<Operation>`; never used to refuse a reply. */
  readonly success: Readonly<Record<string, Schema>>;
  /** Total deadline of one call: above what Marketo itself takes, or a reply is given up that was on its way. */
  readonly timeoutMs: number;
  /** Whether it changes nothing at Marketo. Absent: it does change something. */
  readonly isRead?: (params: v.InferOutput<P>) => boolean;
  /** Whether a second run would do what the first did once more. Absent: a repeat converges. */
  readonly isUnsafe?: (params: v.InferOutput<P>) => boolean;
  /** The leads it names, one key each. Absent: none. */
  readonly leads?: (params: v.InferOutput<P>) => readonly LeadReference[];
  /** How many records (or keys) it carries. Absent: one. */
  readonly items?: (params: v.InferOutput<P>) => number;
  /** What became of each record; `payload` is the answer's `result`. Absent: an answer is a success. */
  readonly outcomes?: (params: v.InferOutput<P>, payload: unknown) => readonly RecordOutcome[];
  /** The params with these records only, by their position. Absent: they cannot be taken apart. */
  readonly only?: (params: v.InferOutput<P>, positions: ReadonlySet<number>) => v.InferOutput<P>;
}

/** A row that anybody may ask about params of unknown type. It never throws: what it cannot read gets the careful answer. */
export interface Operation<P extends Schema> {
  readonly params: P;
  readonly success: Readonly<Record<string, Schema>>;
  readonly timeoutMs: number;
  isRead(params: unknown): boolean;
  isUnsafe(params: unknown): boolean;
  leads(params: unknown): readonly LeadReference[];
  items(params: unknown): number;
  failures(params: unknown, payload: unknown): RecordFailures | null;
  failedOnly(params: unknown, payload: unknown): unknown;
}

export function operation<P extends Schema>(row: OperationRow<P>): Operation<P> {
  const read = (params: unknown): { readonly params: v.InferOutput<P> } | null => {
    const checked = checkParams(row.params, params);
    return checked.kind === 'valid' ? { params: checked.params as v.InferOutput<P> } : null;
  };
  const ask = <T>(
    params: unknown,
    question: ((params: v.InferOutput<P>) => T) | undefined,
    otherwise: T,
    unreadable: T,
  ): T => {
    if (question === undefined) return otherwise;
    const known = read(params);
    return known === null ? unreadable : question(known.params);
  };
  const outcomes = (params: unknown, payload: unknown) =>
    ask(params, row.outcomes && ((known) => row.outcomes?.(known, payload) ?? []), [], []);
  return {
    params: row.params,
    success: row.success,
    timeoutMs: row.timeoutMs,
    isRead: (params) => ask(params, row.isRead, false, false),
    isUnsafe: (params) => ask(params, row.isUnsafe, false, true),
    leads: (params) => ask(params, row.leads, [], []),
    items: (params) => ask(params, row.items, 1, 1),
    failures: (params, payload) => describeFailures(outcomes(params, payload)),
    failedOnly: (params, payload) => {
      const failed = outcomes(params, payload).filter((outcome) => outcome.failed);
      const positions = new Set(failed.flatMap(({ position }) => (position === null ? [] : [position])));
      if (failed.length === 0 || positions.size !== failed.length) return null;
      return ask(params, row.only && ((known) => row.only?.(known, positions) ?? null), null, null);
    },
  };
}

/** For operations without any choice in the matter. */
export const always = (): boolean => true;

/** The longest answer anybody reported took 90 s; half a minute on top for the network and a slow day. */
export const CALL_TIMEOUT_MS = 120_000;
/** Marketo's own timeout of a merge is 180 s. */
export const MERGE_TIMEOUT_MS = 200_000;
