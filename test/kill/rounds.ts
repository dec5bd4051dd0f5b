import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints, Feeder } from './feeder.ts';
import { type ChildRecord, readRecord } from './history.ts';
import type { Kill, Orders } from './points.ts';
import { type Ending, OF_A_SHARED_CALL } from './schedule.ts';
import { type Child, type IdleChild, spawnChild } from './spawn-child.ts';
import type { Workload } from './workload.ts';

export interface RoundPorts {
  readonly directory: string;
  /** What a child of this variant is told. */
  orders(kill: Kill | null, log: string): Orders;
  /** Where its queue and table are, from its first line. */
  endpoints(readyLine: string): Endpoints;
  readonly feeder: Feeder;
  readonly workload: Workload;
  readonly throttled: boolean;
  /** The test has run out of time: every child ends. */
  readonly signal: AbortSignal;
}

export interface Played {
  readonly children: readonly ChildRecord[];
  /** How often each ending came about, by its name. */
  readonly hits: ReadonlyMap<string, number>;
  /** The one child that is left, told to kill itself nowhere; the caller ends it. */
  readonly last: Child;
  readonly endpoints: Endpoints;
}

/** A child that does nothing for so long gets more work; after some such times it is killed from outside. */
const IDLE_MS = 2_000;
const MOST_IDLE_TIMES = 12;
const READY_WITHIN_MS = 60_000;
const FIRST_GUESS_MS = 1_500;

/** Kills one child after the other, each with new work, then lets the last one live. */
export async function play(endings: readonly Ending[], ports: RoundPorts): Promise<Played> {
  const { feeder, workload, directory, signal } = ports;
  const cache = join(directory, 'compile-cache');
  const logs: string[] = [];
  const stopped = new Set<string>();
  const hits = new Map<string, number>();
  let startMs = FIRST_GUESS_MS;
  let idleChild: IdleChild = spawnChild(cache);
  let child: Child | null = null;

  const begin = (kill: Kill | null): Child => {
    const log = join(directory, `child-${logs.length}.log`);
    logs.push(log);
    return idleChild.begin(ports.orders(kill, log));
  };
  const endAll = (): void => {
    child?.kill();
    idleChild.discard();
  };
  signal.addEventListener('abort', endAll);
  try {
    for (const ending of endings) {
      signal.throwIfAborted();
      child = begin(ending.kind === 'point' ? ending.kill : null);
      idleChild = spawnChild(cache);
      const begunAt = performance.now();
      feeder.release(workload.next());
      if (ending.kind === 'starting') await killAfter(child, ending.part * startMs);
      const line = await readyLine(child);
      if (line !== null) {
        startMs = performance.now() - begunAt;
        feeder.connect(ports.endpoints(line));
        await endChild(child, ending, logs.at(-1) ?? '', ports);
      }
      feeder.disconnect();
      const log = logs.at(-1) ?? '';
      if (ending.kind === 'stopping') stopped.add(log);
      const signalled = await child.ended;
      if ((signalled === 'SIGKILL') === (ending.kind === 'stopping')) {
        throw new Error(`a child ended by ${signalled ?? 'itself'}:\n${child.words()}`);
      }
      const name = nameOf(ending, readRecord(log));
      hits.set(name, (hits.get(name) ?? 0) + 1);
    }
    child = begin(null);
    if (ports.throttled) feeder.release(workload.last());
    const line = await readyLine(child);
    if (line === null) throw new Error(`the last child did not start:\n${child.words()}`);
    const endpoints = ports.endpoints(line);
    feeder.connect(endpoints);
    return {
      children: logs.slice(0, -1).map((log) => readRecord(log, stopped.has(log))),
      hits,
      last: child,
      endpoints,
    };
  } catch (error) {
    endAll();
    throw error;
  }
}

async function readyLine(child: Child): Promise<string | null> {
  const late = sleep(READY_WITHIN_MS, 'late' as const, { ref: false });
  const line = await Promise.race([child.ready, late]);
  if (line === 'late')
    throw new Error(`a child was not ready within ${READY_WITHIN_MS} ms:\n${child.words()}`);
  return line;
}

async function killAfter(child: Child, delayMs: number): Promise<void> {
  await sleep(delayMs);
  child.kill();
}

async function endChild(child: Child, ending: Ending, log: string, ports: RoundPorts): Promise<void> {
  switch (ending.kind) {
    case 'point':
      return feedUntilKilled(child, log, ports);
    case 'starting':
      return;
    case 'any time':
      return killAfter(child, ending.afterMs);
    case 'stopping':
      await sleep(ending.afterMs);
      return child.stop();
    case 'enqueueing':
      await Promise.race([ports.feeder.accepts(ending.accepted), sleep(IDLE_MS, null, { ref: false })]);
      return child.kill();
  }
}

async function feedUntilKilled(child: Child, log: string, { feeder, workload }: RoundPorts): Promise<void> {
  let passed = 0;
  for (let idle = 0; idle < MOST_IDLE_TIMES; idle += 1) {
    await Promise.race([child.ended, sleep(IDLE_MS, null, { ref: false })]);
    if (child.isOver()) return;
    const passedNow = readRecord(log).passed.length;
    // As long as it gets on it has work; more would only pile up.
    if (passedNow === passed) feeder.release(workload.next());
    passed = passedNow;
  }
  child.kill();
}

function nameOf(ending: Ending, record: ChildRecord): string {
  if (ending.kind !== 'point') return `outside: ${ending.kind}`;
  const { point, only } = ending.kill;
  if (record.killedAt === null) return `missed: ${point}`;
  return `${point}${OF[only]}`;
}

const OF = {
  any: '',
  announced: ', of an announced request',
  unsafe: ', of an unsafe job',
  shared: OF_A_SHARED_CALL,
  slow: ', of a slow job',
} as const;
