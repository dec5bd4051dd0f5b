import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../kernel/clock.ts';
import { isObject } from '../../../kernel/is-object.ts';
import type { Asking } from '../call/asking.ts';
import { CallEnded } from '../call/call-ended.ts';
import { readLeadFields } from '../leads/describe-leads.ts';
import { type LeadField, type LeadFields, leadFieldsOf } from '../leads/lead-fields.ts';
import { STANDARD_LEAD_FIELDS } from '../leads/standard-lead-fields.ts';
import type { Copies, CopyKind } from './copies.ts';

/** An instance's lead fields. `standard`: Marketo refuses to describe them (603), and these are the ones every instance has. */
export interface KnownLeadFields {
  readonly fields: LeadFields;
  readonly standard: boolean;
  /** Epoch ms. */
  readonly at: number;
}

type Described = readonly LeadField[] | 'refused';

const isLeadField = (value: unknown): value is LeadField =>
  isObject(value) &&
  typeof value['rest'] === 'string' &&
  (value['soap'] === null || typeof value['soap'] === 'string') &&
  typeof value['displayName'] === 'string' &&
  typeof value['dataType'] === 'string' &&
  typeof value['readOnly'] === 'boolean';

/** Custom names would be wrong in the standard table: while Marketo cannot be asked, a copy of a week is better. */
const LEAD_FIELDS: CopyKind<Described> = {
  name: 'leadFields',
  ageMs: (described) => (described === 'refused' ? HOUR_MS : DAY_MS),
  staleMs: 7 * DAY_MS,
  isValue: (value) => value === 'refused' || (Array.isArray(value) && value.every(isLeadField)),
};

/** A name that is not known may be that of a new field. */
export const FRESH_MS = 10 * MINUTE_MS;

const ACCESS_DENIED = 603;

export class LeadFieldsCopy {
  readonly #copies: Copies;
  readonly #standard = leadFieldsOf(STANDARD_LEAD_FIELDS);
  readonly #built = new WeakMap<readonly LeadField[], LeadFields>();

  constructor(copies: Copies) {
    this.#copies = copies;
  }

  async get(session: Asking, fresh: boolean): Promise<LeadFields> {
    const want = fresh ? { maxAgeMs: FRESH_MS } : {};
    const { value } = await this.#copies.get(LEAD_FIELDS, '', () => describe(session), want);
    return this.#fieldsOf(value ?? 'refused');
  }

  /** What is known without a call. */
  async known(): Promise<KnownLeadFields | null> {
    const stored = await this.#copies.stored(LEAD_FIELDS, '');
    if (stored === null) return null;
    return { fields: this.#fieldsOf(stored.value), standard: stored.value === 'refused', at: stored.at };
  }

  /** Thousands of names are indexed once, not once a job. */
  #fieldsOf(described: Described): LeadFields {
    if (described === 'refused') return this.#standard;
    const built = this.#built.get(described) ?? leadFieldsOf(described);
    this.#built.set(described, built);
    return built;
  }
}

async function describe(session: Asking): Promise<Described> {
  try {
    const { result } = await session.ask({
      endpoint: 'describeLeads',
      step: 'look-up, fields of leads',
      isReply: (reply) => (readLeadFields(reply.result) === null ? 'it describes no field of a lead' : null),
    });
    return readLeadFields(result) ?? 'refused';
  } catch (error) {
    if (error instanceof CallEnded && error.fault.kind === 'marketo' && error.fault.code === ACCESS_DENIED)
      return 'refused';
    throw error;
  }
}
