import { MOST_BODY_BYTES } from '../call/request.ts';
import type { LeadWrite, PlannedLead } from './lead-write.ts';

/** A planned record with its place among the records of the params. */
export interface Placed {
  readonly position: number;
  readonly plan: PlannedLead;
}

/** The records of one request: one action, one lookup field, and no key twice. */
export interface LeadBatch extends LeadWrite {
  readonly leads: readonly Placed[];
}

/**
 * The requests that the records take, in order: updates by Id, then by other keys, then what makes leads anew, so that what
 * may be repeated comes first. A record whose key another has goes into a later request: two writes of a key in one have no order.
 */
export const batchesOf = (leads: readonly Placed[]): readonly LeadBatch[] =>
  [...Map.groupBy(leads, ({ plan }) => `${plan.action} ${plan.lookupField}`).values()]
    .flatMap(wavesOf)
    .sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action))
    .flatMap(fitting);

const ORDER: readonly LeadWrite['action'][] = [
  'updateOnly',
  'createOrUpdate',
  'createOnly',
  'createDuplicate',
];

/** Of records of one kind, one batch for each time that a key comes again. */
function wavesOf(leads: readonly Placed[]): readonly LeadBatch[] {
  const seen = new Map<string, number>();
  const numbered = leads.map((lead) => {
    const { key } = lead.plan;
    const wave = key === '' ? 0 : (seen.get(key) ?? 0);
    seen.set(key, wave + 1);
    return { lead, wave };
  });
  return [...Map.groupBy(numbered, ({ wave }) => wave).values()].flatMap((wave) => {
    const placed = wave.map(({ lead }) => lead);
    const [first] = placed;
    if (first === undefined) return [];
    const { action, lookupField } = first.plan;
    return [{ action, lookupField, leads: placed }];
  });
}

/** The names around the records take less. */
const ROOM_BYTES = 1_000;

/** Halves until each is a body that Marketo takes; a record that is too large alone stays as it is. */
function fitting(batch: LeadBatch): readonly LeadBatch[] {
  const bytes = Buffer.byteLength(JSON.stringify(batch.leads.map(({ plan }) => plan.values)));
  return bytes + ROOM_BYTES <= MOST_BODY_BYTES || batch.leads.length === 1
    ? [batch]
    : halvesOf(batch).flatMap(fitting);
}

export function halvesOf(batch: LeadBatch): readonly LeadBatch[] {
  const middle = Math.ceil(batch.leads.length / 2);
  return [batch.leads.slice(0, middle), batch.leads.slice(middle)].map((leads) => ({ ...batch, leads }));
}
