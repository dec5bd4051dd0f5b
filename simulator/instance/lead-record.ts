import type { LeadField } from './lead-fields.ts';

/** A lead as a caller sends it: the keys and the attributes to set; null clears one. */
export interface LeadRecord {
  readonly id: number | null;
  readonly email: string | null;
  readonly foreign: { readonly type: string; readonly personId: string } | null;
  readonly cookie: string | null;
  /** Where a new lead is made; the first partition, unless told. */
  readonly partition?: string;
  readonly attributes: ReadonlyMap<string, string | null>;
}

/** What a write finds its lead by. */
export interface Lookup {
  readonly field: LeadField | 'id';
  /** What the record holds in that field. */
  readonly value: string;
}
