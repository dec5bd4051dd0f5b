import { createKeyTurns } from '../../shared/run/key-turns.ts';
import type { RunPorts } from '../../shared/run/ports.ts';
import { createTurns } from '../../shared/run/turns.ts';

/** A worker's ports, of a process of its own. */
interface MortalWorker {
  readonly ports: RunPorts;
  /** From now on nothing of it has an effect, and whatever it waits for never comes. */
  kill(): void;
}

const never = new Promise<never>(() => {});

/** The same stores as everybody's, behind a process that can be killed: it leaves its claims, its leases and its messages. */
export function mortalWorker(ports: RunPorts): MortalWorker {
  let isDead = false;
  const alive = <T extends object>(of: T, names: readonly (keyof T)[]): T => {
    const mortal = names.map((name) => {
      const effect = of[name];
      if (typeof effect !== 'function') throw new Error(`${String(name)} is no effect`);
      const whileAlive = async (...given: unknown[]) => {
        if (isDead) return never;
        const answer: unknown = await effect.apply(of, given);
        return isDead ? never : answer;
      };
      return [name, whileAlive];
    });
    return { ...of, ...Object.fromEntries(mortal) };
  };
  const { ledger, archive, budget, jobsQueue, deadLetters, wire } = ports;
  return {
    ports: {
      ...alive(ports, ['sleep']),
      turns: createTurns(),
      keyTurns: createKeyTurns(),
      ledger: alive(ledger, ['read', 'change']),
      archive: alive(archive, ['get', 'change']),
      budget: alive(budget, ['ask', 'refresh', 'report', 'flush', 'closed', 'outlook', 'state']),
      jobsQueue: alive(jobsQueue, ['receive', 'hide', 'remove']),
      deadLetters: alive(deadLetters, ['send']),
      wire: alive(wire, ['open']),
    },
    kill: () => {
      isDead = true;
    },
  };
}
