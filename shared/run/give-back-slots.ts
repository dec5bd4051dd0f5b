import { errorText } from '../kernel/error-text.ts';
import type { RunPorts } from './ports.ts';

/** Writes what the ended calls have left to be written in the budget; where that fails their leases end by themselves. */
export async function giveBackSlots({ budget, log }: Pick<RunPorts, 'budget' | 'log'>): Promise<void> {
  await budget.flush().catch((error: unknown) => {
    log.warn('slots could not be given back; they expire', { error: errorText(error) });
  });
}
