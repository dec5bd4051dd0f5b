import type { Finding } from './mapping.ts';

/** What the checks of lists and campaigns have in common. */

export const refusal = (message: string, code = 1003): Finding => ({ kind: 'refused', code, message });

export const unlike = (message: string): Finding => ({ kind: 'unlike', code: 1003, message });

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
