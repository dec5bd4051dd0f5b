import { isObject } from '../../../kernel/is-object.ts';

/** How far an import is, in SOAP's words. CANCELED, which SOAP had as well, is no answer of REST's. */
export type ImportState = 'PROCESSING' | 'COMPLETE' | 'FAILED';

const STATES: ReadonlyMap<unknown, ImportState> = new Map([
  ['Queued', 'PROCESSING'],
  ['Importing', 'PROCESSING'],
  ['Complete', 'COMPLETE'],
  ['Failed', 'FAILED'],
]);

/** Of a row about a batch; null: it has none of the four words that Marketo documents. */
export const stateOf = (row: unknown): ImportState | null =>
  (isObject(row) ? STATES.get(row['status']) : undefined) ?? null;
