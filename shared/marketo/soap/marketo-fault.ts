import { isObject } from '../../kernel/json-object.ts';
import type { Fault } from '../faults/fault.ts';

/**
 * Reads Marketo's fault (facts 2.1): the code from detail/serviceException/code, else the number that leads the
 * faultstring, else `(NNNNN)` in the message; fewer digits there are a web server's status. `faultcode` is not looked at: every captured fault says Client.
 */
export function marketoFault(fault: unknown, httpStatus: number): Fault & { kind: 'marketo' } {
  const exception = child(child(fault, 'detail'), 'serviceException');
  const faultstring = textOf(child(fault, 'faultstring'));
  const message = textOf(child(exception, 'message'));
  const code =
    number(/^\d+$/.exec(textOf(child(exception, 'code')))?.[0]) ??
    number(/^(\d{5,})\b/.exec(faultstring)?.[1]) ??
    lastInBrackets(message) ??
    lastInBrackets(faultstring);
  return {
    kind: 'marketo',
    code,
    message: message || faultstring || NO_WORDS,
    httpStatus,
  };
}

const NO_WORDS = 'a fault without a message';

const number = (digits: string | undefined): number | null => {
  const value = Number(digits);
  return digits !== undefined && Number.isSafeInteger(value) ? value : null;
};

/** The last one: before it stand values of leads, which may hold brackets of their own. */
const lastInBrackets = (text: string): number | null =>
  number([...text.matchAll(/\((\d{5})\)/g)].at(-1)?.[1]);

function child(parent: unknown, name: string): unknown {
  const one = Array.isArray(parent) ? parent[0] : parent;
  return isObject(one) && Object.hasOwn(one, name) ? one[name] : undefined;
}

function textOf(value: unknown): string {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  const text = child(one, '$value') ?? one;
  return typeof text === 'string' || typeof text === 'number' ? String(text).trim() : '';
}
