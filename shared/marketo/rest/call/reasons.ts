import { isObject } from '../../../kernel/is-object.ts';
import { codeOf } from './read-reply.ts';
import { scalarText } from './scalar-text.ts';

/** Why Marketo has skipped a record. `message` is `<code> - <words>`, several joined with `; `; `code` is the first one. */
export interface Reasons {
  readonly code: number | null;
  readonly message: string;
}

/** Marketo keeps them in `reasons`; by its own description in `reason`, and some objects have `errors`. */
const PLACES = ['reasons', 'reason', 'errors'] as const;

/** One of them. */
export interface Reason {
  readonly code: number | null;
  readonly message: string;
}

/** Each of the reasons in a row of a reply. */
export function reasonListOf(row: Readonly<Record<string, unknown>>): readonly Reason[] {
  const place = PLACES.find((name) => Object.hasOwn(row, name));
  const found = place === undefined ? [] : [row[place]].flat();
  return found.filter(isObject).map((reason) => ({
    code: codeOf(reason['code']),
    message: scalarText(reason['message']) || 'no message',
  }));
}

/** The reasons in a row of a reply; a row without any says so. */
export function reasonsOf(row: Readonly<Record<string, unknown>>): Reasons {
  const reasons = reasonListOf(row);
  const [first] = reasons;
  if (first === undefined) return { code: null, message: 'skipped without a reason' };
  const texts = reasons.map(({ code, message }) => (code === null ? message : `${code} - ${message}`));
  return { code: first.code, message: texts.join('; ') };
}
