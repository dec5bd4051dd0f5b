import type { Delivery } from '../job/job.ts';
import { errorText } from '../kernel/error-text.ts';
import type { Working } from './call.ts';
import { Held } from './held.ts';
import type { Messages } from './messages.ts';
import type { RunPorts } from './ports.ts';
import { run } from './run.ts';
import { hideUntil, type Settlement, visibilityMs } from './settlement.ts';
import type { Turn } from './turns.ts';

/** After a failure of our own stores a message comes back within this time, spread so that not all come at once. */
const TROUBLE_DELAY_MS = { least: 5_000, most: 30_000 };

/** The runs of one invocation: groups side by side, each group in order. One record's trouble is its own. */
export class GroupRuns {
  readonly held: Held;
  readonly #messages: Messages;
  readonly #working: Working;
  readonly #ports: RunPorts;
  /** The one of each group that runs, and those that wait behind it. */
  readonly #groups = new Map<string, Delivery[]>();
  #isTroubled = false;
  #changed: () => void = () => {};

  constructor(messages: Messages, working: Working, ports: RunPorts) {
    this.#messages = messages;
    this.#working = working;
    this.#ports = ports;
    this.held = new Held(ports.transport.bounds ?? null);
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

  /**
   * Each begins at once, or in its place behind those of its group that are here already. Resolves when those that begin have
   * set out; who is kept out, because somebody is to have the process to himself, is not waited for: he waits for them.
   */
  async take(deliveries: readonly Delivery[]): Promise<void> {
    const begun: Promise<void>[] = [];
    for (const delivery of deliveries) {
      this.held.add(delivery);
      const waiting = this.#groups.get(delivery.groupId);
      // Without any it is through, though it has not left yet: nobody would come to what is put behind it.
      if (waiting === undefined || waiting.length === 0) begun.push(this.#begin(delivery));
      else waiting.push(delivery);
    }
    await Promise.all(begun);
  }

  async #begin(first: Delivery): Promise<void> {
    const waiting = [first];
    this.#groups.set(first.groupId, waiting);
    const { turns } = this.#ports;
    const isKeptOut = turns.isWantedAlone();
    const entered = turns.enter();
    void entered.then((turn) => this.#work(waiting, turn, first.groupId));
    if (!isKeptOut) await entered;
  }

  async #work(waiting: Delivery[], turn: Turn, groupId: string): Promise<void> {
    try {
      await this.#runGroup(waiting, turn);
    } catch (error) {
      this.#ports.log.error('a group could not be worked on to its end', { error: errorText(error) });
      await this.#messages.handBack(waiting, null);
      this.#settled(waiting.splice(0));
    } finally {
      turn.leave();
      if (this.#groups.get(groupId) === waiting) this.#groups.delete(groupId);
      this.#changed();
    }
  }

  /** The first record that has to come back takes the rest of its group with it: SQS holds them behind it, in order. */
  async #runGroup(waiting: Delivery[], turn: Turn): Promise<void> {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const isLast = (): boolean => this.#groups.size === 1 && waiting.length === 1;
      const settlement = await this.#runOne(next, { ...turn, isLast });
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

  async #runOne(delivery: Delivery, turn: Turn & { readonly isLast: () => boolean }): Promise<Settlement> {
    const { clock, random, log, settings } = this.#ports;
    // Not started: it comes back at once, to an invocation that has the time for it.
    if (this.#isStopping() || this.#working.deadline - clock() < settings.timings.settleReserveMs)
      return hideUntil(clock());
    try {
      return await run(delivery, turn, this.#working, this.#ports);
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
    return this.#working.stopping?.aborted === true;
  }
}
