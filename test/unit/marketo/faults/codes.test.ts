import { describe, expect, test } from 'vitest';
import { CODES, classOf, provesNothingRan } from '../../../../shared/marketo/faults/codes.ts';

/** The table of the README, written out once more: a code that moves or goes missing is found here. */
const SOAP_TABLE = {
  10001: 'transient',
  20011: 'transient',
  20012: 'invalid-request',
  20013: 'credentials',
  20014: 'credentials',
  20015: 'quota-exhausted',
  20016: 'expired-signature',
  20017: 'invalid-request',
  20018: 'invalid-request',
  20019: 'invalid-request',
  20022: 'invalid-request',
  20023: 'rate-limited',
  20024: 'concurrency-limited',
  20101: 'invalid-request',
  20102: 'invalid-request',
  20103: 'not-found',
  20104: 'invalid-request',
  20105: 'invalid-request',
  20106: 'sync-failed',
  20107: 'invalid-request',
  20108: 'not-found',
  20109: 'invalid-request',
  20110: 'invalid-request',
  20111: 'not-found',
  20113: 'not-found',
  20114: 'invalid-request',
  20122: 'invalid-request',
  20123: 'end-of-stream',
};

const REST_TABLE = {
  500: 'transient',
  502: 'transient',
  601: 'expired-signature',
  602: 'expired-signature',
  603: 'invalid-request',
  604: 'transient',
  605: 'invalid-request',
  606: 'rate-limited',
  607: 'quota-exhausted',
  608: 'transient',
  609: 'invalid-request',
  610: 'invalid-request',
  611: 'transient',
  612: 'invalid-request',
  613: 'invalid-request',
  614: 'transient',
  615: 'concurrency-limited',
  616: 'invalid-request',
  701: 'invalid-request',
  702: 'not-found',
  703: 'invalid-request',
  704: 'invalid-request',
  709: 'invalid-request',
  710: 'invalid-request',
  711: 'invalid-request',
  712: 'invalid-request',
  713: 'transient',
  714: 'invalid-request',
  718: 'invalid-request',
  719: 'transient',
  1001: 'invalid-request',
  1002: 'invalid-request',
  1003: 'invalid-request',
  1004: 'not-found',
  1005: 'invalid-request',
  1006: 'invalid-request',
  1007: 'invalid-request',
  1008: 'invalid-request',
  1009: 'invalid-request',
  1010: 'invalid-request',
  1011: 'invalid-request',
  1012: 'invalid-request',
  1013: 'not-found',
  1014: 'invalid-request',
  1015: 'invalid-request',
  1016: 'transient',
  1017: 'invalid-request',
  1018: 'invalid-request',
  1019: 'transient',
  1020: 'daily-allowance',
  1021: 'invalid-request',
  1022: 'transient',
  1025: 'invalid-request',
  1026: 'invalid-request',
  1027: 'invalid-request',
  1028: 'invalid-request',
  1029: 'transient',
  1035: 'invalid-request',
  1036: 'invalid-request',
  1037: 'invalid-request',
  1042: 'invalid-request',
  1048: 'invalid-request',
  1049: 'invalid-request',
  1076: 'invalid-request',
  1077: 'invalid-request',
  1078: 'invalid-request',
  1079: 'invalid-request',
  1080: 'invalid-request',
};

const SOAP_PROOFS = [
  20012, 20013, 20014, 20015, 20016, 20017, 20018, 20019, 20022, 20023, 20024, 20101, 20102, 20103, 20104,
  20105, 20107, 20108, 20109, 20110, 20111, 20113, 20114, 20122,
];

const REST_REFUSALS = [601, 602, 603, 606, 607, 608, 614, 615, 1016, 1019, 1020, 1022, 1029];

/** Over SOAP every code has five digits, over REST none has. */
const codesOf = (transport: 'soap' | 'rest') =>
  Object.fromEntries(
    Object.entries(CODES).filter(([code]) => (code.length === 5) === (transport === 'soap')),
  );

describe('the table of fault codes', () => {
  test('gives every SOAP code the class that is written out here', () => {
    expect(codesOf('soap')).toEqual(SOAP_TABLE);
  });

  test('gives every REST code the class that is written out here', () => {
    expect(codesOf('rest')).toEqual(REST_TABLE);
  });

  test('takes a number that it does not have for unknown, and a fault without one too', () => {
    for (const code of [20020, 20112, 99999, 0, -1, 1.5, Number.NaN]) expect(classOf(code)).toBe('unknown');
    expect(classOf(null)).toBe('unknown');
  });

  test('keeps the two transports apart', () => {
    for (const code of Object.keys(CODES)) expect([3, 4, 5]).toContain(code.length);
    expect(Object.keys(CODES)).toHaveLength(Object.keys(SOAP_TABLE).length + Object.keys(REST_TABLE).length);
  });
});

describe('proof that nothing ran', () => {
  test('is given by exactly these SOAP codes', () => {
    const proofs = Object.keys(SOAP_TABLE)
      .map(Number)
      .filter((code) => provesNothingRan(code));
    expect(proofs).toEqual(SOAP_PROOFS);
  });

  test('is given by refused tokens and limits, invalid requests and what was not found over REST', () => {
    const rest = Object.entries(REST_TABLE);
    const wanted = rest.filter(
      ([code, name]) =>
        REST_REFUSALS.includes(Number(code)) || ['invalid-request', 'not-found'].includes(name),
    );
    const proofs = rest.filter(([code]) => provesNothingRan(Number(code)));
    expect(proofs).toEqual(wanted);
  });

  test('is not given by an internal error, a failed sync, an unknown number or none', () => {
    for (const code of [10001, 20011, 20106, 20123, 20999, null]) expect(provesNothingRan(code)).toBe(false);
    for (const code of [500, 604, 611, 9999, null]) expect(provesNothingRan(code)).toBe(false);
  });
});
