import { openSync, writeSync } from 'node:fs';
import { buildWorker } from '../../functions/build-worker.ts';
import { buildCollector } from '../../functions/collector.ts';
import type { FunctionPorts } from '../../functions/compose.ts';
import { buildWarden } from '../../functions/warden.ts';
import type { FunctionBuilders } from '../../local/functions.ts';
import { systemSleep } from '../../shared/kernel/clock.ts';
import type { TracedRequest } from '../../shared/run/trace.ts';
import { type Kill, type Orders, type Point, pointOf } from './points.ts';

export type Waits = Required<Pick<FunctionPorts, 'timings' | 'serverDoneMs'>>;

type Pass = (point: Point, jobId: string, request?: TracedRequest) => Promise<void>;

/** Notes every point in the log before anything else happens, and kills this process where its orders say. */
export function killSwitch({ log, kill }: Orders): Pass {
  const file = openSync(log, 'a');
  const announced = new Set<string>();
  const shared = new Set<string>();
  let passes = 0;
  return async (point, jobId, request) => {
    writeSync(file, `${point} ${jobId} ${request?.announces === true ? 'announced' : '-'}\n`);
    if (point === 'intended') announced.add(jobId);
    if (point === 'sent' && isSharedWrite(request)) shared.add(jobId);
    if (kill === null || point !== kill.point || !counts(kill, jobId, request, { announced, shared })) return;
    passes += 1;
    if (passes !== kill.passes) return;
    if (kill.delayMs > 0) await systemSleep(kill.delayMs);
    writeSync(file, `killed ${point}\n`);
    process.kill(process.pid, 'SIGKILL');
  };
}

function counts(
  { only }: Kill,
  jobId: string,
  request: TracedRequest | undefined,
  { announced, shared }: { readonly announced: ReadonlySet<string>; readonly shared: ReadonlySet<string> },
): boolean {
  switch (only) {
    case 'any':
      return true;
    case 'announced':
      return request?.announces === true;
    case 'unsafe':
      return announced.has(jobId);
    case 'shared':
      return request === undefined ? shared.has(jobId) : isSharedWrite(request);
    case 'slow':
      return jobId.includes('slow') && request?.changes === true;
  }
}

const isSharedWrite = (request: TracedRequest | undefined): boolean =>
  request?.changes === true && request.jobs > 1;

/** The functions as they are on Lambda, with the kill switch beside them and waits that a test has the time for. */
export const watchedFunctions = (pass: Pass, waits: Waits): FunctionBuilders => ({
  async worker(env, given) {
    const handler = await buildWorker(env, {
      ...given,
      ...waits,
      trace: (step, jobId, request) => pass(pointOf(step, jobId, request), jobId, request),
    });
    return async (event, context) => {
      const response = await handler(event, context);
      await pass('answered', '-');
      return response;
    };
  },
  async collector(env, given) {
    const handler = await buildCollector(env, { ...given, ...waits });
    return async (event, context) => {
      await pass('collecting', '-');
      const response = await handler(event, context);
      await pass('collected', '-');
      return response;
    };
  },
  warden: (env, given) => buildWarden(env, { ...given, ...waits }),
});
