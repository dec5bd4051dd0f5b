import type { DeadLetterQueue } from '../../shared/job/queues.ts';
import { type FaultHook, noFaults, withFaults } from './faults.ts';

/** The dead-letter queue in memory: every notice, by the id of its letter. */
interface MemoryDeadLetterQueue extends DeadLetterQueue {
  readonly sent: ReadonlyMap<string, string>;
}

export function memoryDeadLetterQueue(faults: FaultHook = noFaults): MemoryDeadLetterQueue {
  const sent = new Map<string, string>();
  return {
    sent,
    send: (letterId, body) => withFaults(faults, 'send', letterId, () => void sent.set(letterId, body)),
  };
}
