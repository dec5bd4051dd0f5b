/** A child of the kill test: the whole local stack, or only its functions. It starts when it gets its orders on stdin. */
import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { startFunctions } from '../../local/functions.ts';
import { lineLog } from '../../local/line-log.ts';
import { startLocal } from '../../local/start-local.ts';
import { systemClock, systemSleep } from '../../shared/kernel/clock.ts';
import { killSwitch, type Waits, watchedFunctions } from './kill-switch.ts';
import type { Orders } from './points.ts';

const log = lineLog({
  write: (line) => process.stderr.write(line),
  clock: systemClock,
  verbose: false,
});

/** Often, so that parked jobs and probes need no minute. */
const WARDEN_INTERVAL_MS = 500;
/** What a call under way is left when the child is asked to end. */
const GRACE_MS = 10_000;

function receiveOrders(): Promise<Orders> {
  const lines = createInterface({ input: process.stdin });
  // The test is gone: nobody would ever end this process.
  lines.once('close', () => process.exit(0));
  return new Promise((resolve) => lines.once('line', (line) => resolve(JSON.parse(line) as Orders)));
}

async function start(given: Orders): Promise<unknown> {
  const builders = watchedFunctions(killSwitch(given), waitsOf(given));
  const common = {
    builders,
    env: given.env,
    functionTimeoutMs: given.functionTimeoutMs,
    wardenIntervalMs: WARDEN_INTERVAL_MS,
    log,
  };
  if (given.role === 'stack') {
    const local = await startLocal({ ...common, dataDir: given.dataDir });
    endWhenAsked(() => local.stop(GRACE_MS));
    return local.stack;
  }
  const { sqs, jobs, deadLetters } = given.queues;
  const functions = await startFunctions({
    ...common,
    sqs: { url: sqs, jobs, deadLetters },
    region: 'us-east-1',
    clock: systemClock,
    sleep: systemSleep,
    makeRequestId: randomUUID,
  });
  endWhenAsked(() => functions.stop(GRACE_MS));
  return {};
}

function endWhenAsked(stop: () => Promise<unknown>): void {
  process.once('SIGTERM', () => void stop().finally(() => process.exit(0)));
}

function waitsOf({ serverDoneMs }: Orders): Waits {
  const timings = { shortWaitMs: 25_000, settleReserveMs: 300, parkAheadMs: 1_000, graceMs: 500 };
  return { timings, serverDoneMs };
}

// Its modules are loaded: the next child finds them compiled.
flushCompileCache();
const orders = await receiveOrders();
const started = await start(orders);
process.stdout.write(`${JSON.stringify(started)}\n`);
