import type { Asking } from '../call/asking.ts';
import type { LeadFields } from '../leads/lead-fields.ts';

/** A static list, campaign or program that a name has led to. */
export interface Named {
  readonly id: number;
  readonly name: string;
  /** The program it stands in; null: it stands outside programs. */
  readonly program: string | null;
}

export interface CampaignNamed extends Named {
  readonly type: 'trigger' | 'batch' | null;
}

export interface ActivityType {
  readonly id: number;
  readonly name: string;
  readonly primaryAttribute: string | null;
  readonly attributes: readonly string[];
}

/** How objects of one type are described: opportunities, roles or a custom object. */
export interface ObjectType {
  /** The api name. */
  readonly name: string;
  readonly displayName: string;
  readonly idField: string;
  readonly dedupeFields: readonly string[];
  readonly searchableFields: readonly (readonly string[])[];
  readonly fields: readonly ObjectField[];
  /** The field that holds the lead's id, by the relationship to Lead; null: there is none. */
  readonly leadField: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
}

export interface ObjectField {
  readonly name: string;
  readonly displayName: string;
  readonly dataType: string;
  readonly length: number | null;
  readonly readOnly: boolean;
}

/**
 * Names to ids, and what the instance is made of: asked for once and kept for an age, here and in the table (docs/rest.md).
 * Lead ids are never kept. Each method throws `CallEnded` with Marketo's own code for what is missing or ambiguous, before
 * anything else is sent, and asks through the session's permits.
 */
export interface Directory {
  /** `fresh`: read again if the copy is older than ten minutes, as somebody names a field it does not have. */
  leadFields(session: Asking, want?: { readonly fresh?: boolean }): Promise<LeadFields>;
  /** By name: exact, else the one match without case; outside programs first; `Program.List` is a list in a program. */
  list(session: Asking, name: string, program?: string): Promise<Named>;
  campaign(session: Asking, name: string, program: string): Promise<CampaignNamed>;
  program(session: Asking, name: string): Promise<Named>;
  activityTypes(session: Asking, want?: { readonly fresh?: boolean }): Promise<readonly ActivityType[]>;
  /** `name` is the SOAP objTypeName, an api or display name. */
  customObject(session: Asking, name: string, want?: { readonly fresh?: boolean }): Promise<ObjectType>;
  opportunity(session: Asking, want?: { readonly fresh?: boolean }): Promise<ObjectType>;
  role(session: Asking, want?: { readonly fresh?: boolean }): Promise<ObjectType>;
  /** Names of campaigns by id, for activities; those that cannot be had are left out, which never fails the call. */
  campaignNames(session: Asking, ids: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** Batches of imports by program and list, seven days. */
  importBatch(program: string, list: string): Promise<ImportBatch | null>;
  keepImportBatch(program: string, list: string, batch: ImportBatch): Promise<void>;
  /**
   * Uses a name's id; if Marketo says that nothing has it (1013) and it came out of a copy, drops the copy, looks up once
   * more and, with another id, uses that. `use` throws what the request ended with.
   */
  using<N extends Named, T>(
    session: Asking,
    find: () => Promise<N>,
    use: (named: N) => Promise<T>,
  ): Promise<T>;
}

/** Of an upload: the batch that Marketo works on. Of a list that was filled without one: its counts. */
export type ImportBatch =
  | { readonly kind: 'batch'; readonly batchId: number }
  | { readonly kind: 'counts'; readonly imported: number; readonly failed: number };
