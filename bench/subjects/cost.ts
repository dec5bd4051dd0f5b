import { readFileSync } from 'node:fs';

/** What a process has spent since it was ready, and the most memory it ever held. */
export interface Cost {
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** Says that the process is ready; tells its cost when asked, by any message, and ends. */
export function untilTold(): void {
  const began = process.cpuUsage();
  process.once('message', () => {
    const { user, system } = process.cpuUsage(began);
    const cost: Cost = { cpuMs: (user + system) / 1_000, peakBytes: peakBytes() };
    process.send?.(cost, () => process.exit(0));
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.('ready');
}

function peakBytes(): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1_024;
  } catch {
    return process.resourceUsage().maxRSS * 1_024;
  }
}
