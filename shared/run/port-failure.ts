import { errorText } from '../kernel/error-text.ts';

/** Our own ledger or budget could not be reached while a call was prepared: not the job's fault, and no fault of Marketo's. */
export class PortFailure extends Error {
  override readonly name = 'PortFailure';
  /** False only if not one request of the call had left: then nothing can have run. */
  readonly sent: boolean;

  constructor(cause: unknown, sent: boolean) {
    super(errorText(cause), { cause });
    this.sent = sent;
  }
}
