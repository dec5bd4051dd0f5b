import type { BudgetStore } from '../../shared/budget/port.ts';
import type { BudgetState } from '../../shared/budget/state.ts';
import { absent, type Copy, UnansweredWrite } from '../../shared/kernel/document.ts';

/** What can go wrong with one write. `lost`: applied, but the caller sees an error. `failed`: neither. */
export type WriteTrouble = 'conflict' | 'lost' | 'failed' | null;

interface MemoryBudgetTroubles {
  /** Asked before every write. */
  trouble?(): WriteTrouble;
  /** Waited for before and after the document is touched, as a network would. */
  delay?(): Promise<void>;
}

export interface MemoryBudgetStore extends BudgetStore {
  /** Writes that were tried, whether or not they succeeded. */
  readonly writes: () => number;
  readonly reads: () => number;
}

/** The account's document in memory, copied in and out as JSON so that nothing is shared. */
export function memoryBudgetStore(troubles: MemoryBudgetTroubles = {}): MemoryBudgetStore {
  const account = 'account';
  let stored: string | null = null;
  let writes = 0;
  let reads = 0;
  const delay = troubles.delay ?? (async () => undefined);
  const parsed = (): Copy<BudgetState | null> =>
    stored === null ? absent(account) : (JSON.parse(stored) as Copy<BudgetState>);

  async function read(): Promise<Copy<BudgetState | null>> {
    reads += 1;
    await delay();
    const copy = parsed();
    await delay();
    return copy;
  }

  /** Null if it was written, else what stands there instead. */
  async function write(next: Copy<BudgetState>): Promise<Copy<BudgetState | null> | null> {
    const trouble = troubles.trouble?.() ?? null;
    await delay();
    const fits = parsed().version === next.version - 1;
    if (fits && (trouble === null || trouble === 'lost')) stored = JSON.stringify(next);
    const now = parsed();
    await delay();
    if (trouble === 'lost' || trouble === 'failed')
      throw new UnansweredWrite(next, `injected trouble: ${trouble}`);
    return fits && trouble === null ? null : now;
  }

  return {
    writes: () => writes,
    reads: () => reads,
    read,
    get: async () => (await read()).value,
    async change(at, reduce) {
      let copy = at;
      for (;;) {
        const value = reduce(copy.value);
        if (value === null) return { kind: 'left', copy };
        writes += 1;
        const next = { id: account, value, version: copy.version + 1, token: `write-${writes}` };
        const inTheWay = await write(next);
        if (inTheWay === null) return { kind: 'written', copy: next };
        copy = inTheWay;
      }
    },
  };
}
