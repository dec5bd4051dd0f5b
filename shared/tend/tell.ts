import type { CausesTold } from '../events/causes-told.ts';
import type { Events } from '../events/event.ts';
import type { Documents } from '../kernel/document.ts';
import type { Chunks } from '../ledger/chunks.ts';
import type { OpenBatches } from '../ledger/open-batches.ts';

/** What the warden needs to tell of batches and dead letters. */
export interface Telling {
  readonly chunks: Chunks;
  readonly openBatches: OpenBatches;
  readonly causesTold: Documents<CausesTold>;
  /** Where events go; null: nowhere. */
  readonly events: Events | null;
  /** Who is told of causes in words; null: nobody. */
  readonly alarms: Events | null;
  readonly stack: string;
  /** ` --stack mktq-acme`, or nothing where there is no such thing. */
  readonly stackOption: string;
}
