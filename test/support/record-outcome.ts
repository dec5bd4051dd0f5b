import type { RecordOutcome } from '../../shared/marketo/transport.ts';

/** What became of one record of a call: written, unless `over` says otherwise. */
export const recordOf = (over: Partial<RecordOutcome> = {}): RecordOutcome => ({
  ok: true,
  code: null,
  message: '',
  result: null,
  ...over,
});
