import type { RestSettings } from '../../../shared/marketo/rest/call/settings.ts';
import type { Seed } from '../../../simulator/instance/seed.ts';
import type { Rule } from '../../../simulator/script.ts';
import type { Job } from '../transports/job.ts';

/** Jobs that wait at once, run one by one and packed. */
export interface Mix {
  readonly name: string;
  readonly settings?: Partial<RestSettings>;
  readonly seed?: Partial<Seed>;
  /** Done one by one over SOAP before, at every instance. */
  readonly before?: readonly Job[];
  readonly jobs: readonly Job[];
  /** Trouble that Marketo makes, to whatever the jobs are sent as. */
  readonly rules?: readonly Rule[];
  /** Whether the senders say that a repeat is harmless. */
  readonly mayRepeat?: boolean;
  /** How many calls they take when they are packed. */
  readonly calls: { readonly soap: number; readonly rest: number };
}
