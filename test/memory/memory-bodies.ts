import { DEFAULT_RETENTION_MS, INLINE_BODY_BYTES } from '../../shared/config/limits.ts';
import type { Bodies } from '../../shared/job/bodies.ts';
import { type FaultHook, noFaults, withFaults } from './faults.ts';

/** Long texts in memory. `lose` forgets one, as an expired part would be; `expiresAt` tells what was asked for. */
interface MemoryBodies extends Bodies {
  lose(key: string): void;
  expiresAt(key: string): number | null | undefined;
}

export function memoryBodies(faults: FaultHook = noFaults): MemoryBodies {
  const texts = new Map<string, { readonly text: string; readonly expiresAt: number | null }>();
  return {
    lose: (key) => void texts.delete(key),
    expiresAt: (key) => texts.get(key)?.expiresAt,
    save: (key, text, expiresAt) =>
      withFaults(faults, 'save', key, () => {
        const bytes = Buffer.byteLength(text);
        if (bytes <= INLINE_BODY_BYTES) return { kind: 'inline', text };
        texts.set(key, { text, expiresAt });
        return { kind: 'parts', key, count: 1, bytes };
      }),
    load: (ref) =>
      ref.kind === 'inline'
        ? Promise.resolve(ref.text)
        : withFaults(faults, 'load', ref.key, () => texts.get(ref.key)?.text ?? null),
    release: async (ref, closedAt) => {
      const kept = ref.kind === 'parts' ? texts.get(ref.key) : undefined;
      if (ref.kind === 'parts' && kept !== undefined) {
        const expiresAt = closedAt === null ? null : closedAt + DEFAULT_RETENTION_MS;
        texts.set(ref.key, { ...kept, expiresAt });
      }
    },
    removeText: async (ref) => {
      if (ref.kind === 'parts') await withFaults(faults, 'removeText', ref.key, () => texts.delete(ref.key));
    },
    scan: async function* () {
      for (const [key, { text }] of [...texts]) {
        yield { kind: 'parts', key, count: 1, bytes: Buffer.byteLength(text) };
      }
    },
    remove: async (ref) => {
      if (ref.kind === 'parts') await withFaults(faults, 'remove', ref.key, () => texts.delete(ref.key));
    },
  };
}
