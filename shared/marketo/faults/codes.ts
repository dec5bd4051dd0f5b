import type { FaultClass, TransportName } from './fault.ts';

type Codes = Readonly<Partial<Record<FaultClass, readonly number[]>>>;

/**
 * What Marketo's SOAP codes mean for a job (design section 6). The numbers are those of Adobe's table of SOAP errors
 * (facts 2.5), with 20018 from Marketo's own sample client. Any other number is `unknown`.
 */
const SOAP_BY_CLASS = {
  'quota-exhausted': [20015],
  'rate-limited': [20023],
  'concurrency-limited': [20024],
  'expired-signature': [20016],
  // The two "Internal Error" rows: Adobe says nothing about them but that the service failed.
  transient: [10001, 20011],
  // "Retry once and handle error if retry fails", says Marketo's sample client.
  'sync-failed': [20106],
  credentials: [20013, 20014],
  'invalid-request': [
    20012, 20017, 20018, 20019, 20022, 20101, 20102, 20104, 20105, 20107, 20109, 20110, 20114, 20122,
  ],
  'not-found': [20103, 20108, 20111, 20113],
  'end-of-stream': [20123],
} as const satisfies Codes;

/**
 * The REST API's codes, from its own table of errors (facts, marketo-rest). 601 and 602 are tokens, the kin of an aged
 * signature; 603 belongs to the operation alone, until five in a row show that it is the account's.
 */
const REST_BY_CLASS = {
  'quota-exhausted': [607],
  'rate-limited': [606],
  'concurrency-limited': [615],
  'expired-signature': [601, 602],
  transient: [500, 502, 604, 608, 611, 614, 713, 719, 1016, 1019, 1022, 1029],
  'invalid-request': [
    603, 605, 609, 610, 612, 613, 616, 701, 703, 704, 709, 710, 711, 712, 714, 718, 1001, 1002, 1003, 1005,
    1006, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 1015, 1017, 1018, 1020, 1021, 1025, 1026, 1027, 1028,
    1035, 1036, 1037, 1042, 1048, 1049, 1076, 1077, 1078, 1079, 1080,
  ],
  'not-found': [702, 1004, 1013],
} as const satisfies Codes;

export const SOAP_CODES: Readonly<Record<number, FaultClass>> = byCode(SOAP_BY_CLASS);
export const REST_CODES: Readonly<Record<number, FaultClass>> = byCode(REST_BY_CLASS);

const CODES: Readonly<Record<TransportName, Readonly<Record<number, FaultClass>>>> = {
  soap: SOAP_CODES,
  rest: REST_CODES,
};

/**
 * Refused before the operation began: who asks, how often, with what signature or token (design section 6, "In doubt").
 * Only these prove that nothing ran, together with every fault about the request itself.
 */
const REFUSED_AT_THE_DOOR: Readonly<Record<TransportName, ReadonlySet<number>>> = {
  soap: new Set([20013, 20014, 20015, 20016, 20023, 20024]),
  rest: new Set([601, 602, 603, 606, 607, 615]),
};

/** `unknown` for a number that no table has, and for a fault without one. */
export function classOf(transport: TransportName, code: number | null): FaultClass {
  const codes = CODES[transport];
  return code !== null && Object.hasOwn(codes, code) ? (codes[code] ?? 'unknown') : 'unknown';
}

/** Whether an answer with this code proves that the operation was not carried out, not even in part. */
export function provesNothingRan(transport: TransportName, code: number | null): boolean {
  if (code === null) return false;
  const faultClass = classOf(transport, code);
  return (
    REFUSED_AT_THE_DOOR[transport].has(code) || faultClass === 'invalid-request' || faultClass === 'not-found'
  );
}

function byCode(codes: Codes): Readonly<Record<number, FaultClass>> {
  const entries = Object.entries(codes).flatMap(([name, numbers]) => numbers.map((number) => [number, name]));
  return Object.fromEntries(entries);
}
