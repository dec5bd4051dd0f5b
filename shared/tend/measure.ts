import { effectiveLimits } from '../budget/limits.ts';
import { HOLD_REASONS } from '../budget/state.ts';
import { budgetFigures, closures, exhaustionForecast } from '../budget/status.ts';
import type { AccountLimits } from '../config/limits.ts';
import { METRICS } from '../config/names.ts';
import { type AcknowledgementsStore, isSilenced } from '../deadletter/acknowledgements.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import { noMetrics } from '../kernel/metrics.ts';
import type { RunPorts } from '../run/ports.ts';
import type { OpenLetters } from './letters.ts';

type MeasurePorts = Pick<RunPorts, 'budget' | 'jobsQueue' | 'clock' | 'metrics' | 'log'> & {
  readonly limits: AccountLimits;
  readonly letters: () => Promise<OpenLetters>;
  readonly acknowledgements: Pick<AcknowledgementsStore, 'get'>;
};

/** Counting letters reads the summary of each: at 100,000 of them every minute that would cost more than all the rest. */
const LETTERS_EVERY_MS = 5 * MINUTE_MS;

/** The gauges of one minute. Each is measured on its own: a service that does not answer hides no other's figures. */
export async function measure(ports: MeasurePorts): Promise<void> {
  if (ports.metrics === noMetrics) return;
  const now = ports.clock();
  const countsLetters = now % LETTERS_EVERY_MS < MINUTE_MS;
  await Promise.all([
    gauged('the budget', () => measureBudget(now, ports), ports),
    gauged('the queue', () => measureQueue(ports), ports),
    countsLetters ? gauged('the dead letters', () => measureLetters(now, ports), ports) : null,
  ]);
}

async function gauged(what: string, effect: () => Promise<void>, ports: MeasurePorts): Promise<void> {
  try {
    await effect();
  } catch (error) {
    ports.log.error('a gauge could not be read', { what, error: String(error) });
  }
}

async function measureBudget(now: number, ports: MeasurePorts): Promise<void> {
  const { limits, metrics } = ports;
  const state = await ports.budget.state();
  const { spent, jobsPerCall, left, resetsAt } = budgetFigures(state, limits, now);
  const endsAt = exhaustionForecast(state, limits, now);
  const shortMs = endsAt === null ? 0 : resetsAt - endsAt;
  metrics.gauge(METRICS.quotaSpent, spent);
  metrics.gauge(METRICS.quotaLeft, left);
  if (jobsPerCall !== null) metrics.gauge(METRICS.jobsPerCall, jobsPerCall);
  metrics.gauge(METRICS.quotaShortMinutes, Math.max(0, Math.ceil(shortMs / MINUTE_MS)));
  const { calls, slots } = effectiveLimits(limits, state.cuts, now);
  metrics.gauge(METRICS.pace, calls);
  metrics.gauge(METRICS.slots, slots);
  const held = new Set(closures(state, limits, now).map(({ reason }) => reason));
  for (const reason of HOLD_REASONS) metrics.gauge(METRICS.held, held.has(reason) ? 1 : 0, { reason });
}

async function measureQueue({ jobsQueue, metrics }: MeasurePorts): Promise<void> {
  const { visible, delayed, inFlight } = await jobsQueue.stats();
  metrics.gauge(METRICS.queueDepth, visible + delayed);
  metrics.gauge(METRICS.jobsInFlight, inFlight);
}

/** Only the classes that there are: CloudWatch bills each as a metric of its own, and the total falls to 0 with the last. */
async function measureLetters(
  now: number,
  { letters, acknowledgements, metrics }: MeasurePorts,
): Promise<void> {
  const [{ open, byClass, byCause }, seen] = await Promise.all([letters(), acknowledgements.get()]);
  const unseen = [...byCause].filter(([cause, { count }]) => !isSilenced(seen, { cause, count }, now));
  metrics.gauge(METRICS.openLetters, open);
  metrics.gauge(
    METRICS.unseenLetters,
    unseen.reduce((sum, [, { count }]) => sum + count, 0),
  );
  for (const [faultClass, count] of byClass) metrics.gauge(METRICS.openLetters, count, { class: faultClass });
}
