import type { Refusal, RefusalName } from '../instance/refusal.ts';

/** The official words per code, as far as they hold no value (docs/marketo-facts.md). */
const MESSAGES: Readonly<Record<number, string>> = {
  600: 'Access token not specified',
  601: 'Access token invalid',
  602: 'Access token expired',
  603: 'Access denied',
  604: 'Request time-out',
  605: 'HTTP Method not supported',
  606: "Max rate limit '100' exceeded with in '20' secs",
  607: 'Daily quota reached',
  608: 'API Temporarily Unavailable',
  609: 'Invalid JSON',
  610: 'Requested resource not found',
  611: 'System error',
  612: 'Invalid Content Type',
  613: 'Invalid Multipart Request',
  614: 'Invalid Subscription',
  615: 'Concurrent access limit reached',
  616: 'Invalid subscription type',
  702: 'No data found for a given search scenario',
  709: 'Business Rule Violation',
  713: 'Transient Error',
  719: 'Lock wait timeout exception',
  1003: 'Invalid data',
  1004: 'Lead not found',
  1005: 'Lead already exists',
  1007: 'Multiple leads match lookup criteria',
  1010: 'Partition update not allowed',
  1011: 'Field not supported',
  1013: 'Object not found',
  1015: 'Lead not in list',
  1016: 'Too many imports',
  1017: 'Object already exists',
  1018: 'CRM Enabled',
  1019: 'Import in progress',
  1020: 'Too many clones to program',
  1021: 'Company update not allowed',
  1022: 'Object in use',
  1029: 'Too many jobs in queue',
  1035: 'Unsupported filter type',
  1036: 'Duplicate object found in input',
  1042: 'Invalid runAt date',
  1080: 'Too many leads to merge',
};

/** What an answer says of a code that came without words. */
export function messageOf(code: number): string {
  return MESSAGES[code] ?? 'Unknown error';
}

/** An error of the whole request, or of one record where a record is being served. Nothing ran of what threw it. */
export class RestError extends Error {
  readonly code: number;

  constructor(code: number, message = messageOf(code)) {
    super(message);
    this.code = code;
  }
}

/** REST's code for what the instance refused. */
const CODES: Readonly<Record<RefusalName, number>> = {
  'lead-not-found': 1004,
  'lead-exists': 1005,
  'several-leads': 1007,
  'key-missing': 1003,
  'unknown-field': 1006,
  'bad-value': 1003,
  'read-only-field': 1003,
  'company-field': 1021,
  'other-partition': 1010,
  'bad-cookie': 1012,
  'list-not-found': 1013,
  'imports-full': 1016,
  'list-busy': 1019,
  'import-not-found': 1013,
  'not-a-member': 1015,
  'campaign-not-found': 1013,
  'program-exists': 709,
  'program-not-found': 1013,
  'clones-used-up': 1020,
  'object-not-found': 1013,
  'object-exists': 1017,
};

export function errorOf(refusal: Refusal): RestError {
  return new RestError(CODES[refusal.refused], refusal.message);
}
