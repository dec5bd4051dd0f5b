import type { Rule } from '../../simulator/script.ts';
import { SILENT_EMAIL } from './demo-jobs.ts';

/** What goes wrong in the demo beside the doomed jobs: each a thing that Marketo does. */
export const DEMO_TROUBLE: readonly Rule[] = [
  { match: { contains: 'ada.abel.1@' }, do: { kind: 'fault', code: 20016 } },
  { match: { contains: 'ben.holm.2@' }, do: { kind: 'garbage', body: 'html', status: 502 } },
  { match: { contains: 'cleo.', operation: 'syncLead' }, do: { kind: 'fault', code: 10001 } },
  // Late in the demo: a throttle answer makes the queue careful for a while, and that costs time.
  { match: { operation: 'requestCampaign', nth: 15 }, do: { kind: 'fault', code: 20024 } },
  { match: { operation: 'requestCampaign', nth: 16 }, do: { kind: 'fault', code: 20024 } },
  { match: { operation: 'requestCampaign', contains: SILENT_EMAIL }, do: { kind: 'drop', when: 'after' } },
];
