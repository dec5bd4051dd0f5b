/** Our own ledger or budget could not be reached while a call was prepared: not the job's fault, and no fault of Marketo's. */
export class PortFailure extends Error {
  override readonly name = 'PortFailure';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
