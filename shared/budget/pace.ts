/** A limit as a throttle answer left it, per window or at once. It grows back with time: what it is now is computed, never written. */
export interface Cut {
  readonly left: number;
  /** Of the answer, in epoch ms. */
  readonly at: number;
}

/** What was learnt of the room that others leave. A limit that nobody has cut is not in it. */
export type Cuts = Readonly<Partial<Record<'rate' | 'slots', Cut>>>;

/**
 * The one controller for capacity that somebody else uses: a throttle answer cuts a limit, time gives it back. Where the
 * numbers come from: docs/decisions/22-learnt-pace.md.
 */
export const PACE = {
  /** After a rate answer nobody sends for so long. */
  pauseMs: 1_500,
  /** A rate answer leaves this part of the pace, or of the calls that were in the window, if those were fewer. */
  kept: 0.95,
  /** Calls in the window may be few because there was little to do: one answer never takes more than this off. */
  keptAtLeast: 0.5,
  /** After so long without an answer a limit is one higher. */
  growMs: 17_000,
} as const;

/** What a limit is now, between one and `usual`. A clock behind the one that cut it sees no growth yet. */
export function cutLimit(cut: Cut | undefined, usual: number, now: number): number {
  if (cut === undefined) return usual;
  const grown = Math.floor(Math.max(0, now - cut.at) / PACE.growMs);
  return Math.max(1, Math.min(usual, cut.left + grown));
}

/** When a limit that nothing cuts again is the usual one. */
export const cutEndsAt = (cut: Cut, usual: number): number => cut.at + (usual - cut.left) * PACE.growMs;

/** The pace after a rate answer: `seen` calls of ours were in the window when it came. */
export function cutRate(cut: Cut | undefined, usual: number, now: number, seen: number): Cut {
  const pace = cutLimit(cut, usual, now);
  const kept = Math.max(pace * PACE.keptAtLeast, Math.min(pace, seen) * PACE.kept);
  return { left: Math.max(1, Math.floor(kept)), at: now };
}

/** The slots after a concurrency answer. */
export const cutSlots = (cut: Cut | undefined, usual: number, now: number): Cut => ({
  left: Math.max(1, cutLimit(cut, usual, now) - 1),
  at: now,
});

/** Whether an answer tells what the last cut does not: the call was sent after it, and after the pause that came with it. */
export const isNewsOfRate = ({ rate }: Cuts, sentAt: number): boolean =>
  rate === undefined || sentAt > rate.at + PACE.pauseMs;

export const isNewsOfSlots = ({ slots }: Cuts, sentAt: number): boolean =>
  slots === undefined || sentAt > slots.at;
