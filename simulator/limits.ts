export interface Limits {
  readonly ratePerWindow: number;
  readonly windowMs: number;
  readonly concurrency: number;
  readonly dailyQuota: number;
  /** Whether a call rejected by a limit or by the signature still spends rate and quota; Adobe does not say. */
  readonly chargeRejections: boolean;
}

/** 100 calls per 20 s, 10 at once, 10,000 per day (docs/marketo-facts.md). */
export const MARKETO_LIMITS: Limits = {
  ratePerWindow: 100,
  windowMs: 20_000,
  concurrency: 10,
  dailyQuota: 10_000,
  chargeRejections: true,
};

/** The limit that a call would break; each face has a code of its own for it. */
export type BrokenLimit = 'quota' | 'rate' | 'concurrency';

export interface Admission {
  readonly rejected: BrokenLimit | null;
  /** Gives the place among the concurrent calls back; harmless when repeated. */
  leave(): void;
}

/** The account's three limits, over both APIs together, measured where Marketo measures them: at the arrival of a request. */
export class LimitGate {
  limits: Limits;
  maxConcurrencySeen = 0;
  private recent: number[] = [];
  private inFlight = 0;
  private day = '';
  private spentToday = 0;
  private readonly spentByDay = new Map<string, number>();

  constructor(limits: Limits) {
    this.limits = limits;
  }

  arrive(at: number): Admission {
    this.moveTo(at);
    this.maxConcurrencySeen = Math.max(this.maxConcurrencySeen, this.inFlight + 1);
    const rejected = this.broken();
    if (rejected !== null) return { rejected, leave: () => {} };
    let inside = true;
    this.inFlight += 1;
    const leave = () => {
      if (inside) this.inFlight -= 1;
      inside = false;
    };
    return { rejected, leave };
  }

  /** Charges a call to rate and quota. Apart from `arrive`, because a journal replays charges without places. */
  charge(at: number): void {
    this.moveTo(at);
    this.recent.push(at);
    this.spentToday += 1;
    this.spentByDay.set(this.day, this.spentToday);
  }

  spent(now: number): { day: string; spent: number; limit: number } {
    this.moveTo(now);
    return { day: this.day, spent: this.spentToday, limit: this.limits.dailyQuota };
  }

  /** Calls charged per day, newest first; a day without a call is not among them. */
  days(): { day: string; spent: number }[] {
    return [...this.spentByDay].map(([day, spent]) => ({ day, spent })).reverse();
  }

  get concurrent(): number {
    return this.inFlight;
  }

  private broken(): BrokenLimit | null {
    if (this.spentToday >= this.limits.dailyQuota) return 'quota';
    if (this.recent.length >= this.limits.ratePerWindow) return 'rate';
    if (this.inFlight >= this.limits.concurrency) return 'concurrency';
    return null;
  }

  private moveTo(at: number): void {
    const horizon = at - this.limits.windowMs;
    const firstInside = this.recent.findIndex((time) => time > horizon);
    if (firstInside !== 0) this.recent = firstInside < 0 ? [] : this.recent.slice(firstInside);
    const day = chicagoDay(at);
    if (day <= this.day) return;
    this.day = day;
    this.spentToday = 0;
  }
}

const chicago = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Chicago', dateStyle: 'short' });

/** The quota resets at midnight, central wall-clock time: `2026-11-22`. */
export function chicagoDay(at: number): string {
  return chicago.format(at);
}
