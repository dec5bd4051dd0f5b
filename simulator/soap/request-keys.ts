import { createHash } from 'node:crypto';
import { foreignKey } from '../instance/lead-key.ts';
import type { LeadMention } from '../witness.ts';
import { child, items, text } from './params.ts';
import type { Element } from './xml.ts';

/** Same operation, same params, same fingerprint, whatever the signature or the prefixes. */
export function fingerprintOf(operation: string, params: Element): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, params]))
    .digest('hex')
    .slice(0, 16);
}

/** Every lead that a call names, in order: leadRecords, leadKeys, and the keys of a LeadKeySelector. Never throws. */
export function leadsNamedIn(params: Element): LeadMention[] {
  if (params.name === 'leadRecord') return mention(recordKey(params), attributesOf(params));
  if (params.name === 'leadKey')
    return mention(pairKey(text(params, 'keyType'), text(params, 'keyValue')), {});
  if (params.type === 'LeadKeySelector') return selectorKeys(params);
  return params.children.flatMap(leadsNamedIn);
}

function mention(key: string | null, attributes: Readonly<Record<string, string>>): LeadMention[] {
  return key === null ? [] : [{ key, attributes }];
}

function selectorKeys(selector: Element): LeadMention[] {
  const type = text(selector, 'keyType');
  return items(selector, 'keyValues', 'stringItem').flatMap((value) =>
    mention(pairKey(type, value.text), {}),
  );
}

function recordKey(record: Element): string | null {
  const personId = filled(text(record, 'ForeignSysPersonId'));
  if (child(record, 'Id') !== null) return pairKey('IDNUM', text(record, 'Id'));
  if (personId !== null) return foreignKey(filled(text(record, 'ForeignSysType')) ?? 'CUSTOM', personId);
  return pairKey('EMAIL', text(record, 'Email') ?? attributesOf(record)['Email'] ?? null);
}

function pairKey(type: string | null, value: string | null): string | null {
  const written = filled(value);
  if (type === null || written === null) return null;
  return `${type}:${type === 'EMAIL' ? written.toLowerCase() : written}`;
}

function filled(value: string | null): string | null {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

function attributesOf(record: Element): Record<string, string> {
  const pairs = items(record, 'leadAttributeList', 'attribute');
  return Object.fromEntries(
    pairs.map((pair) => [text(pair, 'attrName') ?? '', text(pair, 'attrValue') ?? '']),
  );
}
