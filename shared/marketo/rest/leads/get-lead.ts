import { type CallEnded, refused } from '../call/call-ended.ts';
import { done, type Mapping } from '../call/mapping.ts';
import { toLeadRecord } from './lead-attributes.ts';
import type { LeadField, LeadFields } from './lead-fields.ts';
import { findLeads, keyFindings } from './lead-keys.ts';

const LEAD_NOT_FOUND = 1004;

/** Every lead that has the key, the oldest first, with every field that SOAP has a name for. */
export const getLead: Mapping<'getLead'> = {
  check: ({ leadKey }) => keyFindings([{ type: leadKey.keyType, value: leadKey.keyValue }]),
  run: async ({ leadKey: { keyType, keyValue } }, session) => {
    const shown = soapFields(await session.directory.leadFields(session));
    const names = ['email', ...shown.map(({ rest }) => rest)];
    const found = (await findLeads(session, [{ type: keyType, value: keyValue }], names)).flat();
    if (found.length === 0) throw leadNotFound(keyType);
    const leadRecord = [...found].sort((a, b) => a.id - b.id).map((lead) => toLeadRecord(lead, shown));
    return done({ result: { count: found.length, leadRecordList: { leadRecord } } });
  },
};

/** Nobody has the key. */
export const leadNotFound = (keyType: string): CallEnded =>
  refused(LEAD_NOT_FOUND, `no lead has this ${keyType}`);

/** Fields that SOAP never had are in no answer of it. */
export const soapFields = ({ all }: LeadFields): readonly LeadField[] =>
  all.filter(({ soap }) => soap !== null);
