import type { Delivery } from '../job/job.ts';
import { errorText } from '../kernel/error-text.ts';
import { gathering } from './gathering.ts';
import type { Invocation, RunPorts } from './ports.ts';

type MessagePorts = Pick<RunPorts, 'jobsQueue' | 'jobEvents' | 'clock' | 'sleep' | 'log' | 'settings'>;

/** The queue's own visibility would do as well: not worth more time of the calls. */
const FIRST_HIDE_MS = 5_000;

/** What becomes of the messages that one invocation holds: those of its event, and those it drew. */
export class Messages {
  readonly #event: ReadonlySet<Delivery>;
  readonly #failed = new Set<Delivery>();
  /** Of the event alone: a draw hides what it brings. */
  readonly #hidingEvent: Promise<void>;
  readonly #hide: (delivery: Delivery, delayMs: number) => Promise<void>;
  readonly #remove: (delivery: Delivery) => Promise<void>;
  readonly #removing: Promise<void>[] = [];
  /** Acknowledged records of the event, while it is enough that the event source removes them at the end. */
  #kept: Delivery[] | null = [];

  constructor(event: readonly Delivery[], { deadline }: Invocation, ports: MessagePorts) {
    this.#event = new Set(event);
    this.#hide = gathering(ports.sleep, (deliveries, delayMs) => hide(deliveries, delayMs, deadline, ports));
    const removeGathered = gathering(ports.sleep, (deliveries) => remove(deliveries, deadline, ports));
    this.#remove = (delivery) => removeGathered(delivery, 'remove');
    const now = ports.clock();
    const giveUpAt = Math.min(deadline, now + FIRST_HIDE_MS);
    this.#hidingEvent = hide(event, deadline - now + ports.settings.timings.graceMs, giveUpAt, ports);
  }

  /** From the first draw on a message is removed as soon as it is settled: its group must not wait for the end of a long draw. */
  haveDrawn(): void {
    for (const delivery of this.#kept ?? []) this.#removing.push(this.#remove(delivery));
    this.#kept = null;
  }

  acknowledge(delivery: Delivery): void {
    if (this.#kept === null) this.#removing.push(this.#remove(delivery));
    else this.#kept.push(delivery);
  }

  /** They come back: after `delayMs`, or, if it is null, when the present visibility ends. */
  async handBack(deliveries: readonly Delivery[], delayMs: number | null): Promise<void> {
    for (const delivery of deliveries) if (this.#event.has(delivery)) this.#failed.add(delivery);
    if (delayMs === null) return;
    // Overtaken by the first hide, a message would stay away for the whole invocation.
    await this.#hidingEvent;
    await Promise.all(deliveries.map((delivery) => this.#hide(delivery, delayMs)));
  }

  /** Resolves when nothing is on its way to the queue any more. */
  async through(): Promise<void> {
    await this.#hidingEvent;
    await Promise.all(this.#removing);
  }

  /** The ids of the event's messages that come back. Of what was drawn the event source knows nothing. */
  failed(): readonly string[] {
    return [...this.#event]
      .filter((delivery) => this.#failed.has(delivery))
      .map(({ messageId }) => messageId);
  }
}

async function hide(
  deliveries: readonly Delivery[],
  delayMs: number,
  giveUpAt: number,
  { jobsQueue, log }: MessagePorts,
): Promise<void> {
  if (deliveries.length === 0) return;
  try {
    if (await jobsQueue.hide(deliveries, delayMs, giveUpAt)) return;
    log.warn('a visibility was refused; the messages come back when their present one ends', {});
  } catch (error) {
    log.warn('a visibility could not be set', { error: errorText(error) });
  }
}

async function remove(
  deliveries: readonly Delivery[],
  giveUpAt: number,
  { jobsQueue, jobEvents, log }: MessagePorts,
): Promise<void> {
  // Once they are gone nobody comes back to say that these jobs have ended.
  await jobEvents.written();
  try {
    if (await jobsQueue.remove(deliveries, giveUpAt)) return;
    log.warn('settled messages could not be removed: they come back, and the ledger knows them', {});
  } catch (error) {
    log.warn('settled messages could not be removed', { error: errorText(error) });
  }
}
