/**
 * Loaded before a program (`node --import`): at its end it writes the largest resident set it ever had, in KB, and the
 * processor time it took, in ms, in all and in user mode, to descriptor 3. From /proc where there is one: what `getrusage` says there begins
 * with the size of the parent.
 */
import { readFileSync, writeSync } from 'node:fs';

const highWater = (): number => {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
};

const processorMs = (): string => {
  const { user, system } = process.cpuUsage();
  return [user + system, user].map((microseconds) => Math.round(microseconds / 1_000)).join(' ');
};

process.once('exit', () => writeSync(3, `${highWater()} ${processorMs()}\n`));
