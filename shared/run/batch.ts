import type { Delivery } from '../job/job.ts';
import { errorText } from '../kernel/error-text.ts';
import { openDesk, type Working } from './call.ts';
import type { Invocation, RunPorts } from './ports.ts';
import { run } from './run.ts';
import { hideUntil, type Settlement, visibilityMs } from './settlement.ts';
import type { Turn } from './turns.ts';

/** Message ids that SQS must deliver again. */
export interface BatchOutcome {
  readonly failed: readonly string[];
}

/** After a failure of our own stores a message comes back within this time, spread so that not all come at once. */
const TROUBLE_DELAY_MS = { least: 5_000, most: 30_000 };

const FIRST_HIDE_MS = 5_000;

/** Runs one batch: its groups side by side, each group in order. Never throws: one record's trouble is its own. */
export async function runBatch(
  deliveries: readonly Delivery[],
  invocation: Invocation,
  ports: RunPorts,
): Promise<BatchOutcome> {
  const hiddenMs = remainingMs(invocation, ports) + ports.settings.timings.graceMs;
  // The queue's own visibility would do as well: not worth the time of the calls.
  await hide(deliveries, hiddenMs, Math.min(invocation.deadline, ports.clock() + FIRST_HIDE_MS), ports);
  const working: Working = { ...invocation, desk: openDesk(invocation, ports) };
  const groups = [...Map.groupBy(deliveries, (delivery) => delivery.groupId).values()];
  const failed = await Promise.all(
    groups.map(async (group) => {
      const turn = await ports.turns.enter();
      return runGroup(group, turn, working, ports).finally(turn.leave);
    }),
  );
  const flushed = ports.budget.flush().catch((error: unknown) => {
    ports.log.warn('slots could not be given back; they expire', { error: errorText(error) });
  });
  await Promise.all([flushed, ports.foreignTally.tell()]);
  return { failed: failed.flat() };
}

/** The first record that has to come back takes the rest of its group with it: SQS holds them behind it, in order. */
async function runGroup(
  group: readonly Delivery[],
  turn: Turn,
  invocation: Working,
  ports: RunPorts,
): Promise<readonly string[]> {
  for (const [index, delivery] of group.entries()) {
    const settlement = await runOne(delivery, turn, invocation, ports);
    if (settlement.kind === 'acknowledge') continue;
    const behind = group.slice(index + 1);
    if (settlement.kind === 'hide') {
      const now = ports.clock();
      const delayMs = visibilityMs(settlement, now, delivery.receiveCount, now - delivery.sentAt);
      await hide([delivery], delayMs, invocation.deadline, ports);
    }
    await hide(behind, 0, invocation.deadline, ports);
    return [delivery, ...behind].map(({ messageId }) => messageId);
  }
  return [];
}

async function runOne(
  delivery: Delivery,
  turn: Turn,
  invocation: Working,
  ports: RunPorts,
): Promise<Settlement> {
  // Not started: it comes back at once, to an invocation that has the time for it.
  const { settleReserveMs } = ports.settings.timings;
  if (isStopping(invocation) || remainingMs(invocation, ports) < settleReserveMs)
    return hideUntil(ports.clock());
  try {
    return await run(delivery, turn, invocation, ports);
  } catch (error) {
    // Handed back on purpose, or cut off: the process that is started next takes it up at once.
    if (isStopping(invocation)) return hideUntil(ports.clock());
    ports.log.error('a record could not be worked on', {
      messageId: delivery.messageId,
      error: errorText(error),
    });
    const { least, most } = TROUBLE_DELAY_MS;
    return hideUntil(ports.clock() + least + ports.random() * (most - least));
  }
}

async function hide(
  deliveries: readonly Delivery[],
  delayMs: number,
  giveUpAt: number,
  ports: RunPorts,
): Promise<void> {
  if (deliveries.length === 0) return;
  try {
    if (await ports.jobsQueue.hide(deliveries, delayMs, giveUpAt)) return;
    ports.log.warn('a visibility was refused; the messages come back when their present one ends', {});
  } catch (error) {
    ports.log.warn('a visibility could not be set', { error: errorText(error) });
  }
}

const isStopping = ({ stopping }: Invocation): boolean => stopping?.aborted === true;

const remainingMs = (invocation: Invocation, ports: RunPorts): number => invocation.deadline - ports.clock();
