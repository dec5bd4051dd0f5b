import { MINUTE_MS, SECOND_MS, type Sleep } from '../shared/kernel/clock.ts';
import type { Log, LogFields } from '../shared/kernel/log.ts';

/** A log that holds some lines back. */
export interface GatheredLog extends Log {
  /** Writes what is held back, and from then on holds nothing. */
  end(): void;
}

/** While like events go on, their lines come further and further apart: a thousand dead letters are some lines, not a screen. */
const FIRST_PAUSE_MS = SECOND_MS;
const LONGEST_PAUSE_MS = MINUTE_MS;

/**
 * Warnings and errors of one message in few lines: the first at once, those of the pause after it in one line at its end,
 * with the fields of the last and `events`, how many they were. The pause is a second, and doubles while they go on, up to a minute.
 */
export function gatheredLog(log: Log, sleep: Sleep): GatheredLog {
  const held = new Map<string, Held>();
  const ended = new AbortController();
  const gather =
    (level: 'warn' | 'error') =>
    (message: string, fields: LogFields = {}) => {
      if (ended.signal.aborted) return log[level](message, fields);
      const key = `${level} ${message}`;
      const known = held.get(key);
      if (known !== undefined) {
        known.events += 1;
        known.last = fields;
        return;
      }
      const first: Held = { write: (all) => log[level](message, all), events: 0, last: {} };
      held.set(key, first);
      log[level](message, fields);
      void writeInTurn(first, (ms) => sleep(ms, ended.signal)).then(() => held.delete(key));
    };
  return {
    info: (message, fields) => log.info(message, fields),
    warn: gather('warn'),
    error: gather('error'),
    end: () => {
      ended.abort();
      for (const one of held.values()) writeHeld(one);
    },
  };
}

interface Held {
  readonly write: (fields: LogFields) => void;
  events: number;
  last: LogFields;
}

/** Until a pause in which nothing came. */
async function writeInTurn(held: Held, pause: (ms: number) => Promise<void>): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
    await pause(pauseMs);
    if (held.events === 0) return;
    writeHeld(held);
  }
}

function writeHeld(held: Held): void {
  const { events, last } = held;
  if (events === 0) return;
  held.events = 0;
  held.write({ events, ...last });
}
