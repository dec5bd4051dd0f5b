/** What `mktq enqueue` was asked, as commander reads it. */
export interface EnqueueOptions {
  readonly operation?: string | undefined;
  readonly file?: string | undefined;
  readonly jobs?: string;
  readonly csv?: string;
  readonly key?: string;
  readonly blankClears?: boolean;
  readonly batch?: string;
  readonly id?: string;
  readonly workspace?: string;
  readonly onInDoubt?: string;
  readonly notBefore?: string;
  readonly expiresAt?: string;
  readonly maxAttempts?: string;
  readonly wait?: boolean;
}
