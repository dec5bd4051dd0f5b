import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../kernel/clock.ts';
import { sha256Hex } from '../../../kernel/hash.ts';
import { isObject } from '../../../kernel/is-object.ts';
import type { Asking } from '../call/asking.ts';
import { CallEnded } from '../call/call-ended.ts';
import { readLeadFields } from '../leads/describe-leads.ts';
import { type LeadField, type LeadFields, leadFieldsOf } from '../leads/lead-fields.ts';
import { standardFields } from '../leads/standard-lead-fields.ts';
import { Copies, type CopiesPorts, type CopyKind } from './copies.ts';

/** An instance's lead fields. `standard`: Marketo refuses to describe them (603), and these are the ones every instance has. */
export interface KnownLeadFields {
  readonly fields: LeadFields;
  readonly standard: boolean;
  /** Epoch ms. */
  readonly at: number;
}

type Described = readonly LeadField[] | 'refused';

/** What is kept, and whose it is: of another instance or another client it is no copy at all. */
interface Kept {
  readonly of: string;
  readonly described: Described;
}

const isLeadField = (value: unknown): value is LeadField =>
  isObject(value) &&
  typeof value['rest'] === 'string' &&
  (value['soap'] === null || typeof value['soap'] === 'string') &&
  typeof value['displayName'] === 'string' &&
  typeof value['dataType'] === 'string' &&
  typeof value['readOnly'] === 'boolean';

const isDescribed = (value: unknown): value is Described =>
  value === 'refused' || (Array.isArray(value) && value.every(isLeadField));

const isKept = (value: unknown): value is Kept =>
  isObject(value) && typeof value['of'] === 'string' && isDescribed(value['described']);

/** Custom names would be wrong in the standard table: while Marketo cannot be asked, a copy of a week is better. */
const leadFieldsKind = (isOurs: (kept: Kept) => boolean): CopyKind<Kept> => ({
  name: 'leadFields',
  ageMs: ({ described }) => (described === 'refused' ? HOUR_MS : DAY_MS),
  staleMs: 7 * DAY_MS,
  isValue: (value): value is Kept => isKept(value) && isOurs(value),
});

/** A name that is not known may be that of a new field. */
export const FRESH_MS = 10 * MINUTE_MS;

const ACCESS_DENIED = 603;

/**
 * Under one key for the whole table, unlike every other copy: a stack serves one instance, and whoever reads this from outside
 * (`mktq check`, `mktq status`) knows neither its endpoint nor its client, which stand in the secret.
 */
const FOR_ALL = 'lead fields';

type Ports = Omit<CopiesPorts, 'scope'>;

export class LeadFieldsCopy {
  readonly #copies: Copies;
  readonly #of: string;
  readonly #kind: CopyKind<Kept>;
  readonly #built = new WeakMap<Kept, LeadFields>();

  /** `scope` names the instance and the client. */
  constructor(ports: Ports, scope: string) {
    this.#copies = new Copies({ ...ports, scope: FOR_ALL });
    this.#of = sha256Hex(scope);
    this.#kind = leadFieldsKind(({ of }) => of === this.#of);
  }

  async get(session: Asking, fresh: boolean): Promise<LeadFields> {
    const want = fresh ? { maxAgeMs: FRESH_MS } : {};
    const ask = async (): Promise<Kept> => ({ of: this.#of, described: await describe(session) });
    const { value } = await this.#copies.get(this.#kind, '', ask, want);
    return value === null ? standardFields() : this.#fieldsOf(value);
  }

  /** Thousands of names are indexed once, not once a job. */
  #fieldsOf(kept: Kept): LeadFields {
    const built = this.#built.get(kept) ?? fieldsOf(kept);
    this.#built.set(kept, built);
    return built;
  }
}

/**
 * The lead fields as a worker of this table has last been told, without a call; null: no copy is there. Rejects with the
 * trouble of the store: whoever asks from outside is to be told.
 */
export async function readKnownLeadFields({
  store,
  clock,
}: Pick<Ports, 'store' | 'clock'>): Promise<KnownLeadFields | null> {
  const onStoreTrouble = (error: unknown): never => {
    throw error;
  };
  const copies = new Copies({ store, clock, onStoreTrouble, scope: FOR_ALL });
  const stored = await copies.stored(
    leadFieldsKind(() => true),
    '',
  );
  if (stored === null) return null;
  const { value, at } = stored;
  return { fields: fieldsOf(value), standard: value.described === 'refused', at };
}

const fieldsOf = ({ described }: Kept): LeadFields =>
  described === 'refused' ? standardFields() : leadFieldsOf(described);

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
