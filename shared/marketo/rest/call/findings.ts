import type { Finding } from './mapping.ts';

/** What the checks of mappings have in common: a finding in a word. */

export const refusal = (message: string, code = 1003): Finding => ({ kind: 'refused', code, message });

export const unlike = (message: string, code = 1003): Finding => ({ kind: 'unlike', code, message });

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
