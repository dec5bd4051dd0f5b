import type { Finding } from './mapping.ts';

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

/** Names that are looked up: REST reads one with a comma as two names. */
export function nameFindings(names: Readonly<Record<string, string | undefined>>): readonly Finding[] {
  return Object.entries(names).flatMap(([param, name]) => {
    if (name === undefined) return [];
    if (name.trim() === '') return [refusal(`${param} is empty`)];
    return name.includes(',')
      ? [refusal(`${param} has a comma, and REST reads that as two names; rename it in Marketo`)]
      : [];
  });
}

export const refusal = (message: string, code = 1003): Finding => ({ kind: 'refused', code, message });

export const unlike = (message: string): Finding => ({ kind: 'unlike', code: 1003, message });

/** SALES are campaigns that a sales person may send to, which REST does not list, nor request for one. */
export const sourceFindings = (source: 'MKTOWS' | 'SALES'): readonly Finding[] =>
  source === 'SALES' ? [refusal('REST knows no campaigns of the source SALES; use MKTOWS')] : [];
