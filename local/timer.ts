import type { Clock, Sleep } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import type { MakeId } from '../shared/kernel/random.ts';
import { type Calls, grace } from './calls.ts';
import { type FunctionHandler, invoke } from './invocation.ts';

interface TimerPorts {
  readonly name: string;
  readonly handler: FunctionHandler<unknown>;
  readonly intervalMs: number;
  readonly functionTimeoutMs: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly makeRequestId: MakeId;
  readonly log: Log;
  /** As of an event source. */
  readonly calls?: Calls;
}

interface RunningTimer {
  running(): 0 | 1;
  stop(graceMs: number): Promise<0 | 1>;
}

/** Invokes a function at once and then each interval after the last run ended: two runs never overlap. */
export function startTimer(ports: TimerPorts): RunningTimer {
  const { sleep, log, name } = ports;
  const stopping = new AbortController();
  let stopAt = Number.POSITIVE_INFINITY;
  let running: 0 | 1 = 0;

  const runOnce = async (): Promise<void> => {
    running = 1;
    const event = { time: new Date(ports.clock()).toISOString() };
    const end = await invoke(ports.handler, event, {
      ...ports,
      timeoutMs: ports.functionTimeoutMs,
      stopAt: () => stopAt,
      stopping: stopping.signal,
    });
    running = 0;
    if (end.kind === 'threw') log.error('the function threw', { function: name, error: String(end.error) });
    if (end.kind === 'timed-out') log.error('the function timed out', { function: name });
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await runOnce();
      await sleep(ports.intervalMs, stopping.signal);
    }
  };

  const ended = loop();
  return {
    running: () => running,
    stop: async (graceMs) => {
      stopAt = ports.clock() + graceMs;
      stopping.abort();
      const done = new AbortController();
      await Promise.race([ended, grace(graceMs, ports.calls, sleep, done.signal)]);
      done.abort();
      return running;
    },
  };
}
