import type { RedrivePlan } from './plan-redrive.ts';
import { type RedriveOptions, type RedriveOutcome, type RedrivePorts, Sending } from './sending.ts';
import { type Redriven, watchSample } from './watch.ts';

/** So many show whether the repair helped, before the quota of a day is spent on finding out that it did not. */
const SAMPLE_SIZE = 5;

const STOP_ASKED = 'somebody asked for it';

/** What came of a redrive, and which jobs it sent: what happens to them is still to be seen. */
export interface Redrive extends RedriveOutcome {
  readonly jobs: readonly Redriven[];
}

/**
 * Sends a few, looks how they end, then sends the rest; where a few are all, their ends are the answer. A crash anywhere
 * leaves letters that a repeat completes.
 */
export async function redrive(
  ports: RedrivePorts,
  plan: RedrivePlan,
  options: RedriveOptions,
): Promise<Redrive> {
  const run = new Sending(ports, options, plan.candidates.length);
  const isStopAsked = options.isStopAsked ?? (() => false);
  const heldBy = options.heldBy ?? (async () => null);
  const held = plan.candidates.length === 0 ? null : await heldBy();
  if (held !== null) return { ...run.outcome(held, null), jobs: [] };
  if (options.noTrial === true) {
    const jobs = await run.sendAll(plan.candidates);
    return { ...run.outcome(isStopAsked() ? STOP_ASKED : null, null), jobs };
  }
  const sample = plan.candidates.slice(0, SAMPLE_SIZE);
  const rest = plan.candidates.slice(SAMPLE_SIZE);
  const sent = await run.sendAll(sample);
  // Nothing went out and nothing is to follow: there is no end to wait for.
  if (rest.length === 0 && sent.length === 0) return { ...run.outcome(null, null), jobs: [] };
  const causes = new Set(sample.map(({ cause }) => cause));
  const trial = await watchSample(ports, sent, causes, {
    patienceMs: options.patienceMs,
    onLook: (ended) =>
      options.onProgress?.({ kind: 'watching', ended, sent: sent.length, isAll: rest.length === 0 }),
    toTheEnd: rest.length === 0,
    breakOff: async () => (isStopAsked() ? STOP_ASKED : await heldBy()),
  });
  if (rest.length === 0) return { ...run.outcome(null, trial), jobs: sent };
  if (trial.stop !== null) return { ...run.outcome(trial.stop, trial), jobs: sent };
  const jobs = [...sent, ...(await run.sendAll(rest))];
  return { ...run.outcome(isStopAsked() ? STOP_ASKED : null, trial), jobs };
}
