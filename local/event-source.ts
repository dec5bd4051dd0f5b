import type { Message } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { BATCH_SIZE, MAX_CONCURRENCY } from '../shared/config/limits.ts';
import { assertNever } from '../shared/kernel/assert-never.ts';
import type { Clock, Sleep } from '../shared/kernel/clock.ts';
import { errorText } from '../shared/kernel/error-text.ts';
import type { Log } from '../shared/kernel/log.ts';
import type { MakeId } from '../shared/kernel/random.ts';
import type { EventSource } from '../shared/tend/switch.ts';
import { type Calls, grace } from './calls.ts';
import { type FunctionHandler, invoke } from './invocation.ts';
import type { PolledQueue } from './polled-queue.ts';
import { readBatchResponse, toSqsEvent } from './sqs-event.ts';

interface EventSourcePorts {
  /** For the log: which queue this is. */
  readonly name: string;
  readonly queue: PolledQueue;
  readonly queueArn: string;
  readonly region: string;
  readonly handler: FunctionHandler<SQSEvent>;
  readonly functionTimeoutMs: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly makeRequestId: MakeId;
  readonly log: Log;
  /** The calls at Marketo of the functions: without one a stop need not wait long. */
  readonly calls?: Calls;
}

export interface RunningEventSource {
  /** On at every start: the switch is not remembered, and the warden sets it again from the holds within a minute. */
  readonly eventSource: EventSource;
  /** How many invocations run now. */
  running(): number;
  /** Ends polling, gives running invocations up to `graceMs` to end (see `grace`), and answers how many have not. */
  stop(graceMs: number): Promise<number>;
}

/**
 * Plays SQS's event source mapping: polls, hands batches to the function, and deletes what it does not report as failed.
 * The rest comes back when its visibility ends; so does the batch of a function that throws, answers nonsense or runs
 * out of time.
 */
export function startEventSource(ports: EventSourcePorts): RunningEventSource {
  const source = new Polling(ports);
  const polling = source.run();
  return {
    eventSource: {
      enabled: async () => source.enabled,
      enable: async () => source.turn(true),
      disable: async () => source.turn(false),
    },
    running: () => source.invocations.size,
    stop: (graceMs) => source.stop(polling, graceMs),
  };
}

const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 10_000;
const REMOVE_TRIES = 8;

class Polling {
  readonly invocations = new Set<Promise<void>>();
  enabled = true;
  readonly #ports: EventSourcePorts;
  readonly #stopping = new AbortController();
  #stopAt = Number.POSITIVE_INFINITY;
  #turned: () => void = () => {};

  constructor(ports: EventSourcePorts) {
    this.#ports = ports;
  }

  turn(on: boolean): void {
    if (this.enabled === on) return;
    this.enabled = on;
    this.#ports.log.info(`event source ${on ? 'on' : 'off'}`, { queue: this.#ports.name });
    this.#turned();
  }

  /** SQS keeps a group waiting while one of its messages is in flight: no two invocations hold the same group. */
  async run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      if (!this.enabled) {
        await new Promise<void>((resolve) => {
          this.#turned = resolve;
        });
      } else if (this.invocations.size >= MAX_CONCURRENCY) {
        await Promise.race(this.invocations);
      } else {
        failures = await this.#pollOnce(failures);
      }
    }
  }

  async stop(polling: Promise<void>, graceMs: number): Promise<number> {
    const { clock, sleep } = this.#ports;
    this.#stopAt = clock() + graceMs;
    this.#stopping.abort();
    this.#turned();
    const ended = new AbortController();
    const over = grace(graceMs, this.#ports.calls, sleep, ended.signal);
    await Promise.race([polling, over]);
    await Promise.race([Promise.all(this.invocations), over]);
    ended.abort();
    return this.invocations.size;
  }

  /** Answers how many polls have failed in a row. */
  async #pollOnce(failures: number): Promise<number> {
    const { queue, sleep, log, name } = this.#ports;
    let messages: readonly Message[];
    try {
      messages = await queue.receive(BATCH_SIZE);
    } catch (error) {
      const pauseMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures, 10));
      if (!this.#stopping.signal.aborted) {
        log.warn('the queue does not answer', { queue: name, error: errorText(error), retryInMs: pauseMs });
      }
      await sleep(pauseMs, this.#stopping.signal);
      return failures + 1;
    }
    if (failures > 0) log.info('the queue answers again', { queue: name, failures });
    if (messages.length > 0) await this.#take(messages);
    return 0;
  }

  /** A poll may end with messages after the stop: nobody has seen them, so they go back at once. */
  async #take(messages: readonly Message[]): Promise<void> {
    if (this.#stopping.signal.aborted) {
      await this.#ports.queue.giveBack(messages).catch(() => {});
      return;
    }
    const invocation: Promise<void> = this.#work(messages).finally(() => this.invocations.delete(invocation));
    this.invocations.add(invocation);
  }

  async #work(messages: readonly Message[]): Promise<void> {
    const { handler, functionTimeoutMs, log, name } = this.#ports;
    const end = await invoke(handler, toSqsEvent(messages, this.#ports), {
      ...this.#ports,
      timeoutMs: functionTimeoutMs,
      stopAt: () => this.#stopAt,
      stopping: this.#stopping.signal,
    });
    switch (end.kind) {
      case 'answered':
        return this.#settle(messages, end.response);
      case 'threw':
        log.error('the function threw: its batch comes back', { queue: name, error: errorText(end.error) });
        return;
      case 'timed-out':
        log.error('the function timed out: its batch comes back', {
          queue: name,
          afterMs: functionTimeoutMs,
        });
        return;
      default:
        return assertNever(end);
    }
  }

  async #settle(messages: readonly Message[], response: unknown): Promise<void> {
    const failures = readBatchResponse(response, new Set(messages.map(({ MessageId }) => MessageId ?? '')));
    if (failures.kind === 'all') {
      const { log, name } = this.#ports;
      log.error('the function gave no answer to go by: its batch comes back', {
        queue: name,
        why: failures.why,
      });
      return;
    }
    await this.#remove(messages.filter(({ MessageId }) => !failures.messageIds.has(MessageId ?? '')));
  }

  /** A message that cannot be deleted comes back, and the ledger knows that it is done. */
  async #remove(messages: readonly Message[]): Promise<void> {
    const { queue, sleep, log, name } = this.#ports;
    let left = messages;
    for (let tries = 0; left.length > 0 && tries < REMOVE_TRIES; tries += 1) {
      if (tries > 0) await sleep(FIRST_BACKOFF_MS * 2 ** (tries - 1), this.#stopping.signal);
      left = await queue.remove(left).catch(() => left);
    }
    if (left.length > 0) {
      log.warn('finished messages could not be deleted: they come back', { queue: name, count: left.length });
    }
  }
}
