import { FEW } from '../config/limits.ts';
import { unknownFields } from '../deadletter/cause.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { isObject } from '../kernel/is-object.ts';
import type { Failure } from '../marketo/faults/classify.ts';
import type { Fault } from '../marketo/faults/fault.ts';
import { identity } from '../marketo/packing/identity.ts';
import type { Call } from '../marketo/transport.ts';
import type { Passenger } from './passenger.ts';

/** What the fault of a call that several shared means for them. Positions are those of the call. */
export type Verdict =
  /** It is nobody's own: each meets it as if alone. `company` is the most that may share a call next time; null: any number. */
  | { readonly kind: 'everybody'; readonly company: number | null }
  /** Those are alike in what it is about: one of them, alone, is asked for all. The others are innocent of it. */
  | { readonly kind: 'alike'; readonly positions: ReadonlySet<number> }
  /** Somebody among them: it is asked again in halves. */
  | { readonly kind: 'somebody' };

/** Said of the operation, the list or the type, which all calls of a lane have in common. */
const OF_THE_LANE: ReadonlySet<number | null> = new Set([603, 610, 20111, 20113, 1013]);

/** A field of the instance: 20105 over SOAP, 1006 over REST. */
const OF_A_FIELD: ReadonlySet<number> = new Set([20105, 1006]);

/** Whom the fault of a shared call is about. Pure and total. */
export function verdictOn(fault: Fault, failure: Failure, calls: readonly Call[]): Verdict {
  switch (failure.class) {
    case 'quota-exhausted':
    case 'rate-limited':
    case 'concurrency-limited':
    case 'daily-allowance':
    case 'expired-signature':
    case 'credentials':
      return { kind: 'everybody', company: null };
    case 'transient':
      return isOfTheContent(fault)
        ? { kind: 'somebody' }
        : { kind: 'everybody', company: failure.sent ? companyAfter(calls.length) : null };
    case 'in-doubt':
      return { kind: 'everybody', company: companyAfter(calls.length) };
    case 'too-large':
    case 'sync-failed':
    case 'unknown':
    case 'internal':
      return { kind: 'somebody' };
    case 'invalid-request':
    case 'not-found':
    case 'record-failed':
    case 'end-of-stream':
    case 'malformed':
    case 'expired':
    case 'poison':
      return ofContent(failure, calls);
    default:
      return assertNever(failure.class);
  }
}

/** Whether another try of the very same call, by itself, would be answered alike: its trouble is its own. */
export function isOfOneRecord({ class: faultClass }: Failure): boolean {
  switch (faultClass) {
    case 'invalid-request':
    case 'not-found':
    case 'record-failed':
    case 'end-of-stream':
    case 'sync-failed':
    case 'unknown':
      return true;
    case 'quota-exhausted':
    case 'rate-limited':
    case 'concurrency-limited':
    case 'daily-allowance':
    case 'expired-signature':
    case 'credentials':
    case 'transient':
    case 'too-large':
    case 'in-doubt':
    case 'internal':
    case 'malformed':
    case 'expired':
    case 'poison':
      return false;
    default:
      return assertNever(faultClass);
  }
}

/** Marketo may be at its end with one record: so few share the next call, and with each further trouble half as many. */
const companyAfter = (shared: number): number => (shared > FEW ? FEW : Math.max(1, Math.floor(shared / 2)));

/** An answer that cannot be read for what stands in it: one record's, as far as anybody knows. */
const isOfTheContent = (fault: Fault): boolean =>
  fault.kind === 'unreadable' && (fault.what === 'malformed' || fault.what === 'foreign');

function ofContent(failure: Failure, calls: readonly Call[]): Verdict {
  if (OF_THE_LANE.has(failure.code)) return { kind: 'alike', positions: new Set(calls.keys()) };
  const fields = fieldsIn(failure);
  const carriers = [...calls.entries()].filter(([, call]) => fields.some((field) => carries(call, field)));
  if (carriers.length === 0) return { kind: 'somebody' };
  return { kind: 'alike', positions: new Set(carriers.map(([position]) => position)) };
}

/** The fields that a fault says the instance does not have; none if it is about something else. */
export const fieldsIn = ({ code, message }: Pick<Failure, 'code' | 'message'>): readonly string[] =>
  code !== null && OF_A_FIELD.has(code) ? unknownFields(message, code).map(plain) : [];

/**
 * Whether what one call alone met is what another of those alike would meet: it is about the lane, or about fields that the
 * other has as well.
 */
export const isAlsoOf = (fault: Fault, failure: Failure, call: Call): boolean => {
  if (fault.kind === 'record') return false;
  if (OF_THE_LANE.has(failure.code)) return true;
  const fields = fieldsIn(failure);
  return fields.length > 0 && fields.every((field) => carries(call, field));
};

/** Whether a fault holds a value of the very call that met it: then it says nothing of any other. */
export const namesOneOf = ({ message }: Fault, { freight }: Passenger): boolean => {
  const text = identity('', message);
  return (freight?.values ?? []).some((value) => text.includes(value.slice(value.indexOf(':') + 1)));
};

const carries = ({ params }: Call, field: string): boolean => namesIn(params).has(field);

/** What the params call fields: `attrName` of a lead or an object, `name` of an object's attribute. */
function namesIn(params: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const open: unknown[] = [params];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) open.push(...value);
    if (!isObject(value)) continue;
    for (const [name, child] of Object.entries(value)) {
      if ((name === 'attrName' || name === 'name') && typeof child === 'string') names.add(plain(child));
      else open.push(child);
    }
  }
  return names;
}

/** Names of fields have no case for Marketo. */
const plain = (name: string): string => name.trim().toLowerCase();
