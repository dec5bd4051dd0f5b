/**
 * One spelling for all that Marketo may take for one value. Its own comparison is documented nowhere but for e-mail addresses,
 * which have no case (docs/marketo-facts.md): what might be equal counts as equal, and merely travels in another call.
 */
export const identity = (kind: string, value: string): string =>
  `${kind}:${value.normalize('NFKD').replace(/\p{M}/gu, '').trim().toLowerCase()}`;

/** Of records as they stand in params: no mapping of them is longer. */
export const bytesOf = (records: unknown): number => Buffer.byteLength(JSON.stringify(records));
