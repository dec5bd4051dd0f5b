import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints, Feeder } from './feeder.ts';
import { type LifeRecord, readLife } from './history.ts';
import { conceive, type Life, type Unborn } from './life.ts';
import type { Orders, Sentence } from './points.ts';
import type { Ending } from './schedule.ts';
import type { Workload } from './workload.ts';

export interface Arena {
  readonly directory: string;
  /** What a life of this variant is told. */
  orders(sentence: Sentence | null, log: string): Orders;
  /** Where its queue and table are, from its first line. */
  endpoints(readyLine: string): Endpoints;
  readonly feeder: Feeder;
  readonly workload: Workload;
  readonly throttled: boolean;
  /** The test has run out of time: every life ends. */
  readonly signal: AbortSignal;
}

export interface Played {
  readonly lives: readonly LifeRecord[];
  /** How often each ending came about, by its name. */
  readonly hits: ReadonlyMap<string, number>;
  /** The one life that is left, with nothing against it; the caller ends it. */
  readonly last: Life;
  readonly endpoints: Endpoints;
}

/** A life that does nothing for so long gets more work; after some such times it is killed from outside. */
const HELPING_MS = 2_000;
const MOST_HELPINGS = 12;
const READY_WITHIN_MS = 60_000;
const FIRST_GUESS_MS = 1_500;

/** Kills one life after the other, each with new work, then lets the last one live. */
export async function play(endings: readonly Ending[], arena: Arena): Promise<Played> {
  const { feeder, workload, directory, signal } = arena;
  const cache = join(directory, 'compile-cache');
  const logs: string[] = [];
  const hits = new Map<string, number>();
  let startMs = FIRST_GUESS_MS;
  let unborn: Unborn = conceive(cache);
  let life: Life | null = null;

  const begin = (sentence: Sentence | null): Life => {
    const log = join(directory, `life-${logs.length}.log`);
    logs.push(log);
    return unborn.begin(arena.orders(sentence, log));
  };
  const endAll = (): void => {
    life?.kill();
    unborn.discard();
  };
  signal.addEventListener('abort', endAll);
  try {
    for (const ending of endings) {
      signal.throwIfAborted();
      life = begin(ending.kind === 'point' ? ending.sentence : null);
      unborn = conceive(cache);
      const begunAt = performance.now();
      feeder.release(workload.next());
      if (ending.kind === 'starting') await killAfter(life, ending.part * startMs);
      const line = await readyLine(life);
      if (line !== null) {
        startMs = performance.now() - begunAt;
        feeder.connect(arena.endpoints(line));
        await meetEnd(life, ending, logs.at(-1) ?? '', arena);
      }
      feeder.disconnect();
      if ((await life.ended) !== 'SIGKILL') throw new Error(`a life ended by itself:\n${life.words()}`);
      const name = nameOf(ending, readLife(logs.at(-1) ?? ''));
      hits.set(name, (hits.get(name) ?? 0) + 1);
    }
    life = begin(null);
    if (arena.throttled) feeder.release(workload.last());
    const line = await readyLine(life);
    if (line === null) throw new Error(`the last life did not start:\n${life.words()}`);
    const endpoints = arena.endpoints(line);
    feeder.connect(endpoints);
    return { lives: logs.slice(0, -1).map(readLife), hits, last: life, endpoints };
  } catch (error) {
    endAll();
    throw error;
  }
}

async function readyLine(life: Life): Promise<string | null> {
  const late = sleep(READY_WITHIN_MS, 'late' as const, { ref: false });
  const line = await Promise.race([life.ready, late]);
  if (line === 'late') throw new Error(`a life was not ready within ${READY_WITHIN_MS} ms:\n${life.words()}`);
  return line;
}

async function killAfter(life: Life, delayMs: number): Promise<void> {
  await sleep(delayMs);
  life.kill();
}

async function meetEnd(life: Life, ending: Ending, log: string, arena: Arena): Promise<void> {
  switch (ending.kind) {
    case 'point':
      return feedUntilDead(life, log, arena);
    case 'starting':
      return;
    case 'any time':
      return killAfter(life, ending.afterMs);
    case 'enqueueing':
      await Promise.race([arena.feeder.accepts(ending.accepted), sleep(HELPING_MS, null, { ref: false })]);
      return life.kill();
  }
}

async function feedUntilDead(life: Life, log: string, { feeder, workload }: Arena): Promise<void> {
  let passed = 0;
  for (let helpings = 0; helpings < MOST_HELPINGS; helpings += 1) {
    await Promise.race([life.ended, sleep(HELPING_MS, null, { ref: false })]);
    if (life.isOver()) return;
    const passedNow = readLife(log).passed.length;
    // As long as it gets on it has work; more would only pile up.
    if (passedNow === passed) feeder.release(workload.next());
    passed = passedNow;
  }
  life.kill();
}

function nameOf(ending: Ending, record: LifeRecord): string {
  if (ending.kind !== 'point') return `outside: ${ending.kind}`;
  const { point, unsafeOnly } = ending.sentence;
  if (record.killedAt === null) return `missed: ${point}`;
  return unsafeOnly ? `${point}, of an unsafe job` : point;
}
