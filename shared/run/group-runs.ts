import type { Delivery } from '../job/job.ts';
import { errorText } from '../kernel/error-text.ts';
import { Held } from './held.ts';
import type { Messages } from './messages.ts';
import type { Invocation, RunPorts } from './ports.ts';
import { run } from './run.ts';
import { hideUntil, type Settlement, visibilityMs } from './settlement.ts';
import type { Turn } from './turns.ts';

/** After a failure of our own stores a message comes back within this time, spread so that not all come at once. */
const TROUBLE_DELAY_MS = { least: 5_000, most: 30_000 };

/** The runs of one invocation: groups side by side, each group in order. One record's trouble is its own. */
export class GroupRuns {
  readonly held: Held;
  readonly #messages: Messages;
  readonly #invocation: Invocation;
  readonly #ports: RunPorts;
  /** The one of each group that runs, and those that wait behind it. */
  readonly #groups = new Map<string, Delivery[]>();
  #isTroubled = false;
  #changed: () => void = () => {};

  constructor(messages: Messages, invocation: Invocation, ports: RunPorts) {
    this.#messages = messages;
    this.#invocation = invocation;
    this.#ports = ports;
    this.held = new Held(ports.mayShare);
  }

  /** Whether a store has failed, or a record had to be handed back at once: drawn again at once, it would go round in circles. */
  get isTroubled(): boolean {
    return this.#isTroubled;
  }

  isOver(): boolean {
    return this.#groups.size === 0;
  }

  /** Calls `changed` once, when a record is settled or a group is through. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** Begins after `start`, or in the place behind those of its group that are here already. */
  take(deliveries: readonly Delivery[], start: Promise<void>): void {
    for (const delivery of deliveries) {
      this.held.add(delivery);
      const waiting = this.#groups.get(delivery.groupId);
      if (waiting === undefined) void this.#begin(delivery, start);
      else waiting.push(delivery);
    }
  }

  async #begin(first: Delivery, start: Promise<void>): Promise<void> {
    const waiting = [first];
    this.#groups.set(first.groupId, waiting);
    await start;
    const turn = await this.#ports.turns.enter();
    try {
      await this.#runGroup(waiting, turn);
    } catch (error) {
      this.#ports.log.error('a group could not be worked on to its end', { error: errorText(error) });
      await this.#messages.handBack(waiting, null);
      this.#settled(waiting.splice(0));
    } finally {
      turn.leave();
      this.#groups.delete(first.groupId);
      this.#changed();
    }
  }

  /** The first record that has to come back takes the rest of its group with it: SQS holds them behind it, in order. */
  async #runGroup(waiting: Delivery[], turn: Turn): Promise<void> {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const settlement = await this.#runOne(next, turn);
      if (settlement.kind === 'acknowledge') this.#messages.acknowledge(next);
      else await this.#handBack(next, settlement);
      this.#settled(waiting.splice(0, 1));
      while (settlement.kind !== 'acknowledge' && waiting.length > 0) {
        const behind = [...waiting];
        await this.#messages.handBack(behind, 0);
        this.#settled(waiting.splice(0, behind.length));
      }
    }
  }

  async #runOne(delivery: Delivery, turn: Turn): Promise<Settlement> {
    const { clock, random, log, settings } = this.#ports;
    // Not started: it comes back at once, to an invocation that has the time for it.
    if (this.#isStopping() || this.#invocation.deadline - clock() < settings.timings.settleReserveMs)
      return hideUntil(clock());
    try {
      return await run(delivery, turn, this.#invocation, this.#ports);
    } catch (error) {
      // Handed back on purpose, or cut off: the process that is started next takes it up at once.
      if (this.#isStopping()) return hideUntil(clock());
      this.#isTroubled = true;
      log.error('a record could not be worked on', {
        messageId: delivery.messageId,
        error: errorText(error),
      });
      const { least, most } = TROUBLE_DELAY_MS;
      return hideUntil(clock() + least + random() * (most - least));
    }
  }

  async #handBack(
    delivery: Delivery,
    settlement: Exclude<Settlement, { kind: 'acknowledge' }>,
  ): Promise<void> {
    // Another run has the job: its message is left alone.
    if (settlement.kind === 'leave') return this.#messages.handBack([delivery], null);
    const now = this.#ports.clock();
    const delayMs = visibilityMs(settlement, now, delivery.receiveCount, now - delivery.sentAt);
    if (delayMs === 0) this.#isTroubled = true;
    return this.#messages.handBack([delivery], delayMs);
  }

  #settled(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.held.drop(delivery);
    this.#changed();
  }

  #isStopping(): boolean {
    return this.#invocation.stopping?.aborted === true;
  }
}
