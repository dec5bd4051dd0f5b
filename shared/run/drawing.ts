import { BATCH_SIZE } from '../config/limits.ts';
import type { Delivery } from '../job/job.ts';
import { errorText } from '../kernel/error-text.ts';
import type { Working } from './call.ts';
import type { GroupRuns } from './group-runs.ts';
import type { Messages } from './messages.ts';
import type { RunPorts } from './ports.ts';

type DrawPorts = Pick<RunPorts, 'budget' | 'jobsQueue' | 'turns' | 'clock' | 'sleep' | 'log' | 'settings'>;

/** What an invocation may hold at most: two calls' worth of messages, one of them on its way; and 32 of the largest. */
const MOST_MESSAGES = 600;
const MOST_BYTES = 8 * 1024 * 1024;
/** What is drawn in one go: as many as the largest call takes. */
const WAVE = 300;
/** Drawn by chance with the others, and each needs a call of its own: some ten seconds' worth at Marketo's rate. */
const MOST_ALONE = 50;
/** Receives side by side, of ten messages each; the first of an event that was full, and of a later look. */
const RECEIVES_AT_ONCE = 10;
const FIRST_RECEIVES = 8;
const LOOK_RECEIVES = 1;
/** After a look that found nothing. */
const PAUSE_MS = 1_000;
/** What is drawn must get its turn: with a permit further away than this it would only be kept from others. */
const FAR_MS = 5_000;

/**
 * Lambda hands a FIFO function ten messages at most, and a call takes 300: while it has such work an invocation draws more from
 * the queue itself. What it drew it runs, whatever it is. A full event draws before its first call, a smaller one is sent at once.
 */
export class Drawing {
  readonly #runs: GroupRuns;
  readonly #messages: Messages;
  readonly #working: Working;
  readonly #ports: DrawPorts;

  constructor(runs: GroupRuns, messages: Messages, working: Working, ports: DrawPorts) {
    this.#runs = runs;
    this.#messages = messages;
    this.#working = working;
    this.#ports = ports;
  }

  /** Resolves when everything that the invocation held is settled, and no draw is under way. */
  async work(event: readonly Delivery[]): Promise<void> {
    const isFull = event.length >= BATCH_SIZE;
    void this.#runs.take(event);
    let dueAt = this.#nextAfter(isFull && (await this.#drawWave(FIRST_RECEIVES, event.length)));
    while (!this.#runs.isOver()) {
      if (this.#ports.clock() >= dueAt && this.#hasRoomForWave() && (await this.#isUseful())) {
        dueAt = this.#nextAfter(await this.#drawWave(LOOK_RECEIVES, 0));
      } else {
        await this.#change();
      }
    }
  }

  #nextAfter(foundMore: boolean): number {
    return foundMore ? 0 : this.#ports.clock() + PAUSE_MS;
  }

  /**
   * What shares a call waits a moment at the desk for what is being drawn, so that it travels full. Answers whether there is
   * likely to be more.
   */
  async #drawWave(receives: number, already: number): Promise<boolean> {
    const fetched = this.#working.desk.fetching();
    try {
      return await this.#drawRounds(receives, already);
    } finally {
      fetched();
    }
  }

  /** Round after round, each as wide as the last one makes it seem worth. */
  async #drawRounds(first: number, already: number): Promise<boolean> {
    let drawn = already;
    for (let wanted = first; ; ) {
      const receives = (await this.#isUseful()) ? Math.min(wanted, this.#roomFor(WAVE - drawn)) : 0;
      if (receives <= 0) return drawn > already;
      const round = Array.from({ length: receives }, () => this.#draw());
      const brought = (await Promise.all(round)).reduce((sum, count) => sum + count, 0);
      if (brought === 0) return false;
      drawn += brought;
      wanted = 2 * Math.ceil(brought / BATCH_SIZE);
    }
  }

  /** One receive; always left to end: broken off, it could take messages with it that then stay hidden. */
  async #draw(): Promise<number> {
    const { jobsQueue, clock, log, settings } = this.#ports;
    try {
      const drawn = await jobsQueue.receive(this.#working.deadline - clock() + settings.timings.graceMs);
      if (drawn.length > 0) this.#messages.haveDrawn();
      await this.#runs.take(drawn);
      return drawn.length;
    } catch (error) {
      log.warn('nothing could be drawn from the queue', { error: errorText(error) });
      return 0;
    }
  }

  /** How many receives fit in, if what they bring is as large as what is here. */
  #roomFor(messages: number): number {
    const { held } = this.#runs;
    const byBytes = (MOST_BYTES - held.bytes) / Math.max(1, held.bytes / Math.max(1, held.messages));
    return Math.min(RECEIVES_AT_ONCE, Math.floor(Math.min(messages, byBytes) / BATCH_SIZE));
  }

  /** Drawn as soon as there is room for one message, each would be sent in a call of its own. */
  #hasRoomForWave(): boolean {
    const { messages, bytes } = this.#runs.held;
    return messages <= MOST_MESSAGES - WAVE && bytes <= MOST_BYTES / 2;
  }

  /** Whether there is work that more of its kind could share a call with, and a call to be had for them soon. */
  async #isUseful(): Promise<boolean> {
    if (!this.#mayBeUseful() || this.#ports.turns.isWantedApart()) return false;
    const { held } = this.#runs;
    if (held.messages - held.sharing > MOST_ALONE) return false;
    // A budget that cannot be read gives no permits either.
    const wait = await this.#ports.budget.outlook().catch(() => 'unknown' as const);
    if (wait === 'unknown') return false;
    return this.#mayBeUseful() && (wait === null || wait.until - this.#ports.clock() <= FAR_MS);
  }

  /** What does not change for the better in the course of an invocation. */
  #mayBeUseful(): boolean {
    const { settings, clock } = this.#ports;
    const { deadline, stopping } = this.#working;
    const leastMs = settings.callTimeoutMs + settings.timings.settleReserveMs + FAR_MS;
    const { held, isTroubled } = this.#runs;
    return held.sharing > 0 && !isTroubled && stopping?.aborted !== true && deadline - clock() >= leastMs;
  }

  /** Until a record is settled, or it is time for another look at the queue. */
  async #change(): Promise<void> {
    const changed = Promise.withResolvers<void>();
    const wake = this.#mayBeUseful() ? new AbortController() : null;
    this.#runs.onChange(() => {
      wake?.abort();
      changed.resolve();
    });
    // It may have been over before anybody listened.
    if (this.#runs.isOver()) return;
    await (wake === null ? changed.promise : this.#ports.sleep(PAUSE_MS, wake.signal));
  }
}
