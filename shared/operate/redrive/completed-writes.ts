import type { IsSoleJob, Ledger } from '../../ledger/ledger.ts';
import { compareSequence } from '../../ledger/order.ts';
import type { JobRow } from '../../ledger/row.ts';
import { isCompletedWrite } from './plan.ts';

/** The completed writes of keys; of many letters on one key the rows are read once. */
export class CompletedWrites {
  readonly #ledger: Pick<Ledger, 'list'>;
  readonly #newest = new Map<string, Promise<string | null>>();
  readonly #isSole: IsSoleJob;

  /** `isSole`: of those jobs no key is read. */
  constructor(ledger: Pick<Ledger, 'list'>, isSole: IsSoleJob) {
    this.#ledger = ledger;
    this.#isSole = isSole;
  }

  /**
   * The highest SequenceNumber of a completed write on the key; null if there is none. `known`: a row of the key that the caller
   * has read, the only one of most keys: unless it is such a write it is not read again.
   */
  newestOf(orderingKey: string, known: JobRow | null): Promise<string | null> {
    const newest = this.#newest.get(orderingKey) ?? this.#read(orderingKey, known);
    this.#newest.set(orderingKey, newest);
    return newest;
  }

  /** All of them: a parked job takes its place when it is sent, however long ago it was enqueued. */
  async #read(orderingKey: string, known: JobRow | null): Promise<string | null> {
    const by = { kind: 'key', orderingKey } as const;
    const except = known === null || isCompletedWrite(known) ? undefined : known.jobId;
    if (except !== undefined && this.#isSole(orderingKey, except)) return null;
    let newest: string | null = null;
    for await (const row of this.#ledger.list({ by, limit: Number.POSITIVE_INFINITY, except })) {
      const { sequenceNumber } = row;
      if (sequenceNumber === null || !isCompletedWrite(row)) continue;
      if (newest === null || compareSequence(sequenceNumber, newest) > 0) newest = sequenceNumber;
    }
    return newest;
  }
}
