import type { Refusal, RefusalName } from '../instance/refusal.ts';

/** The faultstring per code: the captured one where there is a capture, else the official table (docs/marketo-facts.md). */
const FAULT_STRINGS: Readonly<Record<number, string>> = {
  10001: 'Internal Error',
  20011: 'Internal Error',
  20012: 'Request Not Understood',
  20013: 'Access Denied',
  20014: 'Authentication failed',
  20015: 'Request Limit Exceeded',
  20016: 'Request Expired',
  20017: 'Invalid Request',
  20018: 'Bad Encoding',
  20019: 'Unsupported Operation',
  20022: 'Time range specified in query filter exceeded limit',
  20023: 'Rate Limit Exceeded',
  20024: 'Concurrency Limit Exceeded',
  20101: 'Lead Key Required',
  20102: 'Lead Key Bad',
  20103: 'Lead not found',
  20104: 'Lead Detail Required',
  20105: 'Unknown lead field',
  20106: 'Lead Sync Failed',
  20107: 'Activity Key Bad',
  20108: 'Lead Owner Not Found',
  20109: 'Parameter Required',
  20110: 'Input error',
  20111: 'List Not Found',
  20113: 'Campaign Not Found',
  20114: 'Bad Parameter',
  20122: 'Bad Stream Position',
  20123: 'Stream at End',
};

export function faultString(code: number): string {
  return FAULT_STRINGS[code] ?? 'Unknown Error';
}

/** A fault of the service. An operation throws it before it has changed anything, so that a fault means nothing ran. */
export class ServiceFault extends Error {
  readonly code: number;

  constructor(code: number, message = faultString(code)) {
    super(message);
    this.code = code;
  }
}

/** SOAP's code for what the instance refused. */
const CODES: Readonly<Record<RefusalName, number>> = {
  'lead-not-found': 20103,
  'lead-exists': 20110,
  'several-leads': 20110,
  'key-missing': 20101,
  'unknown-field': 20105,
  'bad-value': 20110,
  'read-only-field': 20110,
  'company-field': 20110,
  'other-partition': 20110,
  'bad-cookie': 20110,
  'list-not-found': 20111,
  'imports-full': 20110,
  'list-busy': 20110,
  'import-not-found': 20111,
  'not-a-member': 20110,
  'campaign-not-found': 20113,
  'program-exists': 20110,
  'program-not-found': 20110,
  'clones-used-up': 20110,
  'object-not-found': 20110,
  'object-exists': 20110,
};

export function faultOf(refusal: Refusal): ServiceFault {
  return new ServiceFault(CODES[refusal.refused], refusal.message);
}
