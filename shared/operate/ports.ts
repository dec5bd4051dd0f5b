import type { BudgetStore } from '../budget/port.ts';
import type { StoreClock } from '../budget/store-clock.ts';
import type { AccountLimits } from '../config/limits.ts';
import type { AcknowledgementsStore } from '../deadletter/acknowledgements.ts';
import type { Archive } from '../deadletter/archive.ts';
import type { Bodies } from '../job/bodies.ts';
import type { Calls } from '../job/calls.ts';
import type { ForeignGroupsStore } from '../job/foreign-groups.ts';
import type { JobsQueue } from '../job/queues.ts';
import type { Clock, Sleep } from '../kernel/clock.ts';
import type { Cancellations } from '../ledger/cancellations.ts';
import type { Chunks } from '../ledger/chunks.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { DirectoryStore } from '../marketo/rest/directory/directory-store.ts';

/** Everything that an operator can reach of one stack. Whatever shows it to people, a terminal or a page, opens these. */
export interface OperatePorts {
  readonly account: string;
  readonly limits: AccountLimits;
  readonly ledger: Ledger;
  readonly chunks: Chunks;
  readonly cancellations: Cancellations;
  readonly archive: Archive;
  readonly bodies: Bodies;
  readonly calls: Calls;
  readonly budgetStore: BudgetStore;
  readonly directoryStore: DirectoryStore;
  readonly foreignGroups: ForeignGroupsStore;
  readonly acknowledgements: AcknowledgementsStore;
  readonly storeClock?: StoreClock;
  readonly jobsQueue: JobsQueue;
  /** Age of the oldest message that the jobs queue has, in ms, as the queue itself says; null: it has none, or does not say. */
  readonly oldestMessageAge: () => Promise<number | null>;
  /** How long the rows of completed jobs and closed letters are kept. */
  readonly retentionMs: number;
  /** Who acts: an identity of AWS, the name of a local user, or `unknown`. Asked for by what changes a letter; it never rejects. */
  readonly operator: () => Promise<string>;
  readonly clock: Clock;
  readonly sleep: Sleep;
}
