import type { FaultClass } from './fault.ts';

type Codes = Readonly<Partial<Record<FaultClass, readonly number[]>>>;

/**
 * What Marketo's codes mean for a job (docs/marketo-facts.md 2 and 3); any other number is `unknown`. SOAP's have five
 * digits and REST's at most four, so a fault needs no word on how it came.
 */
const BY_CLASS = {
  'quota-exhausted': [20015, 607],
  'rate-limited': [20023, 606],
  'concurrency-limited': [20024, 615],
  // 601 and 602 are tokens, the kin of an aged signature.
  'expired-signature': [20016, 601, 602],
  // 10001 and 20011 are "Internal Error": Adobe says nothing about them but that the service failed.
  transient: [10001, 20011, 500, 502, 604, 608, 611, 614, 713, 719, 1016, 1019, 1022, 1029],
  // Of one operation, not of the account: clones of a day (1020). An extract's megabytes are 1029 with "quota" in its words.
  'daily-allowance': [1020],
  // "Retry once and handle error if retry fails", says Marketo's sample client.
  'sync-failed': [20106],
  credentials: [20013, 20014],
  // 603 belongs to the operation alone, until five in a row show that it is the account's.
  'invalid-request': [
    20012, 20017, 20018, 20019, 20022, 20101, 20102, 20104, 20105, 20107, 20109, 20110, 20114, 20122, 603,
    605, 609, 610, 612, 613, 616, 701, 703, 704, 709, 710, 711, 712, 714, 718, 1001, 1002, 1003, 1005, 1006,
    1007, 1008, 1009, 1010, 1011, 1012, 1014, 1015, 1017, 1018, 1021, 1025, 1026, 1027, 1028, 1035, 1036,
    1037, 1042, 1048, 1049, 1076, 1077, 1078, 1079, 1080,
  ],
  'not-found': [20103, 20108, 20111, 20113, 702, 1004, 1013],
  'end-of-stream': [20123],
} as const satisfies Codes;

/** Every code of the table with its class. */
export const CODES: Readonly<Record<number, FaultClass>> = byCode(BY_CLASS);

/**
 * Refused before the operation began: who asks, how often, how much, with what signature or token. Only these prove that
 * nothing ran, together with every fault about the request itself.
 */
const REFUSED_BEFORE_IT_RAN: ReadonlySet<number> = new Set([
  20013, 20014, 20015, 20016, 20023, 20024, 601, 602, 603, 606, 607, 608, 614, 615, 1016, 1019, 1020, 1022,
  1029,
]);

/** Marketo charges these to neither quota nor rate (docs/marketo-facts.md 3.4). */
const UNCHARGED: ReadonlySet<number> = new Set([601, 602, 604, 605, 608, 611]);

export const isUncharged = (code: number | null): boolean => code !== null && UNCHARGED.has(code);

/** `unknown` for a number that the table does not have, and for a fault without one. */
export function classOf(code: number | null): FaultClass {
  return code !== null && Object.hasOwn(CODES, code) ? (CODES[code] ?? 'unknown') : 'unknown';
}

/** Whether an answer with this code proves that the operation was not carried out, not even in part. */
export function provesNothingRan(code: number | null): boolean {
  if (code === null) return false;
  const faultClass = classOf(code);
  return REFUSED_BEFORE_IT_RAN.has(code) || faultClass === 'invalid-request' || faultClass === 'not-found';
}

function byCode(codes: Codes): Readonly<Record<number, FaultClass>> {
  const entries = Object.entries(codes).flatMap(([name, numbers]) => numbers.map((number) => [number, name]));
  return Object.fromEntries(entries);
}
