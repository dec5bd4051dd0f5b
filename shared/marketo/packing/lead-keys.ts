import { leadReference } from '../operations/lead-reference.ts';
import { identity } from './identity.ts';

/** A LeadKey of the params. */
export interface KeyOfLead {
  readonly keyType: string;
  readonly keyValue: string;
}

/**
 * Whether a key names leads in the same way alone and among others. A cookie, a Salesforce id or an owner is looked for by each
 * transport in its own way; what is no number or holds a comma is refused over REST, and with it every other key of the call.
 */
export function isSharedKey({ keyType, keyValue }: KeyOfLead): boolean {
  if (keyType === 'IDNUM') return /^\d{1,15}$/.test(keyValue.trim());
  return keyType === 'EMAIL' && keyValue.trim() !== '' && !keyValue.includes(',');
}

/** The one type of keys that may all go with others; null: there are two, none, or one that may not. */
export function sharedKeyTypeOf(keys: readonly KeyOfLead[]): string | null {
  const [first] = keys;
  const areShared = keys.every((key) => isSharedKey(key) && key.keyType === first?.keyType);
  return areShared ? (first?.keyType ?? null) : null;
}

export const keyIdentity = ({ keyType, keyValue }: KeyOfLead): string =>
  identity(keyType, leadReference(keyType, keyValue).value);
