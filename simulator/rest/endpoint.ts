import type { Instance } from '../instance/instance.ts';
import type { LimitGate } from '../limits.ts';
import type { LeadMention } from '../witness.ts';
import type { RestRequest } from './request.ts';

export interface RestCall {
  readonly request: RestRequest;
  /** What stands in the path: `{id: '7'}`. */
  readonly path: Readonly<Record<string, string>>;
  readonly instance: Instance;
  /** When the call ran; a replay passes the same time again. */
  readonly now: number;
  readonly gate: Pick<LimitGate, 'days'>;
}

export type RestResult =
  | {
      readonly kind: 'rows';
      /** Null for an answer without `result`. */
      readonly rows: readonly unknown[] | null;
      readonly nextPageToken?: string;
      readonly moreResult?: boolean;
      /** Of an asset endpoint. */
      readonly warnings?: readonly string[];
    }
  /** Rows as the file they came in. */
  | { readonly kind: 'file'; readonly body: string };

/** What a body must be. `none` and `get` read none; `compound` is a GET that takes JSON as a POST with `_method`. */
export type BodyKind = 'none' | 'get' | 'compound' | 'json' | 'optional-json' | 'form' | 'multipart';

/** One method of one path. It throws a RestError or a Refusal before it changes the instance, or returns its result. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/rest/v1/leads/{id}/associate.json`; a name in braces stands for one segment. */
  readonly pattern: string;
  readonly body: BodyKind;
  readonly writes: boolean;
  serve(call: RestCall): RestResult;
  /** The leads that a request names, with what it means to write to them. */
  leads?(call: Omit<RestCall, 'now' | 'gate'>): readonly LeadMention[];
}

/**
 * What rules, witness and journal call an endpoint: its method and its path without `/rest` and the version.
 * `POST leads.json`, `GET lists/{id}/leads.json`, `GET asset/channels.json`, `POST bulk/leads.json`.
 */
export function endpointName({ method, pattern }: Pick<Endpoint, 'method' | 'pattern'>): string {
  return `${method} ${pattern.replace(/^\/(?:rest\/)?/, '').replace(/(^|\/)v1\//, '$1')}`;
}

export const rowsOf = (rows: readonly unknown[]): RestResult => ({ kind: 'rows', rows });
/** `{requestId, success}`. */
export const DONE: RestResult = { kind: 'rows', rows: null };
