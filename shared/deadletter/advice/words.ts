/** What a fault means and what to do about it. */
export interface Advice {
  readonly meaning: string;
  readonly action: string;
}

export const advised = (meaning: string, action: string): Advice => ({ meaning, action });

export const REDRIVE = 'then redrive';
export const WAIT_AND_REDRIVE = 'Nothing is wrong with the job: redrive it once Marketo answers again.';
export const FIX_AND_EDIT =
  'Correct the job with --edit, then redrive; correct the sync job that made it, too.';
export const OUR_BUG =
  'The transport built a request Marketo cannot read. Look at the request of this letter and report it; a redrive of the same version fails the same way.';
