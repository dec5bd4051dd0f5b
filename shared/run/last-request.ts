import type { AccountSignal, Budget, Consequence } from '../budget/port.ts';
import type { Exchange } from '../marketo/transport.ts';

interface Of {
  readonly operation: string;
  readonly jobIds: readonly string[];
}

interface Unreported {
  readonly leaseId: string;
  readonly doneMs?: number;
  readonly exchange: Exchange;
  readonly signal: AccountSignal;
  readonly uncharged?: true;
}

/** The request of a call whose end the budget has not been told of yet; there is never more than one. */
export class LastRequest {
  readonly #of: Of;
  readonly #budget: Budget;
  #unreported: Unreported | null = null;
  #exchange: Exchange | null = null;
  #opened: Consequence | null = null;

  constructor(of: Of, { budget }: { readonly budget: Budget }) {
    this.#of = of;
    this.#budget = budget;
  }

  begin(request: Unreported): void {
    this.#unreported = request;
    this.#exchange = request.exchange;
  }

  note(seen: Partial<Unreported>): void {
    this.#exchange = seen.exchange ?? this.#exchange;
    if (this.#unreported !== null) this.#unreported = { ...this.#unreported, ...seen };
  }

  forget(): void {
    this.#unreported = null;
  }

  exchange(): Exchange | null {
    return this.#exchange;
  }

  /**
   * At once: before the call goes on it may wait for what another call is asking, and that one for this slot. A store that
   * cannot be told now is told before the next request, or at the end.
   */
  async tryReport(): Promise<void> {
    const unreported = this.#unreported;
    await this.report().catch(() => {
      this.#unreported = unreported;
    });
  }

  /** Answers what the requests of the call have brought about so far, if anything. */
  async report(): Promise<Consequence | null> {
    if (this.#unreported === null) return this.#opened;
    const { exchange, ...request } = this.#unreported;
    this.#unreported = null;
    const { sentAt, endedAt } = exchange;
    // What was never sent holds no slot at Marketo and is in no count of it: the permit goes back as if it had not been given.
    const end =
      sentAt === null
        ? ({ replied: true, uncharged: true } as const)
        : { replied: exchange.httpStatus !== null };
    const { operation, jobIds } = this.#of;
    const hold = await this.#budget.report({ ...request, operation, jobIds, sentAt, endedAt, ...end });
    this.#opened = hold ?? this.#opened;
    return this.#opened;
  }
}
