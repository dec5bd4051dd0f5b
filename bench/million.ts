import { RATE_WINDOW_MS } from '../shared/config/limits.ts';
import type { Bench, Measured, Stage } from './harness/bench.ts';
import { aimed, known, megabytes, percent, type Row, whole } from './harness/figures.ts';
import { type Emptied, empty } from './subjects/endless-world.ts';

const WORKERS = 10;
/** What Marketo takes in one call. */
const MOST_LEADS = 300;
const CALLS_PER_WINDOW = 100;

async function measure({ size }: Stage): Promise<Measured> {
  const emptied = await empty(size, WORKERS);
  return {
    setting:
      `A queue of ${whole(size)} single syncLead jobs through the core, on memory and in simulated time: ${WORKERS} workers, ` +
      `${CALLS_PER_WINDOW} calls in any ${RATE_WINDOW_MS / 1_000} s, a call takes 0.3 to 1.5 s, the store of the budget 5 to 10 ms. Jobs are ` +
      'made when they are received and forgotten when they have ended.',
    rows: rowsOf(emptied),
  };
}

function rowsOf({ leads, calls, lastedMs, cpuMs, heapBytes }: Emptied): readonly Row[] {
  const atLimit = Math.ceil(leads / MOST_LEADS / CALLS_PER_WINDOW) * RATE_WINDOW_MS;
  const [first = 0] = heapBytes;
  const most = Math.max(...heapBytes.slice(1));
  return [
    aimed(
      'calls',
      whole(calls),
      `${whole(leads / MOST_LEADS)} full ones, 5 % more`,
      calls <= (leads / MOST_LEADS) * 1.05,
    ),
    aimed(
      'time, of what the limit of calls alone would take',
      percent(lastedMs / atLimit),
      'at most 105 %',
      lastedMs <= atLimit * 1.05,
    ),
    aimed(
      'memory that lives at any later tenth of the leads, of what lives at the first',
      `${percent(most / first)}; ${megabytes(first)} at first`,
      'at most 110 %',
      most <= first * 1.1,
    ),
    known('CPU of the core per 1,000 leads', `${((cpuMs / leads) * 1_000).toFixed(0)} ms`),
  ];
}

export const bench: Bench = {
  title: 'A million leads at Marketo’s own limit',
  size: { of: 'leads', usual: 1_000_000 },
  measure,
};
