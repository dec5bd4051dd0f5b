import { nearestFew } from '../../../config/spelling.ts';

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

const MOST_NEAREST = 3;

/** Names in the order in which they are looked at: a SOAP job says SOAP names, some integrations say what the page shows. */
const SPELLINGS: readonly ((field: LeadField) => string | null)[] = [
  ({ soap }) => soap,
  ({ displayName }) => displayName,
  ({ rest }) => rest,
];

export function leadFieldsOf(all: readonly LeadField[]): LeadFields {
  const exact = SPELLINGS.map((spelling) => unambiguous(all, spelling));
  const caseless = SPELLINGS.map((spelling) => unambiguous(all, (field) => lower(spelling(field))));
  const byRest = new Map(all.map((field) => [field.rest, field]));
  return {
    all,
    bySoapName: (name) => first(exact, name) ?? first(caseless, name.toLowerCase()),
    byRestName: (name) => byRest.get(name) ?? null,
    nearest: (name) => nearestOf(all, name),
  };
}

type Names = ReadonlyMap<string, LeadField>;

/** Names that one field alone has. */
function unambiguous(all: readonly LeadField[], nameOf: (field: LeadField) => string | null): Names {
  const groups = Map.groupBy(all, nameOf);
  const names = new Map<string, LeadField>();
  for (const [name, [field, ...others]] of groups)
    if (name !== null && field !== undefined && others.length === 0) names.set(name, field);
  return names;
}

function first(names: readonly Names[], name: string): LeadField | null {
  for (const one of names) {
    const field = one.get(name);
    if (field !== undefined) return field;
  }
  return null;
}

const lower = (name: string | null): string | null => name?.toLowerCase() ?? null;

/** The names a job would write, of the fields of which any name looks like this one. */
function nearestOf(all: readonly LeadField[], name: string): readonly string[] {
  const fieldOf = new Map<string, LeadField>();
  for (const field of all)
    for (const spelling of SPELLINGS) {
      const known = spelling(field);
      if (known !== null && !fieldOf.has(known)) fieldOf.set(known, field);
    }
  const near = nearestFew(name, [...fieldOf.keys()], MOST_NEAREST * SPELLINGS.length);
  const names = near.map((known) => fieldOf.get(known)).map((field) => field?.soap ?? field?.rest ?? '');
  return [...new Set(names)].slice(0, MOST_NEAREST);
}
