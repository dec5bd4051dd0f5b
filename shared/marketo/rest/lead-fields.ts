/** A field of a lead in both APIs. */
export interface LeadField {
  readonly rest: string;
  /** Null: SOAP never had it. */
  readonly soap: string | null;
  readonly displayName: string;
  /** Marketo's word: string, email, integer, boolean, datetime, … */
  readonly dataType: string;
  /** Marketo refuses to set it through a lead. */
  readonly readOnly: boolean;
}

/** The fields of an instance, or Adobe's standard ones. */
export interface LeadFields {
  /** Every field there is, in Marketo's order. */
  readonly all: readonly LeadField[];
  /** By SOAP name, then display name, then REST name; exact, then without case where that is unambiguous. Null: unknown. */
  bySoapName(name: string): LeadField | null;
  byRestName(name: string): LeadField | null;
  /** Names of fields that look like this one, best first; at most three. */
  nearest(name: string): readonly string[];
}
