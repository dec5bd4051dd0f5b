import type { Delivery } from '../job/job.ts';
import { openDesk, type Working } from './call.ts';
import { Drawing } from './drawing.ts';
import { giveBackSlots } from './give-back-slots.ts';
import { GroupRuns } from './group-runs.ts';
import { Messages } from './messages.ts';
import type { Invocation, RunPorts } from './ports.ts';

/** Message ids that SQS must deliver again. */
export interface BatchOutcome {
  readonly failed: readonly string[];
}

/** Runs the records of one event, and what is drawn beside them from the queue. Never throws: one record's trouble is its own. */
export async function runBatch(
  deliveries: readonly Delivery[],
  invocation: Invocation,
  ports: RunPorts,
): Promise<BatchOutcome> {
  const working: Working = { ...invocation, desk: openDesk(invocation, ports) };
  const messages = new Messages(deliveries, invocation, ports);
  const runs = new GroupRuns(messages, working, ports);
  await new Drawing(runs, messages, working, ports).work(deliveries);
  await Promise.all([
    messages.through(),
    giveBackSlots(ports),
    ports.foreignTally.tell(),
    ports.jobEvents.flush(),
  ]);
  return { failed: messages.failed() };
}
