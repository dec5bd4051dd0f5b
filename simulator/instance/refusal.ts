/** Why the instance will not do something, in its own words: each face turns the name into a code of its API. */
export type RefusalName =
  | 'lead-not-found'
  | 'lead-exists'
  | 'several-leads'
  | 'key-missing'
  | 'unknown-field'
  | 'bad-value'
  | 'read-only-field'
  | 'company-field'
  | 'other-partition'
  | 'bad-cookie'
  | 'list-not-found'
  | 'imports-full'
  | 'list-busy'
  | 'import-not-found'
  | 'not-a-member'
  | 'campaign-not-found'
  | 'program-exists'
  | 'program-not-found'
  | 'clones-used-up'
  | 'object-not-found'
  | 'object-exists';

/** A verb throws it before it has changed anything, so that a refusal means nothing ran. */
export class Refusal extends Error {
  readonly refused: RefusalName;

  constructor(refused: RefusalName, message: string) {
    super(message);
    this.refused = refused;
  }
}
