import type { TransportName } from '../../config/transports.ts';
import { parseJob } from '../../job/parse-job.ts';
import { CallsNeeded } from '../calls-needed.ts';
import type { OperatePorts } from '../ports.ts';
import { type EditedPlan, messagesOf } from './edits.ts';
import type { Candidate } from './plan.ts';

/** How many calls the jobs of a plan come to, at least. One whose message cannot be read counts as one: it may be mended by then. */
export async function callsOfPlan(
  ports: Pick<OperatePorts, 'archive' | 'bodies'>,
  { plan, edits }: Pick<EditedPlan, 'plan' | 'edits'>,
  transport: TransportName,
): Promise<number> {
  const needed = new CallsNeeded(transport);
  let unknown = 0;
  const add = (text: string): void => {
    const parsed = parseJob(text);
    if (parsed.kind === 'job') needed.add(parsed.job);
    else unknown += 1;
  };
  const asTheyAre: Candidate[] = [];
  for (const candidate of plan.candidates) {
    const text = edits.get(candidate.letterId);
    if (text === undefined) asTheyAre.push(candidate);
    else add(text);
  }
  for await (const message of messagesOf(ports, asTheyAre)) {
    if (message.kind === 'message') add(message.text);
    else unknown += 1;
  }
  return needed.calls() + unknown;
}
