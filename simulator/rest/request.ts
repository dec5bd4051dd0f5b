import { createHash } from 'node:crypto';

type Pairs = readonly (readonly [name: string, value: string])[];

/** A request as its endpoint reads it. Plain values only, so that a journal can hold it. */
export interface RestRequest {
  /** What it counts as: GET for a POST with `_method=GET`. */
  readonly method: string;
  readonly path: string;
  /** Decoded; with the form of a POST that counts as a GET, and without `_method`. */
  readonly query: Pairs;
  /** Body of an asset write. */
  readonly form: Pairs;
  /** The object of a JSON body, or null. */
  readonly json: Readonly<Record<string, unknown>> | null;
  /** Text of the uploaded file of a bulk import, or null. */
  readonly file: string | null;
}

/** Same method, path and params, same fingerprint, whatever the token. */
export function fingerprintOf(request: RestRequest): string {
  const { method, path, query, form, json, file } = request;
  return createHash('sha256')
    .update(JSON.stringify([method, path, query, form, json, file]))
    .digest('hex')
    .slice(0, 16);
}
