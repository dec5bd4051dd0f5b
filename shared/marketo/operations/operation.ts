import type * as v from 'valibot';
import type { Schema } from './xsd.ts';

/** A lead as a job names it. `type` is a LeadKeyRef word, or the ForeignSysType of a foreign id. */
export interface LeadReference {
  readonly type: string;
  readonly value: string;
}

/** How params hold their records: they can be taken out, and put back fewer. */
interface Records<P, R> {
  of(params: P): readonly R[];
  put(params: P, records: R[]): P;
}

/** What is known about an operation, over its own checked params. What is left out has a plain answer. */
interface OperationRow<P extends Schema, R> {
  /** The children of `params<Operation>`. */
  readonly params: P;
  /** Total deadline of one call: above what Marketo itself takes, or a reply is given up that was on its way. */
  readonly timeoutMs: number;
  /** Whether it changes nothing at Marketo. Absent: it does change something. */
  readonly isRead?: (params: v.InferOutput<P>) => boolean;
  /** Whether a second run would do what the first did once more. Absent: a repeat converges. */
  readonly isUnsafe?: (params: v.InferOutput<P>) => boolean;
  /** The leads it names, one key each. Absent: none. */
  readonly leads?: (params: v.InferOutput<P>) => readonly LeadReference[];
  /** Absent: the params are one record, which cannot be taken apart. */
  readonly records?: Records<v.InferOutput<P>, R>;
}

export interface Operation<P extends Schema, R> {
  readonly params: P;
  readonly timeoutMs: number;
  isRead(params: v.InferOutput<P>): boolean;
  isUnsafe(params: v.InferOutput<P>): boolean;
  leads(params: v.InferOutput<P>): readonly LeadReference[];
  readonly records: Records<v.InferOutput<P>, R> | null;
}

export const operation = <P extends Schema, R = never>(row: OperationRow<P, R>): Operation<P, R> => ({
  isRead: () => false,
  isUnsafe: () => false,
  leads: () => [],
  records: null,
  ...row,
});

/** For operations without any choice in the matter. */
export const always = (): boolean => true;

/** The longest answer anybody reported took 90 s; half a minute on top for the network and a slow day. */
export const CALL_TIMEOUT_MS = 120_000;
/** Marketo's own timeout of a merge is 180 s. */
export const MERGE_TIMEOUT_MS = 200_000;
