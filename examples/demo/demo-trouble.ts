import type { Rule } from '../../simulator/script.ts';
import { SILENT_CAMPAIGN } from './demo-jobs.ts';

const SYNC = 'POST leads.json';
const TRIGGER = 'POST campaigns/{id}/trigger.json';

/** What goes wrong in the demo beside the doomed jobs: each a thing that Marketo does. */
export const DEMO_TROUBLE: readonly Rule[] = [
  { match: { contains: 'ada.abel.1@' }, do: { kind: 'fault', code: 602 } },
  { match: { contains: 'ben.holm.2@' }, do: { kind: 'garbage', body: 'html', status: 502 } },
  { match: { contains: 'cleo.', operation: SYNC }, do: { kind: 'fault', code: 611 } },
  // Late in the demo: a throttle answer makes the queue careful for a while, and that costs time.
  { match: { operation: TRIGGER, nth: 15 }, do: { kind: 'fault', code: 615 } },
  { match: { operation: TRIGGER, nth: 16 }, do: { kind: 'fault', code: 615 } },
  {
    match: { operation: TRIGGER, contains: `/campaigns/${SILENT_CAMPAIGN}/` },
    do: { kind: 'drop', when: 'after' },
  },
];
