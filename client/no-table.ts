import { absent } from '../shared/kernel/document.ts';
import type { EnqueuePorts } from './enqueue-jobs.ts';

/**
 * For a client that was given no table: nothing is known before it sends, and nothing is written down of what it sent. The worker's
 * claim decides all the same that one id runs once.
 */
export const WITHOUT_TABLE: Pick<EnqueuePorts, 'ledger' | 'chunks' | 'isCancelled' | 'keepsRows'> = {
  ledger: { get: async () => null, change: async (at) => left(at) },
  chunks: { read: async (id) => absent(id), change: async (at) => left(at) },
  isCancelled: async () => false,
  keepsRows: false,
};

const left = <T>(at: string | T) => ({
  kind: 'left' as const,
  copy: typeof at === 'string' ? absent(at) : at,
});

/** What every method says that reads. */
export const noTable = (method: string): Error =>
  new Error(`createClient was given no table, so it can only send: ${method} reads the table of the stack`);
