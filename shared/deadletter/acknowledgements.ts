import { DAY_MS } from '../kernel/clock.ts';
import type { Reduce } from '../kernel/document.ts';

/** Somebody has seen the letters of a cause, and wants to hear no more of them for a while. Times in epoch ms. */
export interface Acknowledgement {
  readonly cause: string;
  readonly at: number;
  /** Who said so: an identity of AWS, or the name of a local user. */
  readonly by: string;
  readonly until: number;
  readonly note: string;
  /** How many letters of it were open then. */
  readonly count: number;
  /** Taken back before its time. Absent: it was not. */
  readonly lifted?: { readonly at: number; readonly by: string };
}

/** Those of a stack, the first first. Of a cause the last counts; who had said so before is worth knowing. */
export interface Acknowledgements {
  readonly causes: readonly Acknowledgement[];
}

/** Where they are kept: one document, since whoever asks for one asks for all. */
export interface AcknowledgementsStore {
  /** Null where there is none. */
  get(): Promise<Acknowledgements | null>;
  /** False: the step left them as they are. */
  change(reduce: Reduce<Acknowledgements>): Promise<boolean>;
}

/** So many times as many letters are another trouble than the one that somebody has seen. */
const GROWN = 10;

/** Who had acknowledged a cause is worth knowing for a while after it has ended. */
export const ACKNOWLEDGEMENT_KEPT_MS = 30 * DAY_MS;

/** The last of this cause, also one that has ended; null if nobody has seen it. */
export const acknowledgementOf = (
  acknowledgements: Acknowledgements | null,
  cause: string,
): Acknowledgement | null => saidOf(acknowledgements, cause).at(-1) ?? null;

/** All that is kept of this cause, the first first. */
export const saidOf = (
  acknowledgements: Acknowledgements | null,
  cause: string,
): readonly Acknowledgement[] => acknowledgements?.causes.filter((one) => one.cause === cause) ?? [];

/** Whether nothing need be said of a cause that has `count` open letters now. Pure: it speaks again as soon as there are too many. */
export function isSilenced(
  acknowledgements: Acknowledgements | null,
  { cause, count }: { readonly cause: string; readonly count: number },
  now: number,
): boolean {
  const last = acknowledgementOf(acknowledgements, cause);
  return last !== null && isInForce(last, now) && count < GROWN * Math.max(1, last.count);
}

/** Neither over nor taken back, however many letters there are. */
export const isInForce = ({ until, lifted }: Acknowledgement, now: number): boolean =>
  lifted === undefined && now < until;

/** They share one item of 400 KB with those of all other causes. */
const MOST_OF_CAUSE = 5;

/** With this one, which now counts for its cause. What has ended long ago goes. */
export function withAcknowledgement(
  acknowledgements: Acknowledgements | null,
  added: Acknowledgement,
): Acknowledgements {
  const kept = acknowledgements?.causes.filter((one) => goneAt(one) > added.at) ?? [];
  const before = kept.filter((one) => one.cause === added.cause).slice(1 - MOST_OF_CAUSE);
  return { causes: [...kept.filter((one) => one.cause !== added.cause), ...before, added] };
}

/** With that of the cause taken back; null if none is in force. */
export function withLifted(
  acknowledgements: Acknowledgements | null,
  cause: string,
  lifted: { readonly at: number; readonly by: string },
): Acknowledgements | null {
  const last = acknowledgementOf(acknowledgements, cause);
  if (acknowledgements === null || last === null || !isInForce(last, lifted.at)) return null;
  return { causes: acknowledgements.causes.map((one) => (one === last ? { ...one, lifted } : one)) };
}

/** When nobody will ask for any of them (epoch ms). */
export const lastGoneAt = ({ causes }: Acknowledgements): number => Math.max(0, ...causes.map(goneAt));

const goneAt = ({ until, lifted }: Acknowledgement): number =>
  (lifted?.at ?? until) + ACKNOWLEDGEMENT_KEPT_MS;
