import { isObject } from '../../../kernel/is-object.ts';
import type { CheckedParamsOf, OperationName } from '../../operations/registry.ts';
import type { RecordOutcome } from '../../transport.ts';
import type { LeadFields } from '../leads/lead-fields.ts';
import type { Session } from './session.ts';
import type { RestSettings } from './settings.ts';

/** What a mapping has to say of params before anything is asked: `refused` cannot run, `unlike` runs otherwise than over SOAP. */
export interface Finding {
  readonly kind: 'refused' | 'needs-setting' | 'unlike';
  /** Marketo's own code for it; 1003 where nothing fits better. */
  readonly code: number;
  /** Says what to use or to change instead; no value of a lead. */
  readonly message: string;
}

/** What is known without a call. `fields` is null where no description of the instance is at hand. */
export interface Known {
  readonly fields: LeadFields | null;
  readonly settings: RestSettings;
  readonly workspace: string | null;
  /** Epoch ms. */
  readonly now: number;
}

/** What a call came to: `result` as SOAP would have answered it, and an outcome per record of the params, in their order. */
export interface Done {
  readonly result: unknown;
  readonly records: readonly [RecordOutcome, ...RecordOutcome[]];
  /** The params that are left to do, where that is not the failed records alone. */
  readonly remaining?: unknown;
}

/** One operation over REST. */
export interface Mapping<O extends OperationName> {
  /** By rule alone. Pure, and no params make it throw. What is refused here is refused before any request. */
  check(params: CheckedParamsOf<O>, known: Known): readonly Finding[];
  /** Asks Marketo. Throws `CallEnded` and `CallRefused` alone. */
  run(params: CheckedParamsOf<O>, session: Session): Promise<Done>;
}

export type Mappings = { readonly [O in OperationName]: Mapping<O> };

/** Of a call that is not about records, or about one. The record's own result is what stands in `result`, as over SOAP. */
export const done = (result: unknown, record: Partial<RecordOutcome> = {}): Done => ({
  result,
  records: [{ ok: true, code: null, message: '', result: payloadOf(result), ...record }],
});

const payloadOf = (result: unknown): unknown =>
  isObject(result) && Object.hasOwn(result, 'result') ? result['result'] : result;
