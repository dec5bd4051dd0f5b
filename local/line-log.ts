import type { Clock } from '../shared/kernel/clock.ts';
import { isoTime } from '../shared/kernel/clock.ts';
import type { Log, LogFields } from '../shared/kernel/log.ts';

/** A line per event, for a person who watches: warnings and errors, and everything if `verbose`. */
export function lineLog(options: {
  readonly write: (line: string) => void;
  readonly clock: Clock;
  readonly verbose: boolean;
}): Log {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      const shown = Object.entries(fields).filter(([, value]) => value !== undefined);
      const details = shown.map(([name, value]) => ` ${name}=${JSON.stringify(value)}`).join('');
      options.write(`${isoTime(options.clock())} ${level} ${message}${details}\n`);
    };
  return { info: options.verbose ? line('info') : () => {}, warn: line('warn'), error: line('error') };
}
