import type { Calls, KeptCall } from '../../shared/job/calls.ts';
import { type FaultHook, noFaults, withFaults } from './faults.ts';

/** Shared calls in memory; `kept` lets a test look without asking. */
interface MemoryCalls extends Calls {
  kept(): readonly (KeptCall & { readonly expiresAt: number })[];
}

export function memoryCalls(faults: FaultHook = noFaults): MemoryCalls {
  const calls = new Map<string, KeptCall & { readonly expiresAt: number }>();
  return {
    kept: () => [...calls.values()],
    keep: (call, expiresAt) =>
      withFaults(faults, 'keep', call.callId, () => void calls.set(call.callId, { ...call, expiresAt })),
    get: (callId) =>
      withFaults(faults, 'get', callId, () => {
        const { expiresAt: _, ...call } = calls.get(callId) ?? { expiresAt: 0 };
        return 'callId' in call ? call : null;
      }),
    async *ids() {
      yield* [...calls.keys()];
    },
    remove: (callId) => withFaults(faults, 'remove', callId, () => void calls.delete(callId)),
  };
}
