import { refusal } from '../call/findings.ts';
import type { Finding } from '../call/mapping.ts';

/** What the operations on campaigns have in common in their params. */

/** Adobe's figure for one request. */
const MOST_TOKENS = 100;

interface TokenList {
  readonly attrib: readonly { readonly name: string; readonly value: string }[];
}

/** Undefined where there are none: an empty list is not sent. */
export const tokensOf = (list: TokenList | undefined) =>
  list === undefined || list.attrib.length === 0
    ? undefined
    : list.attrib.map(({ name, value }) => ({ name, value }));

export function tokenFindings(list: TokenList | undefined): readonly Finding[] {
  const count = list?.attrib.length ?? 0;
  if (count <= MOST_TOKENS) return [];
  return [refusal(`programTokenList has ${count} tokens, and REST takes ${MOST_TOKENS} in a request`)];
}

/** SALES are campaigns that a sales person may send to, which REST does not list, nor request for one. */
export const sourceFindings = (source: 'MKTOWS' | 'SALES'): readonly Finding[] =>
  source === 'SALES' ? [refusal('REST knows no campaigns of the source SALES; use MKTOWS')] : [];
