import { cpus } from 'node:os';
import { MINUTE_MS, systemSleep } from '../shared/kernel/clock.ts';
import type { Bench, Measured, Stage } from './harness/bench.ts';
import { known, megabytes, percent, type Row, say, whole } from './harness/figures.ts';
import { endWorker, fill, startWorker } from './subjects/queue-workers.ts';

const LATENCY = { minMs: 100, maxMs: 600 };
const LOOK_EACH_MS = 2_000;
/** No load is without an end. */
const GIVE_UP_MS = 20 * MINUTE_MS;

/** What all processes of the machine have spent, in ms. */
const machineCpuMs = (): number =>
  cpus().reduce((sum, { times: { user, nice, sys } }) => sum + user + nice + sys, 0);

async function measure({ size, startMarketo, startIdleStack }: Stage): Promise<Measured> {
  const marketo = await startMarketo({ latency: LATENCY });
  const stack = await startIdleStack({ ...marketo.env, MARKETO_TRANSPORT: 'soap' });
  await fill(stack, stack.stack.jobsQueueUrl, size);
  say('enqueued');
  const before = machineCpuMs();
  const began = performance.now();
  const worker = await startWorker('packed', stack, marketo, stack.stack.jobsQueueUrl);
  let written = 0;
  while (written < size && performance.now() - began < GIVE_UP_MS) {
    await systemSleep(LOOK_EACH_MS);
    written = Object.keys((await marketo.witness()).leadWrites).length;
    say(`${written} of ${size}`);
  }
  const lastedMs = performance.now() - began;
  const machineMs = machineCpuMs() - before;
  const cost = await endWorker(worker);
  const { executed } = await marketo.witness();
  const perLead = (cpuMs: number): string => `${(cpuMs / written).toFixed(2)} ms a lead`;
  const rows: readonly Row[] = [
    known('leads written', `${whole(written)} of ${whole(size)}`),
    known('leads a minute', whole((written * MINUTE_MS) / lastedMs)),
    known('leads a call', whole(written / executed)),
    known('CPU of the worker', `${perLead(cost.cpuMs)}; ${percent(cost.cpuMs / lastedMs)} of a core`),
    known(
      'CPU of everything else on the machine: queue, table, simulator and this bench',
      `${perLead(machineMs - cost.cpuMs)}; ${percent((machineMs - cost.cpuMs) / lastedMs)} of a core`,
    ),
    known('peak memory of the worker', megabytes(cost.peakBytes)),
  ];
  return {
    setting:
      `${whole(size)} single syncLead jobs in the embedded queue, one worker process over SOAP against the simulator at Marketo’s real limits; queue and ` +
      `table are one process, the simulator another; a call takes ${LATENCY.minMs} to ${LATENCY.maxMs} ms.`,
    rows,
  };
}

/** What the local stack can do when a file of everybody is imported, and what stands in its way. */
export const bench: Bench = {
  title: 'A backlog on the local stack',
  size: { of: 'jobs', usual: 100_000 },
  measure,
};
